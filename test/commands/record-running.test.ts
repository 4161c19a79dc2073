import { afterEach, describe, expect, test } from 'vitest';
import { minutes, noon, sessionIn, someFailure, someFiles } from '../slack/support/sessions.ts';
import { type SlackApp, startSlackApp } from '../slack/support/start-slack-app.ts';

/** What is said to a recording that runs, and what is asked of those that have ended. */
let world: SlackApp;
afterEach(() => world.close());

const web = { profile: 'page', project: 'default', storage: 'default', mode: 'web' } as const;
const only = () => [...world.recordings.sessions.values()][0];

async function told(typed: string, more: Record<string, unknown> = {}): Promise<string> {
  world = await startSlackApp();
  await world.withCard(sessionIn('recording', more));
  return world.told(typed);
}

describe('what cannot be is one sentence with what to type instead, and changes nothing', () => {
  test.each<[string, RegExp, Record<string, unknown>?]>([
    ['/record layout math-101', /^Type `\/record layout &lt;channel&gt; bestfit\|floating/],
    ['/record layout math-101 mosaic', /^There is no layout "mosaic"; type floating/],
    ['/record layout math-101 bestfit', /is not a composite recording, so it has no layout/, { recipe: web }],
    ['/record layout physics bestfit', /`physics` is not being recorded\. What is: `math-101`/],
    ['/record subscribe math-101', /^Type `\/record subscribe &lt;channel&gt; only 123,456/],
    ['/record subscribe math-101 all --audio=no', /^`--audio` stands alone: type it without `=no`, or leave it out\.$/],
    ['/record subscribe math-101 some 1', /^I do not understand `some`\. Type/],
    ['/record subscribe math-101 only', /^Which uids\? Type/],
    ['/record subscribe math-101 all 1', /^After `all` come no uids\. Type/],
    ['/record subscribe math-101 only 1 except 2', /^Agora takes one list, not `only` and `except` together/],
    ['/record subscribe math-101 only 0', /^`0` is not a uid: it is a whole number from 1 to 4294967295\. Type/],
    ['/record subscribe math-101 only 4294967296', /is not a uid/],
    ['/record subscribe math-101 only 1,x', /^`x` is not a uid/],
    [
      `/record subscribe math-101 only ${Array.from({ length: 33 }, (_, i) => i + 1).join(',')}`,
      /takes 32 uids at most, and these are 33/,
    ],
    ['/record subscribe math-101 only 1', /it records the whole page, and has no uids/, { recipe: web }],
    [
      '/record subscribe math-101 only 1 --video',
      /^`math-101` records no video, so leave `--video` out\.$/,
      { recipe: { ...web, mode: 'mix', recordingConfig: { streamTypes: 0 } } },
    ],
    [
      '/record pause math-101',
      /Agora can pause web page recordings only, and `math-101` is none\. Stop it with `\/record stop math-101`.*two files.*leaves people out/,
    ],
    ['/record resume math-101', /can pause web page recordings only/],
    ['/record push math-101', /^Type `\/record push &lt;channel&gt; rtmp:/],
    ['/record push math-101 https://x', /^Type an rtmp:\/\/ or rtmps:\/\/ address\.$/, { recipe: web }],
    ['/record push math-101 rtmp://live.example.com/app/key', /is not a web page recording/],
    ['/record snap math-101 --every 4s', /`--every 4s` is not possible: it must be from 5s to 1h/],
    ['/record snap math-101 --every 10', /is not possible/],
    ['/record start math-101 --profile', /^Which profile\? Type it after `--profile`\.$/],
    ['/record start math-102 --profile hx', /^There is no profile "hx"\.$/],
    [`/record start math-102 --title "${'x'.repeat(101)}"`, /A title has 1 to 100 characters/],
    ['/record history --since soon', /^`soon` is not a duration\..*`\/record history --since 7d`\.$/],
    ['/record history --by @nobody', /^`@nobody` has recorded nothing in that time\./],
    [
      '/record history --by',
      /^Nothing follows `--by`\. Type for example `\/record history --by me`, or leave it out\.$/,
    ],
    ['/record history --by --since 7d', /^Nothing follows `--by`\./],
    ['/record history --by ""', /^Nothing follows `--by`\./],
    ['/record history --by @', /^Nothing follows `--by`\./],
    ['/record history --since', /^Nothing follows `--since`\. Type for example `\/record history --since 7d`, or/],
    [
      '/record snap math-102 --every',
      /^Nothing follows `--every`\. Type for example `\/record snap math-102 --every 10s`/,
    ],
    ['/record snap math-102 --profile', /^Which profile\? Type it after `--profile`\.$/],
    ['/record history math', /^I do not understand `math`\./],
    ['/record files physics', /^I know of no recording of `physics`\. What there is: `\/record list`\.$/],
    [
      '/record start math-102 --every 10s',
      /^Pictures are taken with `\/record snap math-102 --every 10s`; together with/,
    ],
    ['/record start --web', /^Which page\? Type its address after `--web`, for example `--web https:/],
  ])('%s', async (typed, wanted, more = {}) => {
    const answer = await told(typed, more);
    expect(answer).toMatch(wanted);
    expect(answer.split('\n')).toHaveLength(1);
    expect(world.recordings.sessions.size).toBe(1);
    expect(only()).toMatchObject({ wanted: {} });
  });
});

