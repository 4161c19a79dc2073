import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { until } from '../support/until.ts';
import { minutes, noon, sessionIn } from './support/sessions.ts';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** Every button of the card, clicked in the sandbox's workspace. */
let world: SlackApp;
afterEach(() => world.close());

const buttons = ['stop_recording', 'extend_recording_15_min', 'extend_recording_1_h'];
const warned = (more: Record<string, unknown> = {}) => sessionIn('recording', { warnAt: null, ...more });
const kept = (s: Session) => world.recordings.sessions.get(s.id);
const click = (s: Session, action_id: string, user = 'U0ANA') =>
  world.slack.click({ user, channel: s.card?.channel ?? '', message_ts: s.card?.ts ?? '', action_id });
/** The last private message to somebody, when it has come. */
const told = async (user = 'U0ANA') => (await until('a private word', () => world.whispers(user).at(-1))).text;
/** The log's last word on a click, which comes when it has been dealt with. */
const dealtWith = (n: number) =>
  until('the click', () => world.log.entries.filter((e) => /clicked$/.test(e.msg)).length === n);

async function card(s: Session, options: Parameters<typeof startSlackApp>[0] = {}): Promise<Session> {
  world = await startSlackApp(options);
  return world.withCard(s);
}

test('Stop stops, in the name of who clicked, and says nothing beside the card', async () => {
  const s = await card(warned());
  expect(await click(s, 'stop_recording', 'U0BEN')).toMatchObject({ ok: true });
  await dealtWith(1);
  expect(kept(s)).toMatchObject({ state: 'stopping', stopAsked: { by: 'U0BEN', at: noon } });
  expect(world.whispers('U0BEN')).toEqual([]);
});

test.each([
  ['extend_recording_15_min', 15],
  ['extend_recording_1_h', 60],
])('%s moves the stop by %i min', async (id, more) => {
  const s = await card(warned());
  await click(s, id, 'U0BEN');
  await dealtWith(1);
  expect(kept(s)?.stopAt).toBe(noon + minutes(45 + more));
  expect(kept(s)?.outbox).toContainEqual(
    expect.objectContaining({
      message: { kind: 'thread', note: expect.objectContaining({ type: 'extended', by: 'U0BEN' }) },
    }),
  );
  expect(world.whispers('U0BEN')).toEqual([]);
});

test('Extend up to the longest says that it is the longest', async () => {
  const s = await card(warned({ stopAt: noon + minutes(90) }));
  await click(s, 'extend_recording_1_h');
  expect(await told()).toMatch(/it may last 2 h at most/);
  expect(kept(s)?.stopAt).toBe(noon + minutes(120));
});

describe('a click on a card that is behind', () => {
  test.each<[string, Session, RegExp]>([
    ['stop_recording', sessionIn('stopping'), /was stopped already: Stopping\. See </],
    ['stop_recording', sessionIn('completed'), /has ended already: Done/],
    ['extend_recording_15_min', sessionIn('stopping'), /was stopped already/],
    ['extend_recording_1_h', sessionIn('failed'), /has ended already: Ended early/],
    ['extend_recording_15_min', warned({ stopAt: noon + minutes(120) }), /cannot be extended/],
  ])('%s: the private truth, with a link to the card, and nothing changes', async (id, now, wanted) => {
    const s = await card(warned());
    const truth = world.recordings.put({ ...now, card: s.card } as Session);
    await click(s, id);
    const said = await told();
    expect(said).toMatch(wanted);
    expect(said).toContain(`/archives/${s.card?.channel}/p${s.card?.ts.replace('.', '')}|its card>`);
    expect(kept(s)).toEqual(truth);
    // The card itself is left alone.
    const shown = world.slack.messages('C0CLASSES', 'U0BEN');
    expect(shown.map((m) => m.ts)).toEqual([s.card?.ts]);
    expect(JSON.stringify(shown)).toContain('stop_recording');
  });

  test('two people click Stop at once: one stops it, the other is told', async () => {
    const s = await card(warned());
    await Promise.all([click(s, 'stop_recording', 'U0ANA'), click(s, 'stop_recording', 'U0BEN')]);
    await dealtWith(2);
    await until('a word', () => [...world.whispers('U0ANA'), ...world.whispers('U0BEN')].length === 1);
    expect(kept(s)).toMatchObject({ state: 'stopping' });
  });

  test.each(buttons)('%s of a recording that is forgotten', async (id) => {
    const s = await card(warned());
    world.recordings.sessions.clear();
    await click(s, id);
    // The Stop button remembers enough to stop it all the same.
    const wanted =
      id === 'stop_recording' ? /^My memory of this recording is lost/ : /^I do not know this recording any more/;
    expect(await told()).toMatch(wanted);
  });
});

