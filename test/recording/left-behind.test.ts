import { afterEach, describe, expect, test } from 'vitest';
import { createAudit } from '../../src/jobs/audit.ts';
import type { Told } from '../../src/recording/announcer.ts';
import { fillCapsule } from '../../src/recording/capsule.ts';
import { createPart, createSession } from '../../src/recording/create-session.ts';
import type { OutboxItem } from '../../src/recording/messages.ts';
import { type SessionStore, StoreError } from '../../src/recording/ports.ts';
import type { OtherPart, Session } from '../../src/recording/session.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import {
  createScriptedWorld,
  done,
  hour,
  refusal,
  type ScriptedWorld,
  scriptedSettings,
  start,
  status,
} from './support/scripted-world.ts';

/** What somebody who died, or a clock that was wrong, has left behind is found and brought to its end. */
let world: ScriptedWorld;
afterEach(() => world.close());

const request = { channelName: 'math-101', duration: hour, team: 'T', channel: 'C', by: 'U' };
const run = { state: 'recording', acquiredAt: start, startedAt: start, recordingSince: start, outbox: [] };
const uploaded = async () => done({ files: [{ name: 'f.m3u8' }], uploading: 'unknown' as const });

describe('a Stop from the button when the store was lost', () => {
  test('is saved with all its recorders or not at all, so that the next click stops them all', async () => {
    const stopped: string[] = [];
    let failing = true;
    const dying = (s: SessionStore): SessionStore => ({
      ...s,
      async create(lead, parts) {
        if (!failing) return s.create(lead, parts);
        // Whatever is saved one by one: it dies after the first.
        failing = false;
        if (parts === undefined || parts.length === 0) await s.create(lead);
        throw new StoreError('STORE_DOWN', 'The store failed.');
      },
    });
    world = createScriptedWorld(
      {
        stop: async (r) => {
          stopped.push(r.sid);
          return uploaded();
        },
      },
      { around: dying },
    );
    const fresh = createSession({ ...request, redundant: true }, 'L', start, scriptedSettings);
    const [other] = fresh.others;
    if (!other) throw new Error('There is no second recorder');
    const lead = { ...fresh, ...run, resourceId: 'r1', sid: 's1' } as Session;
    const twin = { ...createPart(fresh, other, start), ...run, resourceId: 'r2', sid: 's2' } as Session;
    const capsule = fillCapsule(lead, [lead, twin]);
    if (!capsule) throw new Error('The button holds nothing');
    const click = () => world.recordings.recover(capsule, 'U', { channel: 'C', ts: '1' });
    await expect(click()).rejects.toThrow('The store failed.');
    expect(await world.recordings.stop('L', 'U')).toEqual({ kind: 'unknown' });
    await click();
    await world.pass(30);
    expect(stopped.toSorted()).toEqual(['s1', 's2']);
  });
});

describe('a Stop of what is there', () => {
  const fresh = createSession(request, 'L', start, scriptedSettings);
  const lead = { ...fresh, ...run, resourceId: 'r1', sid: 's1' } as Session;
  const capsule = fillCapsule(lead, [lead]);
  const card = { channel: 'C', ts: '1' };
  function stopping(around?: (s: SessionStore) => SessionStore) {
    const stopped: string[] = [];
    world = createScriptedWorld(
      {
        stop: async (r) => {
          stopped.push(r.sid);
          return uploaded();
        },
      },
      around ? { around } : {},
    );
    return stopped;
  }

  test('does not begin anew what another click has brought to its end', async () => {
    if (!capsule) throw new Error('The button holds nothing');
    const stopped = stopping();
    await world.recordings.recover(capsule, 'U', card);
    await world.pass(5);
    await world.store.update('L', (s) => ({ ...s, state: 'completed', endedAt: start, proof: 'agora' }) as Session);
    const before = await world.store.get('L');
    await world.recordings.recover(capsule, 'U2', card);
    expect(await world.store.get('L')).toEqual(before);
    await world.pass(5);
    expect(stopped).toEqual(['s1']);
  });

  test('that cannot be read stops it, and leaves the record as it is', async () => {
    if (!capsule) throw new Error('The button holds nothing');
    // There, and nobody can read it.
    const stopped = stopping((s) => ({
      ...s,
      create: async (lead, parts) => (lead.id === 'L' ? { created: false, busyId: 'L' } : s.create(lead, parts)),
    }));
    await world.recordings.recover(capsule, 'U', card);
    await world.pass(5);
    expect(stopped).toEqual(['s1']);
    expect(await world.store.get('L-again')).toMatchObject({ sid: 's1', card });
    await world.recordings.recover(capsule, 'U', card);
    await world.pass(5);
    expect(stopped).toEqual(['s1']);
  });
});

