import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { StartRequest } from '../src/recording/recordings.ts';
import { startWorld, type World, type WorldOptions } from './support/start-world.ts';
import { until as untilOrSo } from './support/until.ts';

/** One wish with several recorders: side by side, one after the other, one in place of another; and too few recorders for all. */
// A day at Agora is tens of thousands of slices, all of which are uploaded: a busy machine takes long over them.
vi.setConfig({ testTimeout: 300_000 });
const until = <T>(what: string, look: () => T | Promise<T>) => untilOrSo(what, look, 120_000);
let world: World;
afterEach(() => world.close());

const seconds = (n: number) => n * 1000;
const minutes = (n: number) => n * 60_000;
const hours = (n: number) => n * 3_600_000;

async function wish(more: Partial<StartRequest>, options: WorldOptions = {}): Promise<void> {
  world = await startWorld(options);
  const r = { channelName: 'math-101', duration: minutes(30), team: 'T0SANDBOX', channel: 'C0CLASSES', by: 'U0ANA' };
  await world.bot.recordings.start({ ...r, ...more });
}

const tasks = () => world.agora.ledger().filter((t) => t.cname === 'math-101');
const running = () => tasks().filter((t) => t.endedAt === undefined);
const problems = () => world.sees().filter((m) => m.text.startsWith('Problem'));
const card = () => JSON.stringify(world.card('math-101')?.blocks);
const cardSays = (words: RegExp) => until(`a card that says ${words}, not ${card()}`, () => words.test(card()));
const stop = () =>
  world.slack.click({
    user: 'U0ANA',
    channel: 'C0CLASSES',
    message_ts: world.card('math-101')?.ts ?? '',
    action_id: 'stop_recording',
  });

/** Waits until so many recorders of a channel were started and the bot has written it down: only then may time pass. */
async function begun(n: number, channelName = 'math-101'): Promise<void> {
  const { recordings } = world.bot;
  await until(`${n} recorders of ${channelName}`, async () => {
    const lead = await recordings.byChannelName(channelName);
    const all = lead ? await recordings.parts(lead) : [];
    return all.filter((s) => 'sid' in s && s.sid !== undefined).length >= n;
  });
}

async function proved(n: number): Promise<void> {
  await begun(n);
  expect(tasks()).toHaveLength(n);
  world.clock.advance(seconds(6));
}

describe('two recorders side by side', () => {
  test('one card with two lights, one stop for both, files of both', async () => {
    await wish({ redundant: true });
    await proved(2);
    await cardSays(/Part 1 \(First recorder\): Recording.*Part 2 \(Second recorder\): Recording/);
    expect(new Set(tasks().map((t) => t.uid)).size).toBe(2);
    expect(world.sees().filter((m) => m.text.startsWith('Recording of math-101'))).toHaveLength(1);
    world.clock.advance(minutes(2));
    await until('slices', () => world.storage.list('').length > 5);
    await stop();
    await cardSays(/Part 1 \(First recorder\): Ready.*Part 2 \(Second recorder\): Ready/);
    expect(running()).toEqual([]);
    for (const t of tasks()) expect(card()).toContain(`${t.sid}_math-101.m3u8`);
    expect(problems()).toEqual([]);
    // Both are stopped for one click, and people are told once.
    expect(world.sees().filter((m) => /stopped the recording/.test(m.text))).toHaveLength(1);
  });

  test('when one is lost the other goes on, the channel stays taken, and the deadline holds for both', async () => {
    await wish({ redundant: true }, { notifications: true });
    await proved(2);
    await cardSays(/Part 1.*Recording.*Part 2.*Recording/);
    world.agora.fault({ kind: 'recorder_dies', sid: tasks()[0]?.sid ?? '' });
    await until('an alert', () => problems().length === 1);
    await cardSays(/🔴 \*Recording\*.*Ended early/);
    const again = await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101' });
    expect(JSON.stringify(again)).toContain('is being recorded already');
    world.clock.advance(minutes(31));
    await until('nothing bills', () => running().length === 0);
    await cardSays(/Ready/);
    expect(problems()).toHaveLength(1);
  });

  test('stopped before anything began, nothing is started', async () => {
    world = await startWorld({});
    world.agora.fault({ kind: 'http_500_on' });
    await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101 --redundant' });
    await until('a card', () => world.card('math-101'));
    await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record stop math-101' });
    world.agora.fault({ kind: 'http_500_off' });
    await cardSays(/Stopped before it began/);
    world.clock.advance(minutes(5));
    await until('all is settled', async () => (await world.bot.recordings.recent(1))[0]?.outbox.length === 0);
    expect(tasks()).toEqual([]);
  });
});

