import { setTimeout as delay } from 'node:timers/promises';
import { ZodError } from 'zod';
import { createKeyedLock } from '../recording/keyed-lock.ts';
import { limits } from '../recording/limits.ts';
import { ownProject, placeOf } from '../recording/place.ts';
import { type SessionStore, StoreError } from '../recording/ports.ts';
import { holdsChannel, isEnded, type Session } from '../recording/session.ts';
import { readSession } from '../recording/upgrade-session.ts';
import type { AtomicKeyv, Write } from './atomic-keyv.ts';
import { inTime } from './in-time.ts';
import type { StoreParts } from './open-store.ts';

/** Settled sessions are kept so long for lists and late questions. Milliseconds. */
const keepSettled = 30 * 24 * 3_600_000;
/**
 * A part is kept as long as its lead may be, which answers for all: it settles at most a longest recording, and what comes of its upload and its
 * messages, after the part. Milliseconds.
 */
const keepParts = limits.longest + 2 * keepSettled;
/** What leads to a session is kept for as long as a recording may run (30 days) and it is kept afterwards. Milliseconds. */
const keepPointers = 2 * keepSettled;
/** How often a save is tried against faster writers before giving up. */
const maxConflicts = 50;
/** So many tries follow each other at once; then each waits a little at random, or the slower of two writers might lose every time. */
const hastyConflicts = 5;
/** The longest of those waits. Milliseconds. */
const longestYield = 50;

/** So many sessions are remembered as they were read: those whose turns are under way. */
const mostRemembered = 500;

/** Nothing lies here for longer than a commit: it is written to see whether the store takes writes. */
const pingKey = 'ping';
/** As large as a small recording, so that a store that has no room for one has none for this. */
const pingText = '.'.repeat(4096);

/** What lies under a key is not what this store writes. */
const unreadable = Symbol('unreadable');
/** The text under a key; `undefined`: there is none. */
type Held = string | undefined | typeof unreadable;

/**
 * Sessions in Keyv. All that belongs to one change is one commit, so a crash leaves no key without the others.
 *
 * | key | value |
 * |---|---|
 * | `session:<id>` | the session |
 * | `busy:<place>` | id of the live session of an Agora channel; see placeOf. The version before had the channel's name here, whatever the project |
 * | `last:<channel name>` | id of the newest session of that name |
 * | `last:<place>` | the same of one Agora project, where it is not the environment's |
 * | `sid:<sid>` | id of the session that has this task, also one that it gave up |
 * | `stray:<uid>` | id of the session that has a task of this uid whose sid nobody knows |
 * | `unsettled:<id>` | sessions that still have something to do; read at boot |
 * | `recent:<time>:<id>` | for lists, newest last |
 * | `once:<key>` | what was seen already |
 * | `ping` | nothing; see ping |
 */
