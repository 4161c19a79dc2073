import { describe, expect, test } from 'vitest';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import { captureLog } from '../support/quiet-log.ts';

/** A 200 that nobody of Agora's has sent, as of a proxy that wants a password, or that was cut on its way, proves nothing. */
const project = { appId: 'a'.repeat(32), customerId: 'c', customerSecret: 's', apiUrls: ['https://agora'], qps: 10 };
const task = { project: 'default', channelName: 'math', uid: '7', mode: 'mix' as const, resourceId: 'r', sid: 's' };
const answering = (text: string) =>
  createCloudRecording({
    projects: new Map([['default', project]]),
    storages: new Map(),
    limits: { maxIdleTime: 300_000, maxDuration: 10_000_000 },
    env: () => undefined,
    now: Date.now,
    log: captureLog().log,
    transport: async () => ({ status: 200, text }),
  });
const ask = {
  query: (text: string) => answering(text).query(task, 'health'),
  stop: (text: string) => answering(text).stop(task, 'person'),
  remove: (text: string) => answering(text).remove(task, 'overdue'),
  update: (text: string) =>
    answering(text).update({ ...task, change: { webRecordingConfig: { onhold: true } } }, 'person'),
  updateLayout: (text: string) => answering(text).updateLayout({ ...task, layout: { mixedVideoLayout: 1 } }, 'person'),
};
const names = Object.keys(ask) as (keyof typeof ask)[];

describe.each(names)('%s', (name) => {
  test.each([
    '<html>Sign in to the network</html>',
    '',
    '{"resourceId":"r","sid":"s","serverRes',
    '{}',
    '[]',
    'null',
    '"ok"',
  ])('answered with %s is not done', async (text) => {
    const { class: kind } = await ask[name](text);
    expect(kind).toBe(name === 'query' ? 'retry_same' : 'unknown');
  });
});

test.each([
  ['stop', '{"resourceId":"r","sid":"s","serverResponse":{}}'],
  ['stop', '{"resourceId":"r","sid":"s"}'],
  ['update', '{"resourceId":"r","sid":"s"}'],
  ['updateLayout', '{"cname":"math","uid":"7","resourceId":"r","sid":"s"}'],
  ['remove', '{"status":"success","id":1953}'],
] as const)('%s answered with %s is done', async (name, text) => {
  expect((await ask[name](text)).class).toBe('done');
});