/** A click as Slack sends it, for a way in that a test has in its hand. */
const bodyOf = (s: Session, id: string, user: string) => ({
  type: 'block_actions',
  trigger_id: user,
  user: { id: user, team_id: 'T0SANDBOX' },
  team: { id: 'T0SANDBOX' },
  channel: { id: 'C0CLASSES' },
  container: { type: 'message', channel_id: 'C0CLASSES' },
  response_url: 'http://127.0.0.1:1/',
  actions: [{ type: 'button', action_id: id, block_id: 'b', value: s.id, action_ts: '1' }],
});

test.each([...buttons, 'new_link'])('%s whose connection ends before it is acknowledged is heard', async (id) => {
  world = await startSlackApp();
  const s = world.recordings.put(warned());
  const ack = () => Promise.reject(new Error('The connection is gone'));
  await world.app.processEvent({ body: bodyOf(s, id, 'U0ANA'), ack }).catch(() => undefined);
  await until('it is heard', () => world.log.entries.some((e) => e.session === s.id && e.user === 'U0ANA'));
});

describe('who may', () => {
  test.each(buttons.flatMap((id) => ['U0GIL', 'U0SAM'].map((user) => [id, user] as const)))(
    '%s by %s: a private refusal, and nothing happens',
    async (id, user) => {
      const s = await card(warned());
      await click(s, id, user);
      expect(await told(user)).toMatch(/^Only full members of this workspace/);
      expect(kept(s)).toEqual(s);
      expect(world.slack.messages('C0CLASSES', 'U0ANA')).toHaveLength(1);
    },
  );

  test.each(buttons)('%s by a stranger who is named, and by a member who is not', async (id) => {
    const s = await card(warned(), { allowed: ['U0SAM'] });
    await click(s, id, 'U0SAM');
    await dealtWith(1);
    expect(kept(s)).not.toEqual(s);
    await click(s, id, 'U0BEN');
    expect(await told('U0BEN')).toMatch(/^Only these may do this: <@U0SAM>/);
  });

  test.each([...buttons, 'new_link'])('%s does nothing for who may not, and something for who may', async (id) => {
    world = await startSlackApp({ allowed: ['U0ANA'] });
    const s = world.recordings.put(warned());
    const clicks = async (user: string) => {
      await world.app.processEvent({ body: bodyOf(s, id, user), ack: async () => undefined });
      return [world.log.entries.filter((e) => e.session === s.id).map((e) => e.user), kept(s) === s];
    };
    expect(await clicks('U0BEN')).toEqual([[], true]);
    expect(await clicks('U0ANA')).toEqual([['U0ANA'], id === 'new_link']);
  });

  const board = (more: Partial<Session>) => {
    const s = warned();
    return { ...s, ...more, recipe: { ...s.recipe, profile: 'board-of-old' } } as Session;
  };
  test.each<[string, Partial<Session>, string, boolean]>([
    ['the list that it had counts', { allow: ['U0BEN'] }, 'U0BEN', true],
    ['the list that it had counts for who started it too', { allow: ['U0BEN'] }, 'U0ANA', false],
    ['it had none', { allow: [] }, 'U0BEN', true],
    ['where nobody knows it, who started it may', {}, 'U0ANA', true],
    ['and nobody else', {}, 'U0BEN', false],
  ])('the profile of a recording is gone: %s', async (_, more, user, may) => {
    const s = await card(board(more));
    await click(s, 'stop_recording', user);
    if (may) await dealtWith(1);
    else expect(await told(user)).toMatch(/^Only these may do this/);
    expect(kept(s)?.state === s.state).toBe(!may);
  });

  /** A recording whose channel alone may record, and is archived: its card has moved to who started it. */
  async function archived(): Promise<Session> {
    const s = await card(warned(), { allowed: ['C0CLASSES'] });
    world.slack.archive('C0CLASSES');
    world.clock.now += 5_000;
    const item = { id: '9', message: { kind: 'card' as const }, tries: 0, nextAt: 0 };
    const delivery = await world.announcer.deliver({ lead: s, parts: [s] }, s, item, world.sending);
    if (!delivery.ok || !delivery.card) throw new Error('There is no card.');
    return { ...s, card: delivery.card };
  }

  test('RECORD_ALLOWED names a channel that is archived: who started it stops it from where the card is', async () => {
    const s = await archived();
    world.recordings.put(s);
    await click(s, 'stop_recording');
    await dealtWith(1);
    expect(kept(s)).toMatchObject({ desired: 'stopped' });
  });

  test('so it is with the store lost too: the button knows who started it, and where', async () => {
    const s = await archived();
    world.recordings.sessions.clear();
    await click(s, 'stop_recording');
    const there = s.card?.channel;
    expect((await until('a word', () => world.whispers('U0ANA', there).at(-1))).text).toMatch(
      /^My memory of this recording is lost/,
    );
  });

  test('it is asked at the click, not when the card was drawn', async () => {
    const s = await card(warned(), { allowed: ['S0TEACHERS'] });
    world.slack.failNext({ method: 'usergroups.users.list', error: 'internal_error' });
    await click(s, 'stop_recording', 'U0BEN');
    expect(await told('U0BEN')).toMatch(/did not tell me who you are/);
    expect(kept(s)).toEqual(s);
  });
});