describe('a recorder whose start was never answered for', () => {
  const web = {
    profile: 'page',
    project: 'default',
    storage: 'default',
    mode: 'web' as const,
    extensionServiceConfig: {
      extensionServices: [{ serviceName: 'web_recorder_service', serviceParam: { maxRecordingHour: 8 } }],
    },
  };
  test.each([
    ['', false],
    [' and another recording has its channel', true],
  ])('is stopped when a notification tells its sid, though its wish is over%s', async (_also, again) => {
    const stopped: string[] = [];
    let lost = true;
    world = createScriptedWorld({
      acquire: async () => done({ resourceId: 'r' }),
      start: async () => {
        if (!lost) return refusal('already', '201/7');
        lost = false;
        return refusal('unknown', 'timeout');
      },
      stop: async (r) => {
        stopped.push(r.sid);
        return uploaded();
      },
    });
    const { session } = await world.recordings.start({ ...request, recipe: web });
    await world.pass(8);
    await world.recordings.stop(session.id, 'U');
    await world.pass(60);
    expect(await world.store.get(session.id)).toMatchObject({ state: 'failed', strays: [{ uid: session.uid }] });
    if (again) expect((await world.recordings.start({ ...request, recipe: web })).kind).toBe('started');
    const notice = { noticeId: 'n', eventType: 60, sid: 'S', uid: session.uid, details: {} };
    // That of another channel is none of its own.
    await world.recordings.accept({ ...notice, noticeId: 'm', channelName: 'art' });
    await world.pass(5);
    expect(stopped).toEqual([]);
    await world.recordings.accept({ ...notice, channelName: 'math-101' });
    await world.pass(5);
    expect(stopped).toEqual(['S']);
    expect((await world.store.get(session.id))?.strays).toEqual([]);
  });
});

describe('a lead that has ended while another recorder of its wish goes on', () => {
  const other: OtherPart = { id: 'a.2', part: 2, role: 'replacement', after: 'a', made: true, done: false };
  const failure = { kind: 'lost', what: '', cause: '', next: '', code: '', at: start };
  const card = { channel: 'C', ts: '1' };
  async function together(part: object) {
    world = createScriptedWorld({ query: async () => status(5), stop: uploaded });
    const fresh = createSession(request, 'a', start, scriptedSettings);
    const lead = { ...fresh, outbox: [], state: 'failed', endedAt: start, failure, others: [other], card };
    await world.store.create(lead as Session);
    await world.store.create({
      ...createPart(fresh, other, start),
      ...run,
      resourceId: 'r',
      sid: 's2',
      ...part,
    } as Session);
  }

  /** Nothing of the part is to be done any more. */
  async function settle() {
    const message: OutboxItem = { id: 'x', message: { kind: 'card' }, tries: 0, nextAt: 0 };
    await world.store.update('a.2', (s) => ({ ...s, outbox: [message] }));
    await world.store.update('a.2', (s) => ({ ...s, outbox: [] }));
    expect(await world.store.unsettledIds()).toEqual(['a']);
  }

  test('has lost no turn, though it has nothing to do', async () => {
    await together({});
    await world.recordings.resume();
    for (let minute = 0; minute < 61; minute++) {
      await world.pass(60);
      expect(await world.recordings.audit()).toMatchObject({ missing: 0 });
      await world.recordings.settled();
    }
    expect((await world.store.get('a'))?.others).toMatchObject([{ done: true }]);
  });

  test('finds out that it is over, though whoever ended it died before it said so', async () => {
    await together({ state: 'completed', endedAt: start, proof: 'agora' });
    await settle();
    expect((await world.recordings.start(request)).kind).toBe('busy');
    await world.recordings.audit();
    await world.pass(2);
    expect((await world.recordings.start(request)).kind).toBe('started');
  });

  test('finds it out as soon as the next process begins', async () => {
    await together({ state: 'completed', endedAt: start, proof: 'agora' });
    await settle();
    await world.recordings.resume();
    await world.pass(2);
    expect((await world.recordings.start(request)).kind).toBe('started');
  });
});

