import fc from 'fast-check';
import { createRecordings } from '../../src/recording/create-recordings.ts';
import type { Recorder, Reply, TaskStatus } from '../../src/recording/ports.ts';
import { createAgenda } from '../../src/store/create-agenda.ts';
import { createEmbeddedRig } from '../../test/store/embedded-rig.ts';
import { sampleSession, silent, started } from '../../test/store/sample-session.ts';
import { damaged, jsonAround } from './damaged.ts';
import { type Fuzz, tryAll } from './try-all.ts';

/** How many recordings there are; one of them gets the odd bytes. */
const count = 4;
const names = [
  'value',
  'version',
  'state',
  'id',
  'revision',
  'channelName',
  'recipe',
  'mode',
  'outbox',
  'strays',
  'others',
];
const now = 1_700_000_000_000;
const real = JSON.stringify({ ...silent(started(sampleSession('s-0', 'channel-s-0', now), 'sid-0')), nextAt: now });

/** What may lie under a recording's key: what no bot wrote, what a bot wrote in part, what the next version writes. */
const oddBytes = fc.oneof(
  damaged(JSON.stringify({ value: real })),
  damaged(real).map((text) => JSON.stringify({ value: text })),
  fc.string({ unit: 'binary' }),
  jsonAround(names, fc.constantFrom<unknown>(1, 2, 3, 'recording', 's-0')).map((v) => JSON.stringify(v) ?? ''),
  jsonAround(names, fc.constantFrom<unknown>(1, 2, 3)).map((v) => JSON.stringify({ value: JSON.stringify(v) ?? '' })),
  fc.constantFrom(
    '',
    'null',
    '{"value":null}',
    '{"value":"null"}',
    '{"value":"[]"}',
    '{"value":7}',
    '\u0000',
    '{"value":"',
  ),
  fc.constant(JSON.stringify({ value: real.replace('"version":2', '"version":3') })),
  fc.constant(JSON.stringify({ value: real.replace('"version":2', '"version":1') })),
);

const never = (): Promise<never> => Promise.reject(new Error('not to be called'));
const works: Reply<TaskStatus> = { class: 'done', value: { status: 5, files: [] } };

/**
 * Any bytes under one recording's key: it is read, or set aside and reported and left byte for byte as it is; the others are looked after, its
 * Agora channel can be recorded again, and nothing fails.
 */
export const fuzzStoredBytes: Fuzz = (how) =>
  tryAll('stored bytes', oddBytes, how, async (bytes) => {
    const rig = await createEmbeddedRig(':memory:');
    try {
      const { store } = rig;
      for (let i = 0; i < count; i++) {
        const id = `s-${i}`;
        await store.create(sampleSession(id, `channel-${id}`, now));
        await store.update(id, (s) => silent({ ...started(s, `sid-${i}`), nextAt: now }));
      }
      await rig.plant('session:s-0', bytes);
      const asked = new Set<string>();
      const recorder: Recorder = {
        preview: never,
        acquire: never,
        start: never,
        stop: never,
        update: never,
        updateLayout: never,
        refreshCredentials: never,
        remove: never,
        query: async (r) => {
          asked.add(r.sid);
          return works;
        },
      };
      const recordings = createRecordings({
        store,
        agenda: createAgenda({ now: () => now, log: rig.log.log }),
        recorder,
        announcer: { deliver: async () => ({ ok: true }), warn: async () => 'told' as const },
        fileCheck: { inspect: never, search: never },
        expectFiles: () => ({ names: [], patterns: [] }),
        settings: {
          defaultDuration: 3_600_000,
          maxDuration: 28_800_000,
          maxIdleTime: 300_000,
          limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
        },
        now: () => now,
        newId: () => 'again',
        log: rig.log.log,
      });
      await recordings.resume();
      await recordings.tick();
      await recordings.settled();
      const forgotten = Array.from({ length: count - 1 }, (_, i) => `sid-${i + 1}`).find((sid) => !asked.has(sid));
      if (forgotten) return `${forgotten} was not looked after`;
      if ((await store.recent(100)).length < count - 1) return 'the list lacks some';
      const read = await store.get('s-0');
      if (read === undefined) {
        // What Keyv takes for nothing cannot be told from nothing.
        const reported = rig.quarantined.filter((q) => q.id === 's-0').length;
        if (reported !== 1 && bytes.trim() !== 'null') return 'it was not reported once';
        if ((await rig.held('session:s-0')) !== bytes) return 'the bytes were changed';
        if (await recordings.byChannelName('channel-s-0')) return 'it still holds its channel';
        const request = { channelName: 'channel-s-0', duration: 60_000, team: 'T', channel: 'C', by: 'U' };
        if ((await store.create(sampleSession('again', 'channel-s-0', now))).created !== true)
          return 'no new recording';
        if ((await recordings.start(request)).kind !== 'busy') return 'two recordings of one channel';
        if ((await rig.held('session:s-0')) !== bytes) return 'the bytes were changed later';
      }
      const failed = rig.log.entries.find((e) => e.level >= 50 && !e.msg.includes('cannot be read'));
      return failed && `something failed: ${JSON.stringify(failed).slice(0, 600)}`;
    } finally {
      await rig.close();
    }
  });