describe('a recording that is lost is made again', () => {
  test('as often as the profile says, as parts of the same card', async () => {
    await wish({ replace: 2 }, { notifications: true });
    for (const part of [1, 2, 3]) {
      await proved(part);
      await until(
        `part ${part} records`,
        () => world.sees().filter((m) => /is being recorded/.test(m.text)).length === part,
      );
      world.agora.fault({ kind: 'recorder_dies', sid: running()[0]?.sid ?? '' });
      await until(`alert ${part}`, () => problems().length === part);
    }
    world.clock.advance(minutes(10));
    await cardSays(
      /Part 1 \(First recorder\): Ended early.*Part 2 \(New recorder\): Ended early.*Part 3 \(New recorder\): Ended early/,
    );
    expect(tasks()).toHaveLength(3);
    expect(new Set(tasks().map((t) => t.uid)).size).toBe(3);
    // The channel is free again.
    await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101' });
    await until('a new recording', () => tasks().length === 4);
  });

  test('after a crash of the bot as well, and once', async () => {
    const path = `sqlite:/tmp/agora-recording-parts-${process.pid}-${Date.now()}.sqlite`;
    await wish({ replace: 1 }, { notifications: true, env: { STORE_URL: path } });
    await proved(1);
    await world.shown(/is being recorded/);
    world.agora.fault({ kind: 'recorder_dies', sid: running()[0]?.sid ?? '' });
    await world.restartBot();
    await proved(2);
    await cardSays(/🔴 \*Recording\*.*Part 1.*Ended early.*Part 2 \(New recorder\): Recording/);
    await stop();
    await cardSays(/Part 2 \(New recorder\): Ready/);
    expect(tasks()).toHaveLength(2);
  });

  test('a page that was pushed is not pushed by the new recorder, which the thread says', async () => {
    const service = {
      serviceName: 'web_recorder_service',
      errorHandlePolicy: 'error_abort',
      serviceParam: {
        url: 'https://page.example.com/live',
        audioProfile: 0,
        videoWidth: 1280,
        videoHeight: 720,
        maxRecordingHour: 1,
      },
    };
    const recipe = { profile: 'p', project: 'default', storage: 'default', mode: 'web' as const };
    await wish(
      { replace: 1, recipe: { ...recipe, extensionServiceConfig: { extensionServices: [service] } } },
      { notifications: true },
    );
    await proved(1);
    await world.shown(/is being recorded/);
    const [lead] = await world.bot.recordings.recent(1);
    const address = 'rtmp://live.example.com/app/canary-stream-key';
    expect(await world.bot.recordings.push(lead?.id ?? '', address, 'U0ANA')).toMatchObject({ kind: 'done' });
    world.agora.fault({ kind: 'recorder_dies', sid: running()[0]?.sid ?? '' });
    await until('an alert', () => problems().length === 1);
    await proved(2);
    await world.shown(/push it again with the command `push`/);
    expect(JSON.stringify(await world.bot.recordings.recent(5))).not.toContain('canary-stream-key');
  });

  test('an empty channel is not recorded again', async () => {
    world = await startWorld({ notifications: true });
    world.agora.setPublishers('math-101', 0);
    const r = { channelName: 'math-101', duration: minutes(30), team: 'T0SANDBOX', channel: 'C0CLASSES', by: 'U0ANA' };
    await world.bot.recordings.start({ ...r, replace: 2 });
    await proved(1);
    await world.shown(/is being recorded/);
    world.clock.advance(minutes(6));
    await until('an alert', () => problems().length === 1);
    world.clock.advance(minutes(2));
    expect(tasks()).toHaveLength(1);
  });
});