describe('a recording that settles while the audit asks', () => {
  test('has lost no turn', async () => {
    let asked: () => Promise<unknown> = async () => undefined;
    world = createScriptedWorld(
      {},
      {
        around: (s) => ({
          ...s,
          async unsettledIds() {
            const ids = await s.unsettledIds();
            await asked();
            return ids;
          },
        }),
      },
    );
    const fresh = createSession(request, 'a', start, scriptedSettings);
    const owes = { state: 'completed', endedAt: start, proof: 'agora', card: { channel: 'C', ts: '1' } };
    await world.store.create({ ...fresh, ...owes } as Session);
    await world.recordings.resume();
    // Its last message is sent between the question which there are and the one which of them have a turn.
    asked = () => world.pass(5);
    expect(await world.recordings.audit()).toEqual({ sessions: 1, missing: 0 });
    asked = async () => undefined;
    expect(await world.store.unsettledIds()).toEqual([]);
    expect(world.log.text()).not.toContain('had lost their turn');
  });
});

describe('a clock that is set back', () => {
  test('holds nothing up: what was planned by it is looked at anew', async () => {
    let queries = 0;
    let dead = false;
    world = createScriptedWorld({
      acquire: async () => done({ resourceId: 'r' }),
      start: async () => done({ sid: 's' }),
      query: async () => {
        queries += 1;
        return dead ? refusal('gone', '404/404') : status(5);
      },
    });
    const { session } = await world.recordings.start({ ...request, duration: 4 * hour });
    await world.pass(60);
    world.clock.now -= hour;
    dead = true;
    queries = 0;
    await world.recordings.lookAnew();
    await world.pass(180);
    expect(queries).toBeGreaterThan(3);
    expect(await world.store.get(session.id)).toMatchObject({ state: 'failed', failure: { kind: 'lost' } });
    const alerts = world.told.flatMap((t) => (t.message.kind === 'alert' ? [t.message.failure.kind] : []));
    expect(alerts.filter((kind) => kind === 'lost')).toHaveLength(1);
  });

  test('nor does a restart by the right one', async () => {
    world = createScriptedWorld({ query: async () => status(5) });
    const fresh = createSession({ ...request, duration: 4 * hour }, 'a', start, scriptedSettings);
    const ahead = { nextAt: start + hour, stopAt: start + 5 * hour };
    await world.store.create({ ...fresh, ...run, resourceId: 'r', sid: 's', ...ahead } as Session);
    await world.recordings.resume();
    await world.pass(5);
    expect((await world.store.get('a'))?.nextAt).toBeLessThan(start + 300_000);
  });
});

describe('a turn that is planned later than it is due', () => {
  async function planned(more: object) {
    const stopped: string[] = [];
    world = createScriptedWorld({
      query: async () => status(5),
      stop: async (r) => {
        stopped.push(r.sid);
        return uploaded();
      },
    });
    const fresh = createSession({ ...request, duration: 4 * hour }, 'a', start, scriptedSettings);
    const later = { nextAt: start + 9 * 60_000, stopAt: start + 4 * hour };
    await world.store.create({ ...fresh, ...run, resourceId: 'r', sid: 's', ...later } as Session);
    await world.recordings.resume();
    await world.pass(2);
    // Another process saves it, and dies before it has planned the turn; or has planned it by a clock that is wrong.
    await world.store.update('a', (s) => ({ ...s, ...more }));
    return stopped;
  }

  test('is had in time when it is for a stop that is near', async () => {
    const stopped = await planned({ stopAt: start + 60_000, warnAt: null });
    await world.recordings.survey();
    await world.pass(57);
    expect(stopped).toEqual([]);
    await world.pass(3);
    expect(stopped).toEqual(['s']);
  });

  test('and soon when it was due a while ago', async () => {
    const stopped = await planned({
      state: 'stopping',
      desired: 'stopped',
      missingCount: 0,
      missingSince: null,
      nextAt: start,
    });
    await world.pass(30);
    expect(stopped).toEqual([]);
    await world.recordings.survey();
    await world.pass(2);
    expect(stopped).toEqual(['s']);
  });
});

