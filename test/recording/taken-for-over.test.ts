import { afterEach, describe, expect, test } from 'vitest';
import type { TaskStatus } from '../../src/recording/ports.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { aStart } from '../../torture/simulation/simulation.ts';
import { createScriptedWorld, done, hour, refusal, type ScriptedWorld, status } from './support/scripted-world.ts';

/** Agora's word on how a recorder stands is not always so: it moves recorders, and its notifications come late. */
let world: ScriptedWorld;
afterEach(() => world.close());

const gone = refusal('gone', '404/404');
let answer: { class: 'done'; value: TaskStatus } | typeof gone = status(5);
/** Agora knows the task when it is told to stop it. */
let isKnown = true;
const stops: string[] = [];

/** One that records, as far as anybody knows. */
async function records(
  more: Parameters<typeof createScriptedWorld>[1] = {},
  request: Parameters<typeof aStart>[1] = {},
) {
  answer = status(5);
  isKnown = true;
  stops.length = 0;
  world = createScriptedWorld(
    {
      acquire: async () => done({ resourceId: 'r' }),
      start: async () => done({ sid: 's' }),
      query: async () => answer,
      stop: async ({ sid }) => {
        stops.push(sid);
        return isKnown ? done({ files: [], uploading: 'unknown' as const }) : gone;
      },
    },
    more,
  );
  const { session } = await world.recordings.start(
    aStart('math-101', { duration: 3 * hour, maxDuration: 3 * hour, ...request }),
  );
  return session;
}
const it = async (id: string) => {
  const s = await world.store.get(id);
  if (!s) throw new Error('It is not there.');
  return s;
};
const alerts = () => world.told.flatMap(({ message: m }) => (m.kind === 'alert' ? [m.failure] : []));

describe('is told to stop all the same', () => {
  test('after a 404 and a word of its end that was about something else', async () => {
    const { id, uid } = await records();
    await world.pass(30);
    answer = gone;
    const files = [{ name: 'f.m3u8' }];
    await world.recordings.accept({
      noticeId: 'n',
      eventType: 31,
      sid: 's',
      channelName: 'math-101',
      uid,
      details: { files },
    });
    await world.pass(60);
    expect(await it(id)).toMatchObject({ state: 'failed', failure: { kind: 'ended_early' } });
    expect(stops).toEqual(['s']);
  });

  test('after a status that says that it is over', async () => {
    const { id } = await records();
    await world.pass(30);
    answer = status(8);
    await world.pass(60);
    expect(await it(id)).toMatchObject({ state: 'failed', failure: { kind: 'ended_early' } });
    expect(stops).toEqual(['s']);
  });
});

test('what it may have written is looked for though nobody saw it at work', async () => {
  const searched: string[] = [];
  const picture = { name: 'a.jpg' };
  const { id } = await records(
    {
      fileCheck: {
        inspect: async () => ({ at: 0, verdict: 'ready', ended: true, files: [picture], missing: [], missingCount: 0 }),
        search: async (_s, { sid }) => {
          searched.push(sid);
          return { found: [picture], expected: [] };
        },
      },
    },
    {
      recipe: {
        ...{ profile: 'snap', project: 'default', storage: 'default', mode: 'individual' },
        snapshotConfig: { captureInterval: 10, fileType: ['jpg'] },
      },
    },
  );
  await world.recordings.settled();
  // The process was down from the start on, and the recorder ends by itself meanwhile.
  world.clock.now += 40 * 60_000;
  answer = status(8);
  isKnown = false;
  await world.pass(600, 30);
  expect(await it(id)).toMatchObject({ state: 'failed', files: [picture] });
  expect(searched).toContain('s');
});

describe('a recorder that was at work and only gets ready, or is always about to leave', () => {
  test.each([0, 1, 2, 3, 6])(
    'status %i: after a while it is one alert, and the card does not say that it records',
    async (n) => {
      const { id } = await records();
      await world.pass(30);
      answer = status(n);
      await world.pass(60);
      expect(alerts()).toEqual([]);
      await world.pass(2 * 3600, 10);
      expect(alerts()).toMatchObject([{ kind: 'unwatched', code: `status ${n}` }]);
      expect(stateWords(await it(id)).words).not.toBe('Recording');
      expect(stops).toEqual([]);
      // And once it records again that is said.
      answer = status(5);
      await world.pass(60);
      expect(stateWords(await it(id)).words).toBe('Recording');
      expect(world.told.at(-1)?.message).toMatchObject({ kind: 'thread', note: { type: 'back' } });
    },
  );
});
