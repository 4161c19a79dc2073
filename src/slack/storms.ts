import type { Failure } from '../recording/messages.ts';
import type { Session } from '../recording/session.ts';

export interface WaitingAlert {
  /** Unique for ever: of the message that is owed. */
  key: string;
  session: Session;
  /** Its id in what the session owes. */
  item: string;
  failure: Failure;
}

export interface Storms {
  /** This alert wants to be told in this channel. */
  wants(channel: string, alert: WaitingAlert): void;
  /** It was told already, together with others. */
  isTold(key: string): boolean;
  /** What is to be told in one message now that it is this one's turn: itself, or in a storm those that have waited longest. */
  together(channel: string, key: string): WaitingAlert[];
  /** It is told by another process, or was: it does not wait here. */
  forget(channel: string, key: string): void;
  /** So many messages come before the one that tells this; undefined: what waits there is told one by one. */
  before(channel: string, key: string): number | undefined;
  /** They were sent in one message, and nobody knows whether Slack took it. */
  doubt(keys: readonly string[]): void;
  /** They are not there. */
  settle(keys: readonly string[]): void;
  /** Since when, and what was sent in the same message; undefined: it is not in doubt. */
  doubtOf(key: string): { since: number; keys: readonly string[] } | undefined;
  /** What waits in this channel is told one by one from now on. */
  calm(channel: string): void;
  /** They were told. */
  told(channel: string, keys: readonly string[]): void;
}

/** More alerts than this that wait in one channel are a storm. */
const fewEnough = 5;
/** One message names so many. */
const most = 40;
/** A channel that could not be reached may be so again after this. Milliseconds. */
const calm = 10 * 60_000;
/** Milliseconds. */
const forgotten = 3_600_000;

/** Alerts that wait for one channel, so that a storm of them becomes a few messages. Each stays owed by its session until it was told. */
export function createStorms(now: () => number): Storms {
  const waiting = new Map<string, Map<string, WaitingAlert>>();
  const done = new Map<string, number>();
  const doubts = new Map<string, { since: number; keys: readonly string[] }>();
  const calmed = new Map<string, number>();
  const isCalm = (channel: string) => Math.abs(now() - (calmed.get(channel) ?? -Infinity)) < calm;
  return {
    wants(channel, alert) {
      const there = waiting.get(channel) ?? new Map<string, WaitingAlert>();
      there.set(alert.key, alert);
      waiting.set(channel, there);
    },
    isTold: (key) => done.has(key),
    together(channel, key) {
      const there = waiting.get(channel);
      const own = there?.get(key);
      if (!there || !own) return [];
      if (there.size <= fewEnough || isCalm(channel)) return [own];
      return [...there.values()].sort((a, b) => a.failure.at - b.failure.at).slice(0, most);
    },
    before(channel, key) {
      const there = waiting.get(channel);
      const own = there?.get(key);
      if (!there || !own || there.size <= fewEnough || isCalm(channel)) return undefined;
      let older = 0;
      for (const a of there.values()) if (a.failure.at < own.failure.at) older += 1;
      return Math.floor(older / most);
    },
    forget: (channel, key) => void waiting.get(channel)?.delete(key),
    doubt(keys) {
      for (const key of keys) doubts.set(key, { since: now(), keys });
    },
    settle(keys) {
      for (const key of keys) doubts.delete(key);
    },
    doubtOf: (key) => doubts.get(key),
    calm: (channel) => void calmed.set(channel, now()),
    told(channel, keys) {
      const there = waiting.get(channel);
      for (const key of keys) {
        there?.delete(key);
        done.set(key, now());
        doubts.delete(key);
      }
      if (there?.size === 0) {
        waiting.delete(channel);
        calmed.delete(channel);
      }
      for (const [key, at] of done) if (at < now() - forgotten) done.delete(key);
    },
  };
}
