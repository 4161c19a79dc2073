import { type SessionStore, StoreError } from '../recording/ports.ts';
import { isEnded, type Session, session as sessionShape } from '../recording/session.ts';
import type { AtomicKeyv } from './atomic-keyv.ts';
import { inTime } from './in-time.ts';
import { createKeyedLock } from './keyed-lock.ts';
import type { StoreParts } from './open-store.ts';

/** Settled sessions are kept so long for lists and late questions. Milliseconds. */
const keepSettled = 30 * 24 * 3_600_000;
/** How often a save is tried against faster writers before giving up. */
const maxConflicts = 50;

/**
 * Sessions in Keyv.
 *
 * | key | value |
 * |---|---|
 * | `session:<id>` | the session |
 * | `busy:<channel name>` | id of the live session of an Agora channel |
 * | `sid:<sid>` | id of the session that has this task |
 * | `unsettled:<id>` | sessions that still have something to do; read at boot |
 * | `recent:<time>:<id>` | for lists, newest last |
 * | `once:<key>` | what was seen already |
 */
export function createSessionStore(db: AtomicKeyv, { log }: StoreParts): SessionStore {
  const quarantined = new Set<string>();
  // Within this process writers queue; against others the revision decides.
  const locked = createKeyedLock();

  async function read(key: string): Promise<string | undefined> {
    return guarded(() => db.keyv.get<string>(key));
  }

  /** One record that cannot be read must not hide the others: it is reported, left as it is, and passed over. */
  function decode(id: string, text: string): Session | undefined {
    let problem: string;
    try {
      const parsed = sessionShape.safeParse(JSON.parse(text));
      if (parsed.success) return parsed.data;
      problem = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ');
    } catch {
      problem = 'not JSON';
    }
    if (!quarantined.has(id)) {
      quarantined.add(id);
      log.error(
        { session: id, problem },
        'A stored recording cannot be read. It is left as it is; look after it by hand',
      );
    }
    return undefined;
  }

  /** The session's text, or `''` when not even Keyv can open it; undefined when there is none. */
  async function readText(id: string): Promise<string | undefined> {
    try {
      return await read(`session:${id}`);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return '';
    }
  }

  async function get(id: string): Promise<Session | undefined> {
    const text = await readText(id);
    return text === undefined ? undefined : decode(id, text);
  }

  async function pointer(key: string): Promise<Session | undefined> {
    const id = await read(key);
    return id === undefined ? undefined : get(id);
  }

  /** Takes the Agora channel for a session; the holder's id when it is taken by a live one, or by one that cannot be read. */
  async function claim(s: Session): Promise<string | undefined> {
    const key = `busy:${s.channelName}`;
    for (let i = 0; i < maxConflicts; i++) {
      if (await guarded(() => db.setIfAbsent(key, s.id))) return undefined;
      const holder = await read(key);
      if (holder === undefined) continue;
      if (holder === s.id) return undefined;
      const live = await get(holder);
      if ((live && !isEnded(live)) || quarantined.has(holder)) return holder;
      // Left behind by a crash between two writes.
      if (await guarded(() => db.compareAndSet(key, holder, s.id))) return undefined;
    }
    throw new StoreError('STORE_CONFLICT', 'Others asked for the same channel all the time.');
  }

  async function forgetAll(s: Session): Promise<void> {
    for (const key of [`unsettled:${s.id}`, recentKey(s), `session:${s.id}`]) await guarded(() => db.keyv.delete(key));
  }

  return {
    async create(s) {
      // The session comes before the claim to its channel, so that whoever finds the claim finds the session too.
      await guarded(() => db.keyv.set(`session:${s.id}`, JSON.stringify(s)));
      await guarded(() => db.keyv.set(`unsettled:${s.id}`, '1'));
      await guarded(() => db.keyv.set(recentKey(s), s.id, keepSettled));
      const busyId = await claim(s);
      if (busyId === undefined) return { created: true };
      await forgetAll(s);
      return { created: false, busyId };
    },

    get,

    update: (id, change) =>
      locked(id, async () => {
        for (let i = 0; i < maxConflicts; i++) {
          const text = await read(`session:${id}`);
          const before = text === undefined ? undefined : decode(id, text);
          if (text === undefined || !before) return undefined;
          const changed = change(before);
          if (changed === undefined || changed === before) return before;
          const after: Session = { ...changed, revision: before.revision + 1 };
          const settled = isSettled(after);
          // Written before the session itself, so that a crash in between leaves a pointer too many and never one too few.
          const sid = 'sid' in after ? after.sid : undefined;
          if (sid !== undefined && sid !== ('sid' in before ? before.sid : undefined)) {
            await guarded(() => db.keyv.set(`sid:${sid}`, id, keepSettled));
          }
          if (!settled && isSettled(before)) await guarded(() => db.keyv.set(`unsettled:${id}`, '1'));
          const value = JSON.stringify(after);
          if (!(await guarded(() => db.compareAndSet(`session:${id}`, text, value, settled ? keepSettled : undefined))))
            continue;
          if (isEnded(after) && !isEnded(before))
            await guarded(() => db.compareAndDelete(`busy:${after.channelName}`, id));
          if (settled && !isSettled(before)) await guarded(() => db.keyv.delete(`unsettled:${id}`));
          return after;
        }
        throw new StoreError('STORE_CONFLICT', 'Others wrote the same recording all the time.');
      }),

    async byChannelName(channelName) {
      const s = await pointer(`busy:${channelName}`);
      return s && !isEnded(s) ? s : undefined;
    },

    bySid: (sid) => pointer(`sid:${sid}`),

    async unsettledIds() {
      const keys = await guarded(() => db.keys('unsettled:'));
      const ids: string[] = [];
      for (const id of keys.map((k) => k.slice('unsettled:'.length))) {
        const s = await get(id);
        // A crash came between the session and its claim: somebody else may have the channel by now.
        if (s && !isEnded(s) && (await claim(s)) !== undefined) await forgetAll(s);
        else ids.push(id);
      }
      return ids;
    },

    async recent(limit) {
      const keys = await guarded(() => db.keys('recent:'));
      const found: Session[] = [];
      for (const key of keys.reverse()) {
        if (found.length >= limit) break;
        const s = await pointer(key);
        if (s) found.push(s);
      }
      return found;
    },

    firstTime: (key, ttlMs) => guarded(() => db.setIfAbsent(`once:${key}`, '1', ttlMs)),

    async forget(key) {
      await guarded(() => db.keyv.delete(`once:${key}`));
    },

    async ping() {
      await read('ping');
    },

    close: () => db.close(),
  };
}

/** Nothing left to do, nothing left to say. */
function isSettled(s: Session): boolean {
  return isEnded(s) && s.outbox.length === 0 && s.strays.length === 0;
}

function recentKey(s: Session): string {
  return `recent:${String(s.requestedAt).padStart(15, '0')}:${s.id}`;
}

/** Every failure of the store is a StoreError; the store has to answer in time. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await inTime(work());
  } catch (error) {
    if (error instanceof StoreError || error instanceof SyntaxError) throw error;
    throw new StoreError('STORE_DOWN', `The store failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
