import { afterEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../src/recording/ports.ts';
import { noon, sessionIn, someFiles } from '../slack/support/sessions.ts';
import { botToken, type SlackApp, startSlackApp } from '../slack/support/start-slack-app.ts';
import { until } from '../support/until.ts';

/** Who may type what, and what people are told when the store or Slack does not work. */
let world: SlackApp;
afterEach(() => world.close());

describe('who may', () => {
  const refusal = /^Only full members of this workspace/;
  test.each([
    ['/record start physics', refusal],
    ['/record stop math-101', refusal],
    ['/record extend math-101 30m', refusal],
    ['/record status', /^Only full members of this workspace see/],
    ['/record list', /^Only full members of this workspace see/],
    ['/record help', /records Agora channels/],
  ])('a guest types %s', async (typed, wanted) => {
    world = await startSlackApp();
    const s = world.recordings.put(sessionIn('recording'));
    expect(await world.told(typed, 'U0GIL')).toMatch(wanted);
    expect([...world.recordings.sessions.values()]).toEqual([s]);
  });

  test('RECORD_ALLOWED: a group, and who is not in it', async () => {
    world = await startSlackApp({ allowed: ['S0TEACHERS', 'U0GIL'] });
    expect(await world.told('/record start a')).toMatch(/<@U0GIL>, members of <!subteam\^S0TEACHERS>/);
    expect(await world.told('/record start a', 'U0BEN')).toBe('');
    expect(await world.told('/record start b', 'U0GIL')).toBe('');
    expect(await world.told('/record list')).toBe('2 live and 0 ended recordings.');
  });

  test('RECORD_ALLOWED: a channel, and elsewhere', async () => {
    world = await startSlackApp({ allowed: ['C0CLASSES'] });
    expect(await world.told('/record start a', 'U0ANA', 'C0GENERAL')).toMatch(/in <#C0CLASSES>/);
    expect(await world.told('/record start a')).toBe('');
    expect(await world.told('/record start b', 'U0GIL')).toMatch(/in <#C0CLASSES>/);
  });

  test.each(['files', 'stop', 'extend', 'layout', 'subscribe', 'pause', 'resume', 'push'])(
    '%s: the list of the recording’s own profile, however many are newer',
    async (name) => {
      world = await startSlackApp();
      const s = sessionIn(name === 'files' ? 'completed' : 'recording', { files: someFiles(2) });
      const board = world.recordings.put({ ...s, recipe: { ...s.recipe, profile: 'board' } });
      for (let n = 0; n < 300; n++)
        world.recordings.put(sessionIn('completed', { id: `${n}`, channelName: `c${n}`, requestedAt: noon + n }));
      const typed = { extend: '30m', layout: 'bestfit', subscribe: 'all', push: 'rtmp://a.b/c' }[name] ?? '';
      expect(await world.told(`/record ${name} math-101 ${typed}`)).toMatch(
        /^Only these may do this: <@U0BEN>\. Ask one of them, or have yourself added to the profile's `allow`\.$/,
      );
      expect(world.recordings.sessions.get(board.id)).toEqual(board);
      expect(await world.told(`/record ${name} math-101 ${typed}`, 'U0BEN')).not.toMatch(/^Only these/);
    },
  );

  test('one that begins after it was asked is not the one that is stopped', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('completed', { id: 'old' }));
    const s = sessionIn('recording', { id: 'new', requestedAt: noon + 1 });
    // Between who may and what is done.
    const { firstTime } = world.recordings;
    world.recordings.firstTime = async (key) => {
      world.recordings.put({ ...s, recipe: { ...s.recipe, profile: 'board' } });
      return firstTime(key);
    };
    expect(await world.told('/record stop math-101')).toMatch(/has ended already/);
    expect(world.recordings.sessions.get('new')?.desired).toBe('recording');
  });

  test('it is asked on each command', async () => {
    world = await startSlackApp({ allowed: ['S0TEACHERS'] });
    world.slack.failNext({ method: 'usergroups.users.list', error: 'internal_error' });
    expect(await world.told('/record start a', 'U0BEN')).toMatch(/did not tell me who you are/);
    expect(await world.told('/record start a', 'U0BEN')).toBe('');
  });
});

describe('when things are bad', () => {
  test('the store is down: an honest refusal, and an operator finds the reference', async () => {
    world = await startSlackApp();
    world.recordings.before = async () => {
      throw new StoreError('STORE_DOWN', 'The store did not answer.');
    };
    const told = await world.told('/record start math-101');
    const reference =
      /^I could not save that in time, so it is not accepted\. Should a card change or appear all the same, it was saved after all; otherwise try again in a minute\. \(`STORE_DOWN ([0-9a-f]{8})`\)$/.exec(
        told,
      )?.[1];
    expect(world.log.entries.filter((e) => e.reference === reference)).toHaveLength(1);
    expect(world.recordings.sessions.size).toBe(0);
  });

  test('a mistake of ours: a reference, and nothing of the error', async () => {
    world = await startSlackApp();
    world.recordings.before = async () => {
      throw new Error('password hunter2');
    };
    const told = await world.told('/record start math-101');
    expect(told).toMatch(/^Something went wrong here\..*\(`[0-9a-f]{8}`\)$/);
    expect(told).not.toContain('hunter2');
  });

  test('saving takes too long: Slack is answered in time, and the person when it is known', async () => {
    world = await startSlackApp({ ackBefore: 50 });
    const gate = Promise.withResolvers<void>();
    world.recordings.before = () => gate.promise;
    expect(await world.told('/record stop math-101')).toMatch(/^This takes longer than usual/);
    gate.resolve();
    await until('the answer', () => world.whispers('U0ANA').length === 2);
    expect(world.whispers('U0ANA').at(-1)?.text).toMatch(/^`math-101` is not being recorded/);
  });

  test('a command is acknowledged once it is saved, and not before', async () => {
    world = await startSlackApp();
    const gate = Promise.withResolvers<void>();
    let reached = false;
    world.recordings.before = () => {
      reached = true;
      return gate.promise;
    };
    const atAck: number[] = [];
    const body = {
      command: '/record',
      text: 'start math-101',
      trigger_id: '1.2.3',
      user_id: 'U0ANA',
      team_id: 'T0SANDBOX',
      channel_id: 'C0CLASSES',
      response_url: 'http://127.0.0.1:1/',
    };
    const done = world.app.processEvent({ body, ack: async () => void atAck.push(world.recordings.sessions.size) });
    await until('the saving', () => reached);
    gate.resolve();
    await done;
    expect(atAck).toEqual([1]);
  });

  test('Slack does not give the link: the sentence comes without', async () => {
    world = await startSlackApp();
    await world.withCard(sessionIn('recording'));
    world.slack.failNext({ method: 'chat.getPermalink', error: 'internal_error' });
    expect(await world.told('/record start math-101')).toMatch(/: Recording\.$/);
  });

  test('Slack delivers a command twice: it has one effect', async () => {
    world = await startSlackApp();
    const acks: unknown[] = [];
    const body = {
      command: '/record',
      text: 'start math-101',
      trigger_id: '1.2.3',
      user_id: 'U0ANA',
      team_id: 'T0SANDBOX',
      channel_id: 'C0CLASSES',
      response_url: 'http://127.0.0.1:1/',
    };
    const once = () => world.app.processEvent({ body, ack: async (answer) => void acks.push(answer) });
    await once();
    await once();
    expect(acks).toEqual([undefined, undefined]);
    expect(world.recordings.sessions.size).toBe(1);
  });

  test('an acknowledgement that fails is logged without the token', async () => {
    world = await startSlackApp();
    const body = {
      command: '/record',
      text: 'help',
      trigger_id: '1',
      user_id: 'U0ANA',
      team_id: 'T0SANDBOX',
      channel_id: 'C0CLASSES',
    };
    await world.app
      .processEvent({
        body,
        ack: async () => {
          throw new Error('the socket is gone');
        },
      })
      .catch(() => undefined);
    expect(world.log.text()).toContain('the socket is gone');
    expect(world.log.text()).not.toContain(botToken);
  });
});