describe('while it runs', () => {
  test('the layout is wanted from then on', async () => {
    expect(await told('/record layout math-101 bestfit')).toMatch(
      /^`math-101`: layout `bestfit`\. The thread says when Agora has confirmed it\./,
    );
    expect(only()?.wanted).toEqual({ layout: { mixedVideoLayout: 1 }, layoutName: 'bestfit' });
    expect(await world.told('/record layout math-101 bestfit')).toMatch(/It is so already/);
  });

  const all = ['#allstream#'];
  test.each<[string, object]>([
    [
      'only 1,2',
      { audioUidList: { subscribeAudioUids: ['1', '2'] }, videoUidList: { subscribeVideoUids: ['1', '2'] } },
    ],
    [
      'only 1, 2',
      { audioUidList: { subscribeAudioUids: ['1', '2'] }, videoUidList: { subscribeVideoUids: ['1', '2'] } },
    ],
    ['except 7', { audioUidList: { unSubscribeAudioUids: ['7'] }, videoUidList: { unSubscribeVideoUids: ['7'] } }],
    ['all', { audioUidList: { subscribeAudioUids: all }, videoUidList: { subscribeVideoUids: all } }],
    // With a list for one kind alone Agora would record nothing of the other.
    ['only 5 --video', { audioUidList: { subscribeAudioUids: all }, videoUidList: { subscribeVideoUids: ['5'] } }],
    ['except 5 --audio', { audioUidList: { unSubscribeAudioUids: ['5'] }, videoUidList: { subscribeVideoUids: all } }],
  ])('subscribe %s', async (typed, wanted) => {
    await told(`/record subscribe math-101 ${typed}`);
    expect(only()?.wanted.subscribe).toEqual(wanted);
  });

  test.each<[object, string, object]>([
    [{ subscribeVideoUids: ['1'] }, 'only 5 --video', { videoUidList: { subscribeVideoUids: ['5'] } }],
    [{ subscribeVideoUids: ['1'] }, 'all', { videoUidList: { subscribeVideoUids: all } }],
    [{ unSubscribeAudioUids: ['1'] }, 'except 7 --audio', { audioUidList: { unSubscribeAudioUids: ['7'] } }],
    // Sound is asked for by name.
    [
      { subscribeVideoUids: ['1'] },
      'only 5 --audio',
      { audioUidList: { subscribeAudioUids: ['5'] }, videoUidList: { subscribeVideoUids: ['1'] } },
    ],
    [{ streamTypes: 1 }, 'only 5', { videoUidList: { subscribeVideoUids: ['5'] } }],
    [{ streamTypes: 0 }, 'all', { audioUidList: { subscribeAudioUids: all } }],
  ])('a kind that is not recorded stays so, unless it is named: %j, subscribe %s', async (lists, typed, wanted) => {
    const recordingConfig = { channelType: 1, streamTypes: 2, ...lists };
    await told(`/record subscribe math-101 ${typed}`, { recipe: { ...web, mode: 'mix', recordingConfig } });
    expect(only()?.wanted.subscribe).toEqual(wanted);
  });

  test('one kind is changed, and the other stays as it was', async () => {
    await told('/record subscribe math-101 only 1');
    await world.told('/record subscribe math-101 all --video');
    expect(only()?.wanted.subscribe).toEqual({
      audioUidList: { subscribeAudioUids: ['1'] },
      videoUidList: { subscribeVideoUids: all },
    });
  });

  test('a web page is paused and goes on', async () => {
    expect(await told('/record pause math-101', { recipe: web })).toMatch(/^`math-101`: pause\./);
    expect(only()?.wanted.onhold).toBe(true);
    await world.told('/record resume math-101');
    expect(only()?.wanted.onhold).toBe(false);
  });

  test('an RTMP address is a secret: it is neither answered nor logged', async () => {
    const answer = await told('/record push math-101 rtmp://live.example.com/app/s3cret-key', { recipe: web });
    expect(answer).toMatch(/Agora pushes `math-101` to `live\.example\.com` now/);
    expect(answer + world.log.text()).not.toContain('s3cret-key');
  });
});

describe('starting in other ways', () => {
  test.each<[string, object]>([
    ['/record start math-101 --title "Week 3"', { title: 'Week 3', channelName: 'math-101' }],
    ['/record start --redundant math-101', { channelName: 'math-101', others: [{ role: 'twin', part: 2 }] }],
    [
      '/record start --web https://page.example.com/live?key=1',
      { channelName: 'page.example.com:live', recipe: { mode: 'web' } },
    ],
    ['/record start launch --web https://page.example.com', { channelName: 'launch', recipe: { mode: 'web' } }],
    ['/record snap math-101 --every 30s', { channelName: 'math-101' }],
  ])('%s', async (typed, wanted) => {
    world = await startSlackApp();
    expect(await world.told(typed)).toBe('');
    expect(only()).toMatchObject(wanted);
  });

  test('--dry-run shows what would be sent, and starts nothing', async () => {
    world = await startSlackApp();
    expect(await world.told('/record start --dry-run math-101')).toMatch(/^Nothing was started\./);
    expect(JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks)).toContain('cname');
    expect(world.recordings.sessions.size).toBe(0);
  });
});

