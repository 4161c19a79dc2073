import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noon, sessionIn } from '../slack/support/sessions.ts';
import { type SlackApp, startSlackApp } from '../slack/support/start-slack-app.ts';

/** Which recording a name means, and what is said when it means another one, or more than one. */
let world: SlackApp;
beforeEach(async () => {
  world = await startSlackApp();
});
afterEach(() => world.close());

const names = () => [...world.recordings.sessions.values()].map((s) => s.channelName);
const page = (url: string) => ({
  profile: 'default',
  project: 'default',
  storage: 'default',
  mode: 'web' as const,
  extensionServiceConfig: { extensionServices: [{ serviceName: 'web_recorder_service', serviceParam: { url } }] },
});
const inProject = (project: string, id: string) =>
  sessionIn('recording', { id, recipe: { profile: 'default', project, storage: 'default', mode: 'mix' } });

describe('web pages', () => {
  test('two pages of the same host are two recordings, and the same one twice is refused', async () => {
    expect(await world.told('/record start --web https://www.example.com/a')).toBe('');
    expect(await world.told('/record start --web https://www.example.com/b')).toBe('');
    expect(names()).toEqual(['www.example.com:a', 'www.example.com:b']);
    expect(await world.told('/record start --web https://www.example.com/a')).toMatch(
      /^`www\.example\.com:a` is being recorded already, started by <@U0ANA>: [^.]*\.$/,
    );
    expect(await world.told('/record stop www.example.com:b')).toMatch(/^Stopping the recording of `www/);
    expect(names()).toHaveLength(2);
  });

  test.each([
    [
      '--web https://www.example.com/a?room=2',
      /the page `www\.example\.com\/a` with something else after that; give yours a name of its own: `\/record start my-page --web https:\/\/…`\.$/,
    ],
    [
      'www.example.com:a --web https://www.example.com/b',
      /What is recorded is the page `www\.example\.com\/a`; give yours a name of its own/,
    ],
    [
      'www.example.com:a',
      /What is recorded is the page `www\.example\.com\/a`; stop it to record the channel of that name\.$/,
    ],
  ])('what differs is said: start %s', async (typed, wanted) => {
    await world.told('/record start --web https://www.example.com/a');
    const told = await world.told(`/record start ${typed}`);
    expect(told).toMatch(/^`www\.example\.com:a` is being recorded already/);
    expect(told).toMatch(wanted);
    expect(names()).toHaveLength(1);
  });

  test('one that an older version records under its host alone is the same page', async () => {
    const recipe = page('https://www.example.com/a');
    world.recordings.put(sessionIn('recording', { channelName: 'www.example.com', recipe }));
    expect(await world.told('/record start --web https://www.example.com/a')).toMatch(
      /^`www\.example\.com` is being recorded already/,
    );
    expect(await world.told('/record start --web https://www.example.com/b')).toBe('');
    expect(names()).toEqual(['www.example.com', 'www.example.com:b']);
  });

  test('a host alone names no page, and what there is of it is said first', async () => {
    await world.told('/record start --web https://www.example.com/a');
    for (let n = 0; n < 5; n++)
      world.recordings.put(sessionIn('recording', { id: `${n}`, channelName: `c${n}`, requestedAt: noon + 1 + n }));
    expect(await world.told('/record stop www.example.com')).toMatch(
      /^`www\.example\.com` is not being recorded\. What is: `www\.example\.com:a`/,
    );
  });
});

describe('what is no name', () => {
  test.each([
    [
      'stop https://www.example.com/live',
      /^A web page goes by its host and path: type `\/record stop www\.example\.com:live`\.$/,
    ],
    [
      'start https://www.example.com/live',
      /^A web page goes after `--web`: type `\/record start --web https:\/\/www\.example\.com\/live`\.$/,
    ],
    [
      'start live/math-101',
      /^The Agora project is that of the profile: type `\/record start math-101 --profile …` with one of it\.$/,
    ],
    [
      'stop live/math-101',
      /^`live\/math-101` is not being recorded, and nothing else is\. What was, shows `\/record history`\.$/,
    ],
    ['snap a/b', /cannot contain "\/"/],
  ])('%s', async (typed, wanted) => {
    expect(await world.told(`/record ${typed}`)).toMatch(wanted);
    expect(names()).toEqual([]);
  });
});

describe('a name that is recorded in two Agora projects', () => {
  beforeEach(() => {
    world.recordings.put(inProject('default', 'a'));
    world.recordings.put(inProject('live', 'b'));
  });
  const wishes = () => [...world.recordings.sessions.values()].map((s) => s.desired);

  test.each(['stop', 'files', 'pause', 'resume'])(
    '%s: one sentence says what to type, and nothing is changed',
    async (name) => {
      expect(await world.told(`/record ${name} math-101`)).toBe(
        `\`math-101\` is being recorded in 2 Agora projects; type one of \`/record ${name} default/math-101\`, \`/record ${name} live/math-101\`.`,
      );
      expect(wishes()).toEqual(['recording', 'recording']);
    },
  );

  test('with its project it is found', async () => {
    expect(await world.told('/record stop live/math-101')).toMatch(/^Stopping the recording of `math-101`/);
    expect(wishes()).toEqual(['recording', 'stopped']);
    await world.told('/record extend default/math-101 10m');
    expect(world.recordings.sessions.get('a')?.stopAt).toBeGreaterThan(sessionIn('recording').stopAt);
  });

  test('status shows both, each with its project', async () => {
    await world.told('/record status math-101');
    const said = JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks);
    expect(said).toMatch(/`math-101`: .*`live\/math-101`: /);
  });

  test.each([
    ['/record stop other/math-101', /^`other\/math-101` is not being recorded\. What is: /],
    ['/record stop a b/math', /I do not understand/],
    ['/record stop -/math', /cannot contain "\/"/],
    ['/record stop live/ä', /cannot contain "ä"/],
    ['/record start live/math-101', /^The Agora project is that of the profile/],
  ])('%s', async (typed, wanted) => {
    expect(await world.told(typed)).toMatch(wanted);
    expect(wishes()).toEqual(['recording', 'recording']);
  });
});

test('of two recordings of one name the one that is open to whoever types is offered, and nothing is stopped', async () => {
  world.recordings.put({ ...inProject('live', 'a'), startedBy: 'U0ANA' });
  const bens = inProject('default', 'b');
  world.recordings.put({ ...bens, startedBy: 'U0BEN', recipe: { ...bens.recipe, profile: 'board' } });
  expect(await world.told('/record stop math-101')).toMatch(
    /^`math-101` is being recorded in 2 Agora projects; type `\/record stop live\/math-101`\.$/,
  );
  expect([...world.recordings.sessions.values()].map((s) => s.desired)).toEqual(['recording', 'recording']);
  await world.told('/record list');
  expect(JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks)).toContain('`live/math-101`');
  const hers = '/record stop live/math-101';
  expect(await world.told(hers, 'U0BEN')).toMatch(/^Stopping/);
  // Whoever may act on none of them is told who may.
  expect(await world.told('/record stop default/math-101')).toMatch(/^Only these may do this/);
});