export function createSessionStore(db: AtomicKeyv, { log, onQuarantine, onRelease }: StoreParts): SessionStore {
  const quarantined = new Set<string>();
  /** What was read lately, by id: in one turn the same text is read several times, and checking it costs more than reading it. */
  const lately = new Map<string, { text: string; session: Session }>();
  // Within this process writers queue; against others the comparison in the commit decides.
  const locked = createKeyedLock();

  async function read(key: string): Promise<Held> {
    try {
      return textIn(await guarded(() => inTime(db.keyv.get<string>(key, { raw: true }))));
    } catch (error) {
      // Keyv could not open its own envelope.
      if (error instanceof SyntaxError) return unreadable;
      throw error;
    }
  }

  async function readMany(keys: string[]): Promise<Held[]> {
    if (keys.length === 0) return [];
    try {
      const held = await guarded(() => inTime(db.keyv.getMany<string>(keys, { raw: true })));
      return keys.map((_, n) => textIn(held[n]));
    } catch (error) {
      // Keyv could not open one of their envelopes, and gives none of them.
      if (error instanceof SyntaxError) return Promise.all(keys.map(read));
      throw error;
    }
  }

  const commit = (key: string, expected: string | undefined, writes: Write[]) =>
    guarded(() => db.commit(key, expected, writes));

  /** One record that cannot be read must not hide the others: it is reported, left as it is, and passed over. */
  function decode(id: string, text: Held): Session | undefined {
    if (text === undefined) {
      release(id);
      return undefined;
    }
    const known = lately.get(id);
    const read = known?.text === text ? known : parse(id, text);
    if ('session' in read) {
      release(id);
      return read.session;
    }
    if (!quarantined.has(id)) {
      quarantined.add(id);
      log.error(
        { session: id, problem: read.problem },
        'A stored recording cannot be read. It is left as it is; look after it by hand',
      );
      onQuarantine?.(id, read.problem);
    }
    return undefined;
  }

  /** It can be read, or is gone: somebody has looked after it. */
  function release(id: string): void {
    if (quarantined.delete(id)) onRelease?.(id);
  }

  async function get(id: string): Promise<Session | undefined> {
    const text = await read(`session:${id}`);
    const s = decode(id, text);
    if (s && typeof text === 'string') remember(s, text);
    return s;
  }

  function remember(session: Session, text: string): void {
    // Set anew, so that the one that was asked for longest ago comes first.
    lately.delete(session.id);
    lately.set(session.id, { text, session });
    for (const oldest of lately.keys()) {
      if (lately.size <= mostRemembered) return;
      lately.delete(oldest);
    }
  }

  async function getMany(ids: readonly string[]): Promise<(Session | undefined)[]> {
    const texts = await readMany(ids.map((id) => `session:${id}`));
    return ids.map((id, n) => decode(id, texts[n]));
  }

  async function pointer(key: string): Promise<Session | undefined> {
    const id = await read(key);
    return typeof id === 'string' ? get(id) : undefined;
  }

  /** The live session of another project than the environment's that the version before saved. */
  async function olderHolder(channelName: string, project: string): Promise<Session | undefined> {
    if (project === ownProject) return undefined;
    const s = await pointer(`busy:${channelName}`);
    return s && holdsChannel(s) && s.recipe.project === project ? s : undefined;
  }

  return {
    async create(s, parts = []) {
      if (s.lead !== null) {
        const key = `session:${s.id}`;
        // Not made: it is there already.
        await commit(key, undefined, [
          { key, set: JSON.stringify(s) },
          { key: `unsettled:${s.id}`, set: '1' },
        ]);
        return { created: true };
      }
      const { channelName } = s;
      const { project } = s.recipe;
      const place = placeOf(channelName, project);
      const busyKey = `busy:${place}`;
      const writes: Write[] = [
        // What has ended does not begin anew, and what cannot be read is left as it is.
        { key: `session:${s.id}`, absent: true },
        { key: `session:${s.id}`, set: JSON.stringify(s) },
        { key: busyKey, set: s.id },
        { key: `unsettled:${s.id}`, set: '1' },
        { key: recentKey(s), set: s.id, ttl: keepPointers },
        ...lastKeys(channelName, project).map((key): Write => ({ key, set: s.id, ttl: keepPointers })),
        ...parts.flatMap((p): Write[] => [
          { key: `session:${p.id}`, set: JSON.stringify(p) },
          { key: `unsettled:${p.id}`, set: '1' },
        ]),
      ];
      for (let i = 0; i < maxConflicts; i++) {
        await yieldToOthers(i);
        const holder = await read(busyKey);
        if (holder === unreadable) break;
        const held = holder === undefined ? undefined : await get(holder);
        const holds = held !== undefined && holdsChannel(held);
        const isOwn = holds && held.recipe.project === project;
        const live = isOwn ? held : await olderHolder(channelName, project);
        if (live) return { created: false, busyId: live.id };
        // The version before saved one of another project under the name alone; it is found by its place from now on.
        const moved: Write[] =
          holds && !isOwn ? [{ key: `busy:${placeOf(channelName, held.recipe.project)}`, set: held.id }] : [];
        // A holder that is missing, ended or unreadable can neither be stopped nor shown: it does not keep people from recording.
        if (await commit(busyKey, holder, [...writes, ...moved])) return { created: true };
        if ((await read(`session:${s.id}`)) !== undefined) return { created: false, busyId: s.id };
      }
      throw new StoreError('STORE_CONFLICT', `Nobody could take the channel ${place} in the store.`);
    },

    get,
    isUnreadable: (id) => quarantined.has(id),
    getMany,

    update: (id, change) =>
      locked(id, async () => {
        const key = `session:${id}`;
        for (let i = 0; i < maxConflicts; i++) {
          await yieldToOthers(i);
          const text = await read(key);
          const before = decode(id, text);
          if (typeof text !== 'string' || !before) return undefined;
          remember(before, text);
          const changed = change(before);
          if (changed === undefined || changed === before) return before;
          const after: Session = { ...changed, revision: before.revision + 1 };
          if (await commit(key, text, writesOf(before, after))) return after;
        }
        throw new StoreError('STORE_CONFLICT', 'Others wrote the same recording all the time.');
      }),

    async byChannelName(channelName, project = ownProject) {
      const s = await pointer(`busy:${placeOf(channelName, project)}`);
      return s && holdsChannel(s) && s.recipe.project === project ? s : olderHolder(channelName, project);
    },

    async last(channelName, project) {
      for (const key of project === undefined ? [`last:${channelName}`] : lastKeys(channelName, project).reverse()) {
        const s = await pointer(key);
        if (s && (project === undefined || s.recipe.project === project)) return s;
      }
      return undefined;
    },

    byStray: (uid) => pointer(`stray:${uid}`),

    bySid: (sid) => pointer(`sid:${sid}`),

    async unsettledIds() {
      const keys = await guarded(() => db.keys('unsettled:'));
      return keys.map((k) => k.slice('unsettled:'.length));
    },

    async recent(limit) {
      // What is passed over, because it cannot be read, is made up for.
      for (let most = limit; ; most *= 4) {
        const keys = await guarded(() => db.keys('recent:', most));
        const ids = await readMany(keys.reverse());
        const all = await getMany(ids.filter((id) => typeof id === 'string'));
        const found = all.filter((s) => s !== undefined);
        if (found.length >= limit || keys.length < most) return found.slice(0, limit);
      }
    },

    firstTime: (key, ttlMs) => commit(`once:${key}`, undefined, [{ key: `once:${key}`, set: '1', ttl: ttlMs }]),

    async prolong(key, ttlMs) {
      await commit(`once:${key}`, '1', [{ key: `once:${key}`, set: '1', ttl: ttlMs }]);
    },

    async forget(key) {
      await commit(`once:${key}`, '1', [{ key: `once:${key}`, delete: '1' }]);
    },

    async ping() {
      const held = await read(pingKey);
      try {
        // Written and gone in one step: it needs the room, and leaves nothing.
        await commit(pingKey, held === unreadable ? undefined : held, [
          { key: pingKey, set: pingText },
          { key: pingKey, delete: pingText },
        ]);
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'STORE_DOWN') throw error;
        const { message } = error.cause instanceof Error ? error.cause : error;
        throw new StoreError('STORE_READ_ONLY', `The store can be read and takes no writes: ${message}`, {
          cause: error.cause,
        });
      }
    },

    close: () => db.close(),
  };
}

