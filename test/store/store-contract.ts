import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionStore } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import type { CapturedLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { ended, sampleSession, silent, started, uploading } from './sample-session.ts';

export interface StoreRig {
  store: SessionStore;
  /** One more store over the same data, which knows nothing of the first one's writers. */
  another(): Promise<SessionStore>;
  /** Puts a text where the store keeps a key, as if somebody had damaged it. */
  plant(key: string, text: string): Promise<void>;
  /** Takes away what lies there. */
  remove(key: string): Promise<void>;
  /** What lies there, or undefined. */
  held(key: string): Promise<string | undefined>;
  log: CapturedLog;
  quarantined: { id: string; why: string }[];
  released: string[];
  /** Ends all and opens the same data anew. */
  reopen(): Promise<SessionStore>;
  close(): Promise<void>;
}

/** What every SessionStore promises (src/recording/ports.ts), on real data. `restarts`: whether data outlive the process. */
const inProject = (project: string, s: Session): Session => ({ ...s, recipe: { ...s.recipe, project } });

export function storeContract(name: string, restarts: boolean, createRig: () => Promise<StoreRig>): void {
  describe(`the store on ${name}`, () => {
    let rig: StoreRig;
    let store: SessionStore;
    beforeEach(async () => {
      rig = await createRig();
      store = rig.store;
    });
    afterEach(() => rig.close());

    const create = async (s: Session) => {
      expect(await store.create(s)).toEqual({ created: true });
      return s;
    };

    describe('create', () => {
      test('keeps every field, whatever people and Agora wrote', async () => {
        const message = 'ü <!channel> "quoted" \\ \u2028 \u0000 \ud83d\ude00 \ud83d';
        const error = { module: 1, code: 2, level: 3, message };
        const s = sampleSession('a', ' !#$%&()+-:;<=.>?@[]^_{}|~,');
        await create({ ...s, evidence: { ...s.evidence, error } });
        expect(await store.get('a')).toEqual({ ...s, evidence: { ...s.evidence, error } });
        expect((await store.byChannelName(s.channelName))?.id).toBe('a');
        expect(await store.update('a', ended)).toMatchObject({ revision: 1, evidence: { error: { message } } });
      });

      test('an unknown id is nobody', async () => {
        expect(await store.get('nobody')).toBeUndefined();
        expect(await store.update('nobody', ended)).toBeUndefined();
        expect(await store.byChannelName('nothing')).toBeUndefined();
        expect(await store.bySid('nothing')).toBeUndefined();
      });

      test('refuses a taken channel, names its session, and leaves nothing of the refused one', async () => {
        await create(sampleSession('a', 'math'));
        expect(await store.create(sampleSession('b', 'math'))).toEqual({ created: false, busyId: 'a' });
        expect(await store.get('b')).toBeUndefined();
        expect(await store.unsettledIds()).toEqual(['a']);
        expect((await store.recent(10)).map((s) => s.id)).toEqual(['a']);
      });

      test('of 100 at once for one channel exactly one gets it', async () => {
        const other = await rig.another();
        const answers = await Promise.all(
          Array.from({ length: 100 }, (_, i) => (i % 2 ? store : other).create(sampleSession(`s${i}`, 'math'))),
        );
        expect(answers.filter((a) => a.created)).toHaveLength(1);
        const winner = `s${answers.findIndex((a) => a.created)}`;
        expect(new Set(answers.flatMap((a) => (a.created ? [] : [a.busyId])))).toEqual(new Set([winner]));
        expect((await store.byChannelName('math'))?.id).toBe(winner);
        expect(await store.unsettledIds()).toEqual([winner]);
      });

      test('channels whose names differ only in case or begin alike are different channels', async () => {
        await create(sampleSession('a', 'math'));
        await create(sampleSession('b', 'Math'));
        await create(sampleSession('c', 'math-1'));
        expect((await store.byChannelName('math'))?.id).toBe('a');
      });

      test('the same name in two Agora projects is two channels, each found in its own', async () => {
        await create(sampleSession('a', 'math'));
        await create(inProject('live', sampleSession('b', 'math')));
        expect(await store.create(inProject('live', sampleSession('c', 'math')))).toEqual({
          created: false,
          busyId: 'b',
        });
        expect((await store.byChannelName('math'))?.id).toBe('a');
        expect((await store.byChannelName('math', 'live'))?.id).toBe('b');
        expect(await store.byChannelName('math', 'other')).toBeUndefined();
        const lastIds = async () => [await store.last('math'), await store.last('math', 'live')].map((s) => s?.id);
        expect(await lastIds()).toEqual(['b', 'b']);
        await store.update('b', (s) => silent(ended(s)));
        expect(await store.byChannelName('math', 'live')).toBeUndefined();
        expect((await store.byChannelName('math'))?.id).toBe('a');
        await create(inProject('live', sampleSession('d', 'math')));
        expect(await lastIds()).toEqual(['d', 'd']);
      });

      test('what the version before saved of another project under its name alone is found, refused anew and given free', async () => {
        const older = inProject('live', sampleSession('old', 'math'));
        await rig.plant('session:old', JSON.stringify({ value: JSON.stringify(older) }));
        for (const key of ['busy:math', 'last:math']) await rig.plant(key, '{"value":"old"}');
        expect((await store.byChannelName('math', 'live'))?.id).toBe('old');
        expect(await store.byChannelName('math')).toBeUndefined();
        expect((await store.last('math', 'live'))?.id).toBe('old');
        expect(await store.create(inProject('live', sampleSession('b', 'math')))).toEqual({
          created: false,
          busyId: 'old',
        });
        // The environment's own channel of that name is free, and the older one is found all the same.
        await create(sampleSession('a', 'math'));
        expect((await store.byChannelName('math'))?.id).toBe('a');
        expect((await store.byChannelName('math', 'live'))?.id).toBe('old');
        await store.update('old', (s) => silent(ended(s)));
        expect((await store.byChannelName('math'))?.id).toBe('a');
        await create(inProject('live', sampleSession('b', 'math')));
      });

      test.each([
        ['missing', () => undefined],
        ['ended', (s: Session) => JSON.stringify({ value: JSON.stringify(ended(s)) })],
        ['unreadable', () => 'damaged'],
      ])('takes over a channel whose session is %s', async (_state, text) => {
        const old = sampleSession('old', 'math');
        await rig.plant('busy:math', '{"value":"old"}');
        const planted = text(old);
        if (planted !== undefined) await rig.plant('session:old', planted);
        await create(sampleSession('new', 'math'));
        expect((await store.byChannelName('math'))?.id).toBe('new');
      });

      test('of 50 at once that take over a channel left behind exactly one gets it', async () => {
        await rig.plant('busy:math', '{"value":"old"}');
        const other = await rig.another();
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, i) => (i % 2 ? store : other).create(sampleSession(`s${i}`, 'math'))),
        );
        expect(answers.filter((a) => a.created)).toHaveLength(1);
      });
    });

    describe('update', () => {
      test('saves the change with the next revision, and answers it', async () => {
        await create(sampleSession('a'));
        const after = await store.update('a', (s) => ({ ...s, tries: 7 }));
        expect(after).toMatchObject({ tries: 7, revision: 1 });
        expect(await store.get('a')).toEqual(after);
      });

      test.each([
        ['undefined', () => undefined],
        ['the same object', (s: Session) => s],
      ])('%s changes nothing', async (_what, change) => {
        const s = await create(sampleSession('a'));
        expect(await store.update('a', change)).toEqual(s);
        expect((await store.get('a'))?.revision).toBe(0);
      });

      test('a change that throws saves nothing, and the next one works', async () => {
        await create(sampleSession('a'));
        const broken = store.update('a', () => {
          throw new Error('a bug');
        });
        await expect(broken).rejects.toThrow('a bug');
        expect(await store.update('a', (s) => ({ ...s, tries: 1 }))).toMatchObject({ revision: 1, tries: 1 });
      });

      test('the revision is the store’s to set', async () => {
        await create(sampleSession('a'));
        expect(await store.update('a', (s) => ({ ...s, revision: 99 }))).toMatchObject({ revision: 1 });
      });

      test('two writers, 200 updates: none is lost, and no revision is used twice', async () => {
        await create(sampleSession('a'));
        const writers = [store, await rig.another()];
        const answers = await Promise.all(
          writers.map(async (w) => {
            const seen: (number | undefined)[] = [];
            for (let i = 0; i < 100; i++)
              seen.push((await w.update('a', (s) => ({ ...s, tries: s.tries + 1 })))?.revision);
            return seen;
          }),
        );
        expect(await store.get('a')).toMatchObject({ tries: 200, revision: 200 });
        expect(answers.flat().toSorted((a, b) => Number(a) - Number(b))).toEqual(
          Array.from({ length: 200 }, (_, i) => i + 1),
        );
        for (const seen of answers) expect(seen).toEqual(seen.toSorted((a, b) => Number(a) - Number(b)));
      });

      test('200 updates at once in one process: none is lost', async () => {
        await create(sampleSession('a'));
        await Promise.all(Array.from({ length: 200 }, () => store.update('a', (s) => ({ ...s, tries: s.tries + 1 }))));
        expect(await store.get('a')).toMatchObject({ tries: 200, revision: 200 });
      });
    });

    describe('finding sessions', () => {
      test('by sid, from the moment it is known, and after the end too', async () => {
        await create(sampleSession('a'));
        await store.update('a', (s) => started(s, 'sid-1'));
        expect((await store.bySid('sid-1'))?.id).toBe('a');
        await store.update('a', (s) => silent(ended(s)));
        expect((await store.bySid('sid-1'))?.id).toBe('a');
      });

      test.each([
        ['an ended session', ended],
        ['a session that only uploads', uploading],
      ])('%s gives its channel free', async (_what, change) => {
        await create(sampleSession('a', 'math'));
        await store.update('a', change);
        expect(await store.byChannelName('math')).toBeUndefined();
        expect(await rig.held('busy:math')).toBeUndefined();
        await create(sampleSession('b', 'math'));
        await store.update('a', (s) => silent(ended(s)));
        expect((await store.byChannelName('math'))?.id).toBe('b');
      });

      test('an ending session leaves a channel alone that another one has', async () => {
        await create(sampleSession('a', 'math'));
        await rig.plant('busy:math', '{"value":"b"}');
        await store.update('a', ended);
        expect(JSON.parse((await rig.held('busy:math')) ?? '')).toMatchObject({ value: 'b' });
      });

      test('unsettled: live ones, and ended ones that owe a message, have a stray recorder or files to look for', async () => {
        for (const id of ['live', 'looks', 'owes', 'stray', 'done']) await create(sampleSession(id));
        await store.update('owes', ended);
        const stray = { uid: '1', resourceId: 'r', tries: 0, nextAt: 0 };
        await store.update('stray', (s) => ({ ...silent(ended(s)), strays: [stray] }));
        await store.update('looks', (s) => ({ ...silent(ended(s)), salvage: { tries: 0, nextAt: 0 } }));
        await store.update('done', (s) => silent(ended(s)));
        expect((await store.unsettledIds()).toSorted()).toEqual(['live', 'looks', 'owes', 'stray']);
        await store.update('owes', silent);
        await store.update('looks', ({ salvage: _, ...s }) => s);
        await store.update('stray', (s) => ({ ...s, strays: [] }));
        expect(await store.unsettledIds()).toEqual(['live']);
        // A late message makes it unsettled again.
        await store.update('done', (s) => ({ ...s, strays: [stray] }));
        expect((await store.unsettledIds()).toSorted()).toEqual(['done', 'live']);
      });

      test('a lead and its parts are saved together, or none of them', async () => {
        const part = { ...sampleSession('a.2', 'math'), lead: 'a', part: 2 };
        expect(await store.create(sampleSession('a', 'math'), [part])).toEqual({ created: true });
        expect(await store.get('a.2')).toEqual(part);
        expect((await store.unsettledIds()).toSorted()).toEqual(['a', 'a.2']);
        const other = { ...sampleSession('b.2', 'math'), lead: 'b', part: 2 };
        expect(await store.create(sampleSession('b', 'math'), [other])).toEqual({ created: false, busyId: 'a' });
        expect(await store.get('b.2')).toBeUndefined();
      });

      test('one whose id is there already is not made anew: it stays as it is', async () => {
        await create(sampleSession('a', 'math'));
        const over = await store.update('a', (s) => silent(ended(s)));
        expect(await store.create(sampleSession('a', 'math'))).toEqual({ created: false, busyId: 'a' });
        expect(await store.get('a')).toEqual(over);
        await rig.plant('session:b', 'damaged');
        expect(await store.create(sampleSession('b', 'art'))).toEqual({ created: false, busyId: 'b' });
        expect(await rig.held('session:b')).toBe('damaged');
        expect(await store.byChannelName('art')).toBeUndefined();
      });

      test('byStray: who has a task whose sid nobody knows', async () => {
        await create(sampleSession('a'));
        const stray = { uid: '77', resourceId: 'r', tries: 0, nextAt: 0 };
        await store.update('a', (s) => ({ ...s, strays: [stray, { ...stray, uid: '78', sid: 's' }] }));
        expect((await store.byStray('77'))?.id).toBe('a');
        expect(await store.byStray('78')).toBeUndefined();
        expect(await store.byStray('79')).toBeUndefined();
      });

      test('what was seen for a moment is seen for longer when that is asked for', async () => {
        expect(await store.firstTime('k', 300)).toBe(true);
        await store.prolong('k', 60_000);
        await new Promise((resolve) => setTimeout(resolve, 600));
        expect(await store.firstTime('k', 300)).toBe(false);
        // What nobody has seen is not made.
        await store.prolong('never', 60_000);
        expect(await store.firstTime('never', 300)).toBe(true);
      });

      test('last: the newest of a channel, live or ended', async () => {
        await create(sampleSession('a', 'math', 1));
        await create(sampleSession('b', 'art', 2));
        expect((await store.last('math'))?.id).toBe('a');
        await store.update('a', (s) => silent(ended(s)));
        expect(await store.last('math')).toMatchObject({ id: 'a', state: 'failed' });
        await create(sampleSession('c', 'math', 3));
        expect((await store.last('math'))?.id).toBe('c');
        expect(await store.last('nothing')).toBeUndefined();
      });

      test('recent: newest first, so many at most', async () => {
        for (const [id, at] of [
          ['b', 2],
          ['c', 30],
          ['a', 1],
        ] as const)
          await create(sampleSession(id, id, at));
        await store.update('b', (s) => silent(ended(s)));
        expect((await store.recent(10)).map((s) => s.id)).toEqual(['c', 'b', 'a']);
        expect((await store.recent(2)).map((s) => s.id)).toEqual(['c', 'b']);
        // One that cannot be read is made up for by the next one.
        await rig.plant('session:c', 'damaged');
        expect((await store.recent(2)).map((s) => s.id)).toEqual(['b', 'a']);
      });

      test('many at once, in the order in which they were asked for; nobody is nobody', async () => {
        const all = await Promise.all(['a', 'b', 'c'].map((id) => create(sampleSession(id))));
        expect(await store.getMany(['c', 'nobody', 'a', 'b', 'a'])).toEqual([
          all[2],
          undefined,
          all[0],
          all[1],
          all[0],
        ]);
        expect(await store.getMany([])).toEqual([]);
        const changed = await store.update('a', (s) => ({ ...s, tries: 7 }));
        expect(await store.getMany(['a'])).toEqual([changed]);
      });
    });

    describe('firstTime', () => {
      test('is true once, also when asked 50 times at once by two replicas', async () => {
        const other = await rig.another();
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, i) => (i % 2 ? store : other).firstTime('trigger', 60_000)),
        );
        expect(answers.filter((a) => a)).toHaveLength(1);
        expect(await store.firstTime('another', 60_000)).toBe(true);
      });

      test('is true again after forget', async () => {
        await store.firstTime('trigger', 60_000);
        await store.forget('trigger');
        expect(await store.firstTime('trigger', 60_000)).toBe(true);
      });

      test('is true again when its time is over', async () => {
        await store.firstTime('trigger', 100);
        await store.firstTime('long', 60_000);
        await until('the time is over', () => store.firstTime('trigger', 60_000));
        expect(await store.firstTime('trigger', 60_000)).toBe(false);
        expect(await store.firstTime('long', 60_000)).toBe(false);
      });
    });

    describe('a damaged record', () => {
      const valid = sampleSession('bad');
      const { channelName: _, ...incomplete } = valid;
      test.each([
        ['no JSON', 'damaged'],
        ['half of its JSON', '{"value":"{\\"id\\":'],
        ['not what Keyv writes', '42'],
        ['not a session', JSON.stringify({ value: '[]' })],
        ['a session without a field', JSON.stringify({ value: JSON.stringify(incomplete) })],
        ['a session of a later version', JSON.stringify({ value: JSON.stringify({ ...valid, version: 99 }) })],
        ['a session that says it is another one', JSON.stringify({ value: JSON.stringify({ ...valid, id: 'other' }) })],
        ['a session in an unknown state', JSON.stringify({ value: JSON.stringify({ ...valid, state: 'paused' }) })],
      ])('with %s is reported once, left as it is, and hides no other', async (_what, text) => {
        await create(sampleSession('good'));
        await create(sampleSession('bad'));
        await rig.plant('session:bad', text);
        for (let i = 0; i < 2; i++) {
          expect(await store.get('bad')).toBeUndefined();
          expect((await store.getMany(['good', 'bad', 'good'])).map((s) => s?.id)).toEqual(['good', undefined, 'good']);
          expect(await store.update('bad', ended)).toBeUndefined();
          expect(await store.byChannelName('channel-bad')).toBeUndefined();
          expect((await store.recent(10)).map((s) => s.id)).toEqual(['good']);
          expect((await store.unsettledIds()).toSorted()).toEqual(['bad', 'good']);
        }
        expect(await store.update('good', (s) => ({ ...s, tries: 1 }))).toMatchObject({ tries: 1 });
        expect(await rig.held('session:bad')).toBe(text);
        expect(rig.quarantined).toEqual([{ id: 'bad', why: expect.stringMatching(/./) }]);
        expect(rig.log.entries.filter((e) => e.level >= 50)).toMatchObject([{ session: 'bad' }]);
      });

      test('that was repaired works again, and is reported anew when it breaks anew', async () => {
        await create(sampleSession('bad'));
        const good = (await rig.held('session:bad')) ?? '';
        expect(await store.get('bad')).toEqual(sampleSession('bad'));
        await rig.plant('session:bad', 'damaged');
        expect(await store.get('bad')).toBeUndefined();
        expect(store.isUnreadable('bad')).toBe(true);
        await rig.plant('session:bad', good);
        expect(await store.get('bad')).toEqual(sampleSession('bad'));
        expect(store.isUnreadable('bad')).toBe(false);
        expect(rig.released).toEqual(['bad']);
        await rig.plant('session:bad', 'damaged');
        expect(await store.get('bad')).toBeUndefined();
        expect(rig.quarantined).toHaveLength(2);
        expect(rig.released).toEqual(['bad']);
      });

      test.each<[string, (s: SessionStore) => Promise<unknown>]>([
        ['get', (s) => s.get('bad')],
        ['getMany', (s) => s.getMany(['good', 'bad'])],
        ['update', (s) => s.update('bad', ended)],
      ])('that is gone is not held against anybody any more: seen by %s', async (_how, look) => {
        await create(sampleSession('good'));
        await rig.plant('session:bad', 'damaged');
        await look(store);
        expect(rig.released).toEqual([]);
        await rig.remove('session:bad');
        for (let i = 0; i < 2; i++) await look(store);
        expect(rig.quarantined).toHaveLength(1);
        expect(rig.released).toEqual(['bad']);
      });
    });

    test('ping answers; a closed store fails with a StoreError instead of knowing nobody', async () => {
      await create(sampleSession('a'));
      await store.ping();
      await store.close();
      const failed = { name: 'StoreError', code: 'STORE_DOWN' };
      await expect(store.ping()).rejects.toMatchObject(failed);
      await expect(store.get('a')).rejects.toMatchObject(failed);
      await expect(store.getMany(['a', 'b'])).rejects.toMatchObject(failed);
      await expect(store.update('a', ended)).rejects.toMatchObject(failed);
      await expect(store.create(sampleSession('b'))).rejects.toMatchObject(failed);
      await expect(store.firstTime('k', 1_000)).rejects.toMatchObject(failed);
      await expect(store.forget('k')).rejects.toMatchObject(failed);
      await expect(store.unsettledIds()).rejects.toMatchObject(failed);
      await expect(store.recent(1)).rejects.toMatchObject(failed);
    });

    if (restarts) {
      test('a restart keeps sessions, channels, sids, what is unsettled and what was seen', async () => {
        await create(sampleSession('live', 'math'));
        await store.update('live', (s) => started(s, 'sid-1'));
        await create(sampleSession('done', 'art'));
        await store.update('done', (s) => silent(ended(s)));
        await store.firstTime('trigger', 60_000);
        const before = [await store.get('live'), await store.get('done')];
        const again = await rig.reopen();
        expect([await again.get('live'), await again.get('done')]).toEqual(before);
        expect((await again.byChannelName('math'))?.id).toBe('live');
        expect((await again.bySid('sid-1'))?.id).toBe('live');
        expect(await again.unsettledIds()).toEqual(['live']);
        expect((await again.recent(10)).map((s) => s.id).toSorted()).toEqual(['done', 'live']);
        expect(await again.firstTime('trigger', 60_000)).toBe(false);
        expect(await again.create(sampleSession('x', 'math'))).toEqual({ created: false, busyId: 'live' });
      });
    }
  });
}