describe('when things are bad', () => {
  test.each(buttons)('%s while the store is down: an honest private word', async (id) => {
    const s = await card(warned());
    world.recordings.before = async () => {
      throw new StoreError('STORE_DOWN', 'The store did not answer.');
    };
    expect(await click(s, id)).toMatchObject({ ok: true });
    expect(await told()).toMatch(/^I could not save that in time, so it is not accepted\./);
    expect(kept(s)).toEqual(s);
  });

  test.each(buttons)('%s is acknowledged once it is saved, and not before', async (id) => {
    const s = await card(warned());
    let saved = false;
    const gate = Promise.withResolvers<void>();
    let isAsked = false;
    world.recordings.before = () => {
      isAsked = true;
      return gate.promise;
    };
    const clicked = click(s, id).then((answer) => ({ answer, saved }));
    await until('it is being saved', () => isAsked);
    // Whoever acknowledges it at once has had the time for it.
    await delay(200);
    saved = true;
    gate.resolve();
    expect(await clicked).toMatchObject({ answer: { ok: true }, saved: true });
  });

  test('a click whose saving takes too long is acknowledged first', async () => {
    const s = await card(warned());
    world.recordings.before = () => new Promise(() => undefined);
    expect(await click(s, 'stop_recording')).toMatchObject({ ok: true });
  });

  test('Slack delivers a click twice: it has one effect', async () => {
    const s = await card(warned());
    const body = {
      type: 'block_actions',
      trigger_id: '9.9.9',
      user: { id: 'U0ANA', team_id: 'T0SANDBOX' },
      team: { id: 'T0SANDBOX' },
      channel: { id: 'C0CLASSES' },
      container: { type: 'message', channel_id: 'C0CLASSES' },
      response_url: 'http://127.0.0.1:1/',
      actions: [{ type: 'button', action_id: 'extend_recording_15_min', block_id: 'b', value: s.id, action_ts: '1' }],
    };
    for (let i = 0; i < 2; i++) await world.app.processEvent({ body, ack: async () => undefined });
    expect(kept(s)?.stopAt).toBe(noon + minutes(60));
  });
});