async function yieldToOthers(conflicts: number): Promise<void> {
  if (conflicts < hastyConflicts) return;
  await delay(Math.random() * Math.min(2 ** (conflicts - hastyConflicts), longestYield));
}

/** What Keyv's envelope holds. */
function textIn(held: unknown): Held {
  if (held === undefined) return undefined;
  const value = typeof held === 'object' && held !== null && 'value' in held ? held.value : undefined;
  return typeof value === 'string' ? value : unreadable;
}

/** Under which its newest session is found: by its name alone, and with its project. */
function lastKeys(channelName: string, project: string): string[] {
  return [...new Set([channelName, placeOf(channelName, project)])].map((place) => `last:${place}`);
}

/** The session and all that points to it. */
function writesOf(before: Session, after: Session): Write[] {
  const { id } = after;
  const settled = isSettled(after);
  const ttl = after.lead === null ? keepSettled : keepParts;
  const writes: Write[] = [{ key: `session:${id}`, set: JSON.stringify(after), ...(settled ? { ttl } : {}) }];
  const sid = sidOf(after);
  if (sid !== undefined && sid !== sidOf(before)) writes.push({ key: `sid:${sid}`, set: id, ttl: keepPointers });
  for (const { sid: given, project } of after.strays) {
    // Another recording's, which it only stops, is none of its own.
    const isNew = given !== sid && before.strays.every((b) => b.sid !== given);
    if (given !== undefined && project === undefined && isNew)
      writes.push({ key: `sid:${given}`, set: id, ttl: keepPointers });
  }
  // What an earlier task was called may be known from its files alone.
  for (const given of after.earlierSids ?? []) {
    if (!before.earlierSids?.includes(given)) writes.push({ key: `sid:${given}`, set: id, ttl: keepPointers });
  }
  const unheardOf = after.strays.filter((t) => t.sid === undefined && before.strays.every((b) => b.uid !== t.uid));
  for (const { uid } of unheardOf) writes.push({ key: `stray:${uid}`, set: id, ttl: keepPointers });
  if (holdsChannel(before) && !holdsChannel(after)) {
    const { channelName, recipe } = after;
    // Under both: the version before knew no places.
    for (const place of new Set([channelName, placeOf(channelName, recipe.project)])) {
      writes.push({ key: `busy:${place}`, delete: id });
    }
  }
  if (settled !== isSettled(before)) {
    writes.push({ key: `unsettled:${id}`, ...(settled ? { delete: '1' } : { set: '1' }) });
  }
  return writes;
}

function parse(id: string, text: string | typeof unreadable): { session: Session } | { problem: string } {
  if (text === unreadable) return { problem: 'not what this store writes' };
  try {
    const session = readSession(JSON.parse(text));
    // Under a wrong key its changes would go elsewhere, and what is owed would be owed for ever.
    return session.id === id ? { session } : { problem: 'id: another one than that of its key' };
  } catch (error) {
    if (!(error instanceof ZodError)) return { problem: 'not JSON' };
    return { problem: error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') };
  }
}

function sidOf(s: Session): string | undefined {
  return 'sid' in s ? s.sid : undefined;
}

/** Nothing left to do, nothing left to say. */
function isSettled(s: Session): boolean {
  const owes = s.outbox.length > 0 || s.strays.length > 0 || s.salvage !== undefined;
  return isEnded(s) && !owes && !owesLead(s) && s.others.every((o) => o.made && o.done);
}

/** A part has something to tell its lead, whose record could not be read. */
function owesLead(s: Session): boolean {
  return s.wantsPart !== undefined || s.heldInVain === true || (s.role === 'next' && s.after !== null);
}

function recentKey(s: Session): string {
  return `recent:${String(s.requestedAt).padStart(15, '0')}:${s.id}`;
}

/** Every failure of the store is a StoreError. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreError || error instanceof SyntaxError) throw error;
    throw new StoreError('STORE_DOWN', `The store failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