describe('longer than a token lives', () => {
  test('the next recorder is proved before the old one is stopped, and one stop ends the last', async () => {
    await wish({ duration: hours(30), maxDuration: hours(48) }, { notifications: true });
    await proved(1);
    await cardSays(/Recording/);
    world.clock.advance(hours(23) + minutes(31));
    await until('two at once', () => running().length === 2);
    await begun(2);
    world.clock.advance(seconds(6));
    await until('one again', () => running().length === 1);
    const [first, second] = tasks();
    expect(first?.endedAt ?? 0).toBeGreaterThan(second?.startedAt ?? Infinity);
    await cardSays(/🔴 \*Recording\*.*Part 1 \(First recorder\): Ready.*Part 2 \(Next recorder\): Recording/);
    await stop();
    await cardSays(/Part 2 \(Next recorder\): Ready/);
    expect(running()).toEqual([]);
    expect(problems()).toEqual([]);
  });

  test('a next one that cannot start is tried again while the old one records', async () => {
    await wish({ duration: hours(30), maxDuration: hours(48) });
    await proved(1);
    await cardSays(/Recording/);
    world.clock.advance(hours(23) + minutes(31));
    world.agora.fault({ kind: 'http_500_on' });
    await until('a second part', () => /Part 2/.test(card()));
    // It is tried for a while, and often.
    for (let i = 0; i < 40 && problems().length === 0; i++) {
      world.clock.advance(seconds(10));
      await delay(300);
    }
    expect(problems()).toHaveLength(1);
    world.agora.fault({ kind: 'http_500_off' });
    for (let i = 0; i < 20 && tasks().length < 2; i++) {
      world.clock.advance(minutes(1));
      await delay(600);
    }
    await begun(2);
    world.clock.advance(seconds(6));
    await until('the next one took over', () => tasks().length === 2 && running().length === 1);
    expect(running()[0]?.sid).toBe(tasks()[1]?.sid);
  });
});

describe('fewer recorders than wishes', () => {
  test('at four fifths operators are told, once', async () => {
    world = await startWorld({ env: { MAX_CONCURRENT: '5', ALERT_CHANNEL: 'C0OPS' } });
    const told = () => world.slack.messages('C0OPS', 'U0ANA').filter((m) => /of 5 recorders are in use/.test(m.text));
    const record = async (name: string) => {
      await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: `/record start ${name}` });
      await begun(1, name);
      world.clock.advance(seconds(6));
      await until(`${name} is proved`, () => /Recording\*/.test(JSON.stringify(world.card(name)?.blocks)));
    };
    for (const name of ['a', 'b', 'c']) await record(name);
    expect(told()).toEqual([]);
    await record('d');
    await until('operators are told', () => told().length === 1);
    expect(told()[0]?.text).toContain('4 of 5 recorders');
    await record('e');
    world.clock.advance(minutes(1));
    await world.bot.recordings.settled();
    expect(told()).toHaveLength(1);
  });

  test('those that come later wait in a queue with their place, and begin by themselves', async () => {
    world = await startWorld({ env: { MAX_CONCURRENT: '1', ALERT_CHANNEL: 'C0OPS' } });
    const type = (text: string) => world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text });
    await type('/record start math-101');
    await proved(1);
    await cardSays(/Recording/);
    await type('/record start physics');
    await type('/record start chemistry');
    const says = (name: string) => JSON.stringify(world.card(name)?.blocks);
    await until(
      'places',
      () => /number 1 in the queue/.test(says('physics')) && /number 2 in the queue/.test(says('chemistry')),
    );
    await until('operators are told', () =>
      world.slack.messages('C0OPS', 'U0ANA').some((m) => /1 of 1 recorders/.test(m.text)),
    );
    await stop();
    await until('the first is done', () => /Ready/.test(card()));
    world.clock.advance(seconds(6));
    await begun(1, 'physics');
    world.clock.advance(seconds(6));
    await until('chemistry moves up', () => /number 1 in the queue/.test(says('chemistry')));
    expect(world.agora.ledger().some((t) => t.cname === 'chemistry')).toBe(false);
    // Nobody has to wait for what is not wanted any more.
    await type('/record stop chemistry');
    await until('it is over', () => /Stopped before it began/.test(says('chemistry')));
  });
});
