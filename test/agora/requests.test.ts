import { expect, test } from 'vitest';
import { removeBody } from '../../src/agora/requests.ts';

const rule = { appId: 'a', channelName: 'math-101', uid: '2147483649' };

test('a rule puts one recorder out of one channel, for a minute', () => {
  expect(removeBody(rule)).toEqual({
    appid: 'a',
    cname: 'math-101',
    uid: 2_147_483_649,
    ip: '',
    time_in_seconds: 60,
    privileges: ['join_channel'],
  });
});

test('a rule that would put out more than one recorder is not made', () => {
  // Agora takes what is empty for all: without a uid the whole channel, without a channel the whole App ID.
  for (const uid of ['', '0', '-1', '1.5', 'x', 'null']) expect(removeBody({ ...rule, uid })).toBeUndefined();
  expect(removeBody({ ...rule, channelName: '' })).toBeUndefined();
});
