import { afterEach, describe, expect, test } from 'vitest';
import type { Recipe } from '../src/recording/recipe/recipe.ts';
import type { TaskSettings } from '../src/recording/task-settings.ts';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** Every mode starts, runs, changes, stops and delivers files that were seen in the bucket. */
let world: World;
afterEach(() => world.close());

const names = { profile: 'p', project: 'default', storage: 'default' };
const card = () => JSON.stringify(world.card('math-101')?.blocks);
const task = () => world.agora.ledger()[0];

async function record(recipe: Recipe): Promise<string> {
  world = await startWorld({ notifications: true });
  const r = { channelName: 'math-101', duration: 3_600_000, team: 'T0SANDBOX', channel: 'C0CLASSES', by: 'U0ANA' };
  const { session } = await world.bot.recordings.start({ ...r, recipe });
  await later('a recording', () => /Recording\*/.test(card()));
  return session.id;
}

/** Waits while the clock runs ten times as fast. */
async function later(what: string, look: () => boolean): Promise<void> {
  await until(`${what}: ${card()}`, async () => {
    if (look()) return true;
    world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  });
}

async function stopped(): Promise<string> {
  await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record stop math-101' });
  await later('files', () => /Ready|Done/.test(card()));
  expect(task()?.endedAt).toBeDefined();
  expect(world.sees().filter((m) => /^Problem/.test(m.text))).toEqual([]);
  return card();
}

const change = async (id: string, wanted: TaskSettings) => {
  await world.bot.recordings.change(id, wanted, 'U0ANA');
  await later('the change', () => world.sees().some((m) => /changed .*Agora has confirmed it/.test(m.text)));
};

describe('composite', () => {
  test('with MP4: both files, and the layout changes while it runs', async () => {
    const id = await record({ ...names, mode: 'mix', recordingFileConfig: { avFileType: ['hls', 'mp4'] } });
    world.clock.advance(60_000);
    await change(id, { layout: { mixedVideoLayout: 2, maxResolutionUid: '1001' }, layoutName: 'vertical' });
    expect(card()).toContain('layout vertical');
    expect(JSON.stringify(world.agora.panel().tasks[0]?.layout)).toContain('2');
    const said = await stopped();
    expect(said).toMatch(/Ready, files seen in the bucket/);
    expect(said).toMatch(/\.m3u8/);
    expect(said).toMatch(/\.mp4/);
  });

  test('a layout that Agora refuses is told, and the one before stays', async () => {
    const id = await record({ ...names, mode: 'mix' });
    const answer = { code: 1028, reason: 'invalid layout' };
    world.agora.fault({ kind: 'answer', endpoint: 'updateLayout', status: 400, body: answer });
    await world.bot.recordings.change(id, { layout: { mixedVideoLayout: 0 }, layoutName: 'floating' }, 'U0ANA');
    await later('a refusal', () => world.sees().some((m) => /is not in force: .*400\/1028/.test(m.text)));
    expect(card()).not.toContain('floating');
    expect((await world.bot.recordings.get(id))?.wanted.layout).toBeUndefined();
  });

  test('whose streams are recorded changes while it runs', async () => {
    const id = await record({ ...names, mode: 'mix' });
    await change(id, {
      subscribe: { audioUidList: { subscribeAudioUids: ['1001'] }, videoUidList: { subscribeVideoUids: ['1001'] } },
    });
    expect(card()).toContain('audio of `1001` only');
    await stopped();
  });
});

describe('individual', () => {
  test('each person has tracks, by uid', async () => {
    await record({ ...names, mode: 'individual', recordingFileConfig: { avFileType: ['hls'] } });
    world.clock.advance(60_000);
    const said = await stopped();
    expect(said).toMatch(/Ready, files seen in the bucket/);
    // A list for each track, and one for both in standard mode.
    expect(said).toMatch(/seen in the bucket \(\d+ lists, /);
    for (const uid of ['1001', '1002']) expect(said).toMatch(new RegExp(`uid_s_${uid}__uid_e_(audio|video)\\.m3u8`));
  });

  test('snapshots alone', async () => {
    await record({ ...names, mode: 'individual', snapshotConfig: { captureInterval: 10, fileType: ['jpg'] } });
    world.clock.advance(60_000);
    await until('pictures', () => world.storage.list('').some((k) => k.endsWith('.jpg')));
    const said = await stopped();
    expect(said).toMatch(/snapshots only/);
    // Agora names none of them; they are found in the bucket.
    const pictures = world.storage.list('').filter((k) => k.endsWith('.jpg'));
    expect(pictures.length).toBeGreaterThan(2);
    expect(said).toContain(`(${pictures.length} pictures, `);
    expect(said).toContain(pictures[0]);
  });
});

describe('more files than a message holds', () => {
  test('the first ones and how many there are, and the whole list as a file in the thread', async () => {
    await record({ ...names, mode: 'individual', snapshotConfig: { captureInterval: 5, fileType: ['jpg'] } });
    for (let i = 0; i < 10; i++) {
      world.clock.advance(30_000);
      world.agora.tick();
      await world.agora.settled();
    }
    const said = await stopped();
    const pictures = world.storage.list('').filter((k) => k.endsWith('.jpg'));
    expect(pictures.length).toBeGreaterThan(40);
    expect(said).toContain(`(${pictures.length} pictures, `);
    const shown = pictures.filter((name) => said.includes(name)).length;
    expect(shown).toBeGreaterThan(5);
    expect(said).toContain(`and ${pictures.length - shown} more, in the thread.`);
    const sent = () => world.sees().find((m) => m.files?.some((f) => f.name === 'files.tsv'));
    await later('the list', () => sent() !== undefined);
    expect(sent()).toMatchObject({
      thread_ts: world.card('math-101')?.ts,
      text: `All ${pictures.length} files of the recording.`,
    });
    const list = await (await fetch(`${world.slack.url}/ui/file?user=U0ANA&id=${sent()?.files?.[0]?.id}`)).text();
    const lines = list.split('\n').map((l) => l.split('\t'));
    expect(lines.map(([name]) => name).sort()).toEqual([...pictures].sort());
    // Places, and no links: a file stays for years.
    expect(lines.every(([name, place]) => place === `${world.storage.url}/sandbox-recordings/${name}`)).toBe(true);
  });
});

describe('web page', () => {
  test('is recorded without a token, paused, goes on, and delivers', async () => {
    const url = 'https://page.example.com/live?key=s3cret';
    const service = {
      serviceName: 'web_recorder_service',
      errorHandlePolicy: 'error_abort',
      serviceParam: { url, audioProfile: 0, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 1 },
    };
    const id = await record({ ...names, mode: 'web', extensionServiceConfig: { extensionServices: [service] } });
    expect(card()).toContain('page `page.example.com/live`');
    expect(card()).not.toContain('s3cret');
    world.clock.advance(60_000);
    await change(id, { onhold: true });
    await later('a pause', () => /Paused\*/.test(card()));
    await world.bot.recordings.change(id, { onhold: false }, 'U0ANA');
    await later('going on', () => /Recording\*/.test(card()));
    world.clock.advance(60_000);
    expect(await stopped()).toMatch(/Ready, files seen in the bucket[\s\S]*\.m3u8/);
  });
});
