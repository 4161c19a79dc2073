import { afterEach, describe, expect, test } from 'vitest';
import { minutes, noon, sessionIn, someFiles } from '../slack/support/sessions.ts';
import { type SlackApp, startSlackApp } from '../slack/support/start-slack-app.ts';

/** Every subcommand in a real Bolt App in Socket Mode, and what the person is told privately. */
let world: SlackApp;
afterEach(() => world.close());

const only = () => {
  const [s, ...more] = [...world.recordings.sessions.values()];
  if (!s || more.length > 0) throw new Error('Not exactly one recording');
  return s;
};
const live = (more: Record<string, unknown> = {}) => sessionIn('recording', more);
const permalink = (s: { card?: { channel: string; ts: string } | undefined }) =>
  `/archives/${s.card?.channel}/p${s.card?.ts.replace('.', '')}|its card>`;

describe('what cannot be understood is one private sentence with what to type instead', () => {
  test.each<[string, RegExp]>([
    ['/record strat math-101', /^I do not know `strat`\. Did you mean `\/record start`\?.*`\/record help`/],
    ['/record banana', /^I do not know `banana`\. See what there is with `\/record help`\.$/],
    ['/record <!channel>', /`&lt;!channel&gt;`/],
    ['/record start', /^Which Agora channel\? Type `\/record start &lt;channel&gt; \[--for 45m\] .*`\.$/],
    ['/record start ""', /^The channel name is missing\./],
    ['/record stop', /Type `\/record stop &lt;channel&gt;`\.$/],
    ['/record start my room', /`room`.*goes in quotes: `"my room"`\.$/],
    ['/record start schön', /cannot contain "ö".*Type the name as your Agora app uses it/],
    [`/record start ${'x'.repeat(65)}`, /at most 64 characters, and this one has 65/],
    ['/record start math-101 --loud', /^I do not know the option `--loud`\. Type `\/record start/],
    ['/record stop math-101 --for 5m', /^I do not know the option `--for`\. Type `\/record stop &lt;channel&gt;`\.$/],
    ['/record start math-101 --for', /^The duration is missing\. Type it like.*`\/record start math-101 --for 45m`\.$/],
    ['/record start math-101 --for soon', /^`soon` is not a duration\..*`\/record start math-101 --for 45m`\.$/],
    ['/record start math-101 --for 29s', /^`29s` is too short: it must be from 30 s to 8 h\./],
    ['/record start math-101 --for 9h', /^`9h` is too long.*Type for example `\/record start math-101 --for 45m`\.$/],
    ['/record start 9h --for 9h', /Type for example `\/record start 9h --for 45m`\.$/],
    ['/record start "my room" --for 9h', /Type for example `\/record start "my room" --for 45m`\.$/],
    ['/record extend math-101', /^For how much longer\? Type for example `\/record extend math-101 30m`\.$/],
    ['/record extend math-101 long', /^`long` is not a duration\..*`\/record extend math-101 45m`\.$/],
    ['/record extend math-101 9h', /^`9h` is too long: it must be from 1 s to 8 h\./],
    ['/record list everything', /^I do not understand `everything`\. Type `\/record list` alone\.$/],
    ['/record status a b', /`b`.*Type `\/record status \[channel\]`/],
  ])('%s', async (typed, wanted) => {
    world = await startSlackApp();
    const told = await world.told(typed);
    expect(told).toMatch(wanted);
    expect(told.split('\n')).toHaveLength(1);
    expect([...world.recordings.sessions]).toEqual([]);
    // Nobody else sees any of it.
    expect(world.slack.messages('C0CLASSES', 'U0BEN')).toEqual([]);
  });
});

describe('start', () => {
  test.each<[string, string, number]>([
    ['/record start math-101', 'math-101', 120],
    ['/record start math-101 --for 45m', 'math-101', 45],
    ['/record START "my room" --for=1h30m', 'my room', 90],
    ['/record start “my room” —for 1h', 'my room', 60],
    ['/record start math-101 --for 8h', 'math-101', 480],
    ['/record start math-101 --for 30s', 'math-101', 0.5],
    ['/record start <!channel>', '<!channel>', 120],
    ['/record start "--for"', '--for', 120],
  ])('%s', async (typed, channelName, length) => {
    world = await startSlackApp();
    expect(await world.told(typed)).toBe('');
    expect(only()).toMatchObject({
      state: 'requested',
      channelName,
      startedBy: 'U0ANA',
      channel: 'C0CLASSES',
      team: 'T0SANDBOX',
      requestedAt: noon,
      stopAt: noon + minutes(length),
    });
  });

  test('a second start tells the truth and links to the card', async () => {
    world = await startSlackApp();
    const s = await world.withCard(live());
    const told = await world.told('/record start math-101', 'U0BEN');
    expect(told).toMatch(/^`math-101` is being recorded already, started by <@U0ANA>: Recording\. See </);
    expect(told).toContain(permalink(s));
    expect(world.recordings.sessions.size).toBe(1);
  });

  test('while the last one uploads, it does not claim that it records', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('uploading'));
    expect(await world.told('/record start math-101')).toMatch(
      /^`math-101` has a recording that is not finished yet, started by <@U0ANA>: Stopped, uploading\. Start the next one when it is\.$/,
    );
  });
});

describe('stop', () => {
  test('asks for it, says so, and links to the card', async () => {
    world = await startSlackApp();
    const s = await world.withCard(live());
    const told = await world.told('/record stop math-101', 'U0BEN');
    expect(told).toMatch(/^Stopping the recording of `math-101`\./);
    expect(told).toContain(permalink(s));
    expect(only()).toMatchObject({ state: 'stopping', stopAsked: { by: 'U0BEN' } });
  });

  test.each([
    [sessionIn('stopping'), /^The recording of `math-101` was stopped already: Stopping\. See </],
    [sessionIn('uploading'), /was stopped already: Stopped, uploading\. See </],
    [sessionIn('completed'), /^The recording of `math-101` has ended already: Done, Agora confirms the files\. See </],
    [sessionIn('failed'), /has ended already: Ended early\. See </],
  ])('what is stopped already: the truth and the card', async (s, wanted) => {
    world = await startSlackApp();
    const kept = await world.withCard(s);
    const told = await world.told('/record stop math-101');
    expect(told).toMatch(wanted);
    expect(told).toContain(permalink(kept));
    expect(only()).toEqual(kept);
  });

  test('nothing is recorded at all: how to begin', async () => {
    world = await startSlackApp();
    expect(await world.told('/record stop "my room"')).toBe(
      '`my room` is not being recorded, and nothing else is. To record it, type `/record start "my room"`.',
    );
  });

  test('something else is recorded: what', async () => {
    world = await startSlackApp();
    for (const name of ['a', 'b', 'c', 'd']) world.recordings.put(live({ id: name, channelName: name }));
    expect(await world.told('/record stop math-101')).toMatch(
      /^`math-101` is not being recorded\. What is: `[a-d]`, `[a-d]`, `[a-d]`\. See all with `\/record list`\.$/,
    );
  });
});

describe('extend', () => {
  test.each<[string, Record<string, unknown>, string, number, RegExp]>([
    ['moves the stop', {}, '30m', 75, /^The recording of `math-101` now stops at <!date\^/],
    ['up to the longest, and says so', {}, '2h', 120, /now stops at <!date.*: it may last 2 h at most\./],
    ['not beyond it', { stopAt: noon + minutes(120) }, '1m', 120, /cannot be extended: it may last 2 h at most/],
  ])('%s', async (_name, more, by, length, wanted) => {
    world = await startSlackApp();
    world.recordings.put(live(more));
    expect(await world.told(`/record extend math-101 ${by}`)).toMatch(wanted);
    expect(only().stopAt).toBe(noon + minutes(length));
  });

  test.each([
    [sessionIn('stopping'), /was stopped already/],
    [sessionIn('completed'), /has ended already/],
  ])('what is stopped stays so', async (s, wanted) => {
    world = await startSlackApp();
    world.recordings.put(s);
    expect(await world.told('/record extend math-101 30m')).toMatch(wanted);
    expect(only()).toEqual(s);
  });

  test.each([
    ['more than the bot allows others', 1440, '10h', 645, /^The recording of `math-101` now stops at/],
    ['less than the bot allows others', 120, '3h', 45, /^`3h` is too long: it must be from 1 s to 2 h\. Type for/],
  ])("the recording's own longest length counts: %s", async (_name, longest, by, length, wanted) => {
    world = await startSlackApp();
    world.recordings.put(live({ maxStopAt: noon + minutes(longest) }));
    expect(await world.told(`/record extend math-101 ${by}`)).toMatch(wanted);
    expect(only().stopAt).toBe(noon + minutes(length));
  });

  test('a name with spaces', async () => {
    world = await startSlackApp();
    world.recordings.put(live({ channelName: 'my room' }));
    expect(await world.told('/record extend "my room" 30m')).toMatch(/^The recording of `my room` now stops/);
  });

  test('nothing there', async () => {
    world = await startSlackApp();
    expect(await world.told('/record extend math-101 30m')).toMatch(/^`math-101` is not being recorded/);
  });
});

describe('status', () => {
  test('nothing', async () => {
    world = await startSlackApp();
    expect(await world.told('/record status')).toBe(
      'Nothing is being recorded. To begin, type `/record start &lt;channel&gt;`.',
    );
    expect(await world.told('/record status math-101')).toMatch(/^`math-101` is not being recorded/);
  });

  test('of all that is live: a sentence, and a line each with its card', async () => {
    world = await startSlackApp();
    const s = await world.withCard(live());
    for (let i = 0; i < 6; i++) world.recordings.put(live({ id: `${i}`, channelName: `room-${i}` }));
    world.recordings.put(sessionIn('completed', { id: 'old', channelName: 'old' }));
    expect(await world.told('/record status')).toBe('7 recordings are live.');
    const text = JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks);
    expect(text).toContain('🔴 `math-101`: Recording, started by <@U0ANA> <!date');
    expect(text).toContain(permalink(s));
    expect(text).toContain('and 2 more: `/record list`');
    expect(text).not.toContain('`old`');
  });

  test.each([
    [live(), /`math-101`: Recording, .*, stops by itself at <!date/],
    [sessionIn('stopping'), /`math-101`: Stopping, started by <@U0ANA> <!date[^>]*>\.$/],
    [sessionIn('completed'), /`math-101`: Done, Agora confirms the files/],
  ])('of one', async (s, wanted) => {
    world = await startSlackApp();
    world.recordings.put(s);
    expect(await world.told('/record status math-101')).toMatch(wanted);
  });

  test('of one that ended and is recorded again: the live one', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('completed', { id: 'old', requestedAt: noon + 1 }));
    world.recordings.put(live());
    expect(await world.told('/record status math-101')).toMatch(/: Recording/);
  });
});

describe('list', () => {
  test('nothing', async () => {
    world = await startSlackApp();
    expect(await world.told('/record list')).toMatch(/^There are no recordings yet\./);
  });

  test('live and ended ones, twenty at most', async () => {
    world = await startSlackApp();
    for (let i = 0; i < 19; i++) world.recordings.put(live({ id: `${i}`, channelName: `${'&'.repeat(60)}${i}` }));
    world.recordings.put(sessionIn('completed', { id: 'x', requestedAt: noon + 1, files: someFiles(3) }));
    expect(await world.told('/record list')).toBe('19 live and 1 ended recordings.');
    expect(JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks)).not.toContain('older');
    world.recordings.put(live({ id: 'y', channelName: 'y', title: 'Week <3>', requestedAt: noon + 2 }));
    await world.told('/record list');
    const text = JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks);
    expect(text.match(/<@U0ANA> in <#C0CLASSES>, /g)).toHaveLength(20);
    expect(text).toContain('`y` “Week &lt;3&gt;” Recording · <@U0ANA>');
    // What is live comes first.
    expect(text).not.toContain('Done');
    expect(text).toContain('… and older ones.');
    world.recordings.put(live({ id: 'z', channelName: 'z' }));
    expect(await world.told('/record list')).toBe('21 live and 0 ended recordings.');
    expect(JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks)).toContain('… and 1 more that are live.');
  });
});

describe('a recording that is older than many that have ended', () => {
  test.each([
    ['/record status', /^1 recording is live\.$/],
    ['/record status math-101', /: Recording, started by/],
    ['/record list', /^1 live and 19 ended recordings\.$/],
    ['/record stop other', /`other` is not being recorded\. What is: `math-101`\./],
    ['/record files math-101', /^Files of `math-101` so far/],
  ])('%s knows of it', async (typed, wanted) => {
    world = await startSlackApp();
    world.recordings.put(live({ files: someFiles(1) }));
    for (let n = 0; n < 300; n++)
      world.recordings.put(sessionIn('completed', { id: `${n}`, channelName: `c${n}`, requestedAt: noon + n }));
    expect(await world.told(typed)).toMatch(wanted);
  });
});

describe('help', () => {
  test.each(['/record', '/record help', '/record HELP', '/record --help', '/record help start'])(
    '%s',
    async (typed) => {
      world = await startSlackApp();
      expect(await world.told(typed)).toMatch(/records Agora channels/);
    },
  );

  test('RECORD_COMMAND is honoured in every text', async () => {
    world = await startSlackApp({ command: '/rec' });
    world.recordings.put(live({ channelName: 'other' }));
    for (const rest of [
      '',
      'strat',
      'banana',
      'start',
      'stop',
      'stop math-101',
      'extend x',
      'start x --for 9h',
      'list x',
      'status a b',
    ]) {
      await world.told(`/rec ${rest}`);
      const said = JSON.stringify(world.whispers('U0ANA').at(-1));
      expect(said).toContain('/rec ');
      expect(said).not.toContain('/record');
    }
  });
});