test('two that say at once whose sound and whose picture is recorded both get what they want', async () => {
  world = await startSlackApp();
  world.recordings.put(sessionIn('recording'));
  // Both have read it before either saves.
  let waiting = 2;
  const { promise: both, resolve } = Promise.withResolvers<void>();
  const { change } = world.recordings;
  world.recordings.change = async (...r) => {
    waiting -= 1;
    if (waiting === 0) resolve();
    await both;
    return change(...r);
  };
  await Promise.all([
    world.told('/record subscribe math-101 except 666 --audio'),
    world.told('/record subscribe math-101 except 666 --video', 'U0BEN'),
  ]);
  expect([...world.recordings.sessions.values()][0]?.wanted.subscribe).toEqual({
    audioUidList: { unSubscribeAudioUids: ['666'] },
    videoUidList: { unSubscribeVideoUids: ['666'] },
  });
});

describe('what has ended', () => {
  test('history, of all and of one', async () => {
    world = await startSlackApp();
    world.recordings.put(
      sessionIn('completed', { id: 'a', channelName: 'algebra', title: 'Week 1', startedBy: 'U0ANA' }),
    );
    world.recordings.put(
      sessionIn('failed', { id: 'b', channelName: 'biology', startedBy: 'U0BEN', failure: someFailure }),
    );
    world.recordings.put(
      sessionIn('completed', { id: 'c', channelName: 'chemistry', endedAt: noon - minutes(60 * 24 * 9) }),
    );
    world.recordings.put(sessionIn('recording', { id: 'd', channelName: 'drama' }));
    const blocks = () => JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks);
    expect(await world.told('/record history --since 7d')).toMatch(/^2 recordings of the last `7d` have ended\.$/);
    expect(blocks()).toMatch(/algebra.*Week 1/);
    expect(blocks()).not.toMatch(/chemistry|drama/);
    expect(await world.told('/record history --by me --since 7d')).toBe(
      '1 recording by <@U0ANA> of the last `7d` has ended.',
    );
    expect(await world.told('/record history --by @ben --since 7d')).toMatch(/^1 recording by <@U0BEN>/);
    expect(blocks()).toContain('biology');
    expect(await world.told('/record history --by <@U0BEN> --since 7d')).toMatch(/^1 recording by <@U0BEN>/);
  });

  test('history: when it ended counts, and not when it began', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('completed', { requestedAt: noon - minutes(60 * 24 * 20), endedAt: noon }));
    expect(await world.told('/record history --since 7d')).toBe('1 recording of the last `7d` has ended.');
  });

  test('history: who looks through the newest only says so', async () => {
    world = await startSlackApp();
    for (let n = 0; n < 500; n++) world.recordings.put(sessionIn('completed', { id: `${n}` }));
    const blocks = () => JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks);
    await world.told('/record history');
    expect(blocks()).toContain('the 500 newest recordings only');
    world.recordings.sessions.delete('7');
    await world.told('/record history');
    expect(blocks()).not.toContain('newest recordings only');
  });

  test('history: of whom Slack does not tell the name it is not said that there is nothing', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('completed', { startedBy: 'U0BEN' }));
    expect(await world.told('/record history --by @nobody')).toMatch(/^`@nobody` has recorded nothing in that time\./);
    world.slack.failNext({ method: 'users.info', error: 'internal_error' });
    expect(await world.told('/record history --by @ben')).toMatch(
      /^I could not find out who `@ben` is\..*`\/record history --by U0123456789`/,
    );
  });

  test('files: fresh links, privately', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('completed', { files: someFiles(2) }));
    await world.told('/record files math-101');
    for (const f of someFiles(2)) {
      expect(JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks)).toContain(`https://bucket.example/${f.name}`);
    }
    expect(world.slack.messages('C0CLASSES', 'U0BEN')).toEqual([]);
  });

  test('files: only what is shown is signed, however many there are', async () => {
    world = await startSlackApp();
    world.recordings.put(sessionIn('completed', { files: someFiles(5_000) }));
    await world.told('/record files math-101');
    expect(Math.max(...world.signed)).toBe(20);
  });

  test('files of one that still runs are said to be those so far', async () => {
    const answer = await told('/record files math-101', { files: someFiles(40) });
    expect(answer).toMatch(/^Files of `math-101` so far \(Recording\)/);
    expect(JSON.stringify(world.whispers('U0ANA').at(-1)?.blocks)).toContain(
      '20 more, in the thread when it has ended',
    );
  });

  test('no files yet: says how it stands', async () => {
    expect(await told('/record files math-101')).toBe('`math-101` has no files yet: Recording.');
  });
});