describe('a record that cannot be read', () => {
  test('is looked at now and then, and once it is repaired its recording goes on by itself', async () => {
    let queries = 0;
    world = createScriptedWorld({
      query: async () => {
        queries += 1;
        return status(5);
      },
    });
    const fresh = createSession({ ...request, duration: 4 * hour }, 'a', start, scriptedSettings);
    await world.store.create({ ...fresh, ...run, resourceId: 'r', sid: 's' } as Session);
    const { store: held } = world.db.keyv;
    const good = await held.get('rec:session:a');
    await held.set('rec:session:a', 'damaged');
    await world.recordings.resume();
    let looks = 0;
    const { get } = held;
    held.get = (key: string) => {
      if (key === 'rec:session:a') looks += 1;
      return get.call(held, key);
    };
    await world.pass(600);
    expect(looks).toBeGreaterThan(9);
    expect(looks).toBeLessThan(100);
    expect(world.quarantined).toEqual(['a']);
    expect(queries).toBe(0);
    await held.set('rec:session:a', good);
    await world.pass(61);
    // No audit, and nobody who wakes it.
    expect(queries).toBeGreaterThan(0);
  });

  test('has no turn any more once it is gone, and no audit misses it', async () => {
    world = createScriptedWorld({});
    await world.store.create(createSession(request, 'a', start, scriptedSettings));
    const { store: held } = world.db.keyv;
    await held.set('rec:session:a', 'damaged');
    await world.recordings.resume();
    await world.pass(3);
    expect(world.store.isUnreadable('a')).toBe(true);
    await held.delete('rec:session:a');
    await world.pass(120);
    expect(world.store.isUnreadable('a')).toBe(false);
    let looks = 0;
    const { get } = held;
    held.get = (key: string) => {
      if (key === 'rec:session:a') looks += 1;
      return get.call(held, key);
    };
    await world.pass(120);
    expect(looks).toBe(0);
    expect(await world.recordings.audit()).toMatchObject({ missing: 0 });
  });
});

describe('who is told that a record cannot be read', () => {
  test('is told by the next process when this one dies over it, and by one of them only', async () => {
    world = createScriptedWorld({});
    const told: string[] = [];
    const auditor = (warn: () => Promise<Told>) => {
      const audit = createAudit({
        recordings: world.recordings,
        store: world.store,
        announcer: { warn, deliver: async () => ({ ok: true }) },
        now: () => world.clock.now,
        log: world.log.log,
      });
      audit.unreadable('a', 'why');
      return audit;
    };
    const says = (who: string) => async () => {
      told.push(who);
      return 'told' as const;
    };
    // It never gets an answer.
    void auditor(() => new Promise(() => undefined)).run();
    await world.pass(2);
    const second = auditor(says('second'));
    const third = auditor(says('third'));
    for (let minute = 0; minute < 20; minute++) {
      await world.pass(60, 60);
      await second.run();
      await third.run();
    }
    expect(told).toEqual(['second']);
    // One that Slack does not take is told again.
    await world.store.forget('unreadable:a');
    const fourth = auditor(async () => (told.push('fourth') > 9 ? 'told' : 'away'));
    await fourth.run();
    await fourth.run();
    expect(told).toEqual(['second', 'fourth', 'fourth']);
  });

  test.each([
    ['is gone', (db: AtomicKeyv) => db.keyv.store.delete('rec:session:bad')],
    [
      'was repaired',
      (db: AtomicKeyv) => {
        const repaired = createSession(request, 'bad', start, scriptedSettings);
        return db.keyv.store.set('rec:session:bad', JSON.stringify({ value: JSON.stringify(repaired) }));
      },
    ],
  ])('is not told any more when it %s, though nobody else reads it', async (_how, lookAfter) => {
    world = createScriptedWorld({});
    const now = () => world.clock.now;
    const db = openSqlite(':memory:', now);
    const store = createSessionStore(db, {
      log: world.log.log,
      now,
      onQuarantine: (id, why) => audit.unreadable(id, why),
      onRelease: (id) => audit.released(id),
    });
    const told: unknown[] = [];
    let answer: Told = 'away';
    const audit = createAudit({
      recordings: world.recordings,
      store,
      announcer: {
        async warn(w) {
          told.push(w);
          return answer;
        },
        deliver: async () => ({ ok: true }),
      },
      now,
      log: world.log.log,
    });
    await db.keyv.store.set('rec:session:bad', 'damaged');
    await store.get('bad');
    expect(await audit.run()).toBe(true);
    expect(told).toHaveLength(1);
    expect(audit.unreadableCount()).toBe(1);
    await lookAfter(db);
    answer = 'told';
    expect(await audit.run()).toBe(true);
    expect(told).toHaveLength(1);
    expect(audit.unreadableCount()).toBe(0);
    await store.close();
  });
});
