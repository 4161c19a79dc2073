import { emptyCapsule } from '../../../src/recording/capsule.ts';
import { createSession } from '../../../src/recording/create-session.ts';
import { readPlace } from '../../../src/recording/place.ts';
import type { Recordings } from '../../../src/recording/recordings.ts';
import { isEnded, type Session } from '../../../src/recording/session.ts';
import type { Settings } from '../../../src/recording/settings.ts';
import { emptySurvey } from '../../../src/recording/survey.ts';
import { askStop } from '../../../src/recording/transitions/ask-stop.ts';
import { askChange } from '../../../src/recording/transitions/change.ts';
import { extend } from '../../../src/recording/transitions/extend.ts';

export interface MemoryRecordings extends Recordings {
  sessions: Map<string, Session>;
  put(s: Session): Session;
  /** What every call does first: throw, or wait. */
  before: () => Promise<void>;
}

/** The service's rules in memory, without Agora: the transitions are the real ones, and nothing is sent to anybody. */
export function createMemoryRecordings(settings: Settings, now: () => number): MemoryRecordings {
  const sessions = new Map<string, Session>();
  const seen = new Set<string>();
  const put = (s: Session) => {
    sessions.set(s.id, s);
    return s;
  };
  const isNamed = (typed: string) => {
    const { channelName, project } = readPlace(typed);
    return (s: Session) => s.channelName === channelName && (project ?? s.recipe.project) === s.recipe.project;
  };
  const liveNamed = (typed: string) => [...sessions.values()].filter((s) => isNamed(typed)(s) && !isEnded(s));
  const newestFirst = () => [...sessions.values()].sort((a, b) => b.requestedAt - a.requestedAt);
  const nothing = async () => undefined;

  const recordings: MemoryRecordings = {
    sessions,
    put,
    before: nothing,
    async start(r) {
      await recordings.before();
      const busy = liveNamed(`${r.recipe?.project ?? 'default'}/${r.channelName}`)[0];
      if (busy) return { kind: 'busy', session: busy };
      return { kind: 'started', session: put(createSession(r, `id-${sessions.size}`, now(), settings)) };
    },
    preview: async (r) => ({ class: 'done', value: { acquire: { cname: r.channelName } } }),
    async stop(id, by) {
      await recordings.before();
      const s = sessions.get(id);
      if (!s) return { kind: 'unknown' };
      if (isEnded(s)) return { kind: 'ended', session: s };
      if (s.desired === 'stopped') return { kind: 'stopping', session: s };
      return { kind: 'asked', session: put(askStop(s, by, now())) };
    },
    async extend(id, ms, by) {
      await recordings.before();
      const s = sessions.get(id);
      if (!s) return { kind: 'unknown' };
      if (isEnded(s)) return { kind: 'ended', session: s };
      if (s.desired === 'stopped') return { kind: 'stopping', session: s };
      const after = put(extend(s, ms, by, now()));
      if (after.stopAt === s.stopAt) return { kind: 'at_max', session: after };
      return { kind: after.stopAt - s.stopAt < ms ? 'capped' : 'extended', session: after };
    },
    async change(id, wanted, by) {
      await recordings.before();
      const s = sessions.get(id);
      if (!s) return { kind: 'unknown' };
      if (isEnded(s)) return { kind: 'ended', session: s };
      if (s.desired === 'stopped') return { kind: 'stopping', session: s };
      const after = put(askChange(s, typeof wanted === 'function' ? wanted(s) : wanted, by, now()));
      return { kind: after === s ? 'same' : 'asked', session: after };
    },
    async push(id) {
      const s = sessions.get(id);
      return s ? { kind: 'done', session: s } : { kind: 'unknown' };
    },
    parts: async (s) => [s],
    async recover(c, by, card) {
      for (const s of emptyCapsule(c, by, card, now(), settings)) put(s);
    },
    get: async (id) => sessions.get(id),
    async byChannelName(name) {
      await recordings.before();
      return liveNamed(`default/${name}`)[0];
    },
    async named(typed) {
      await recordings.before();
      const live = liveNamed(typed);
      return live.length > 0 ? live : newestFirst().filter(isNamed(typed)).slice(0, 1);
    },
    async live() {
      await recordings.before();
      return newestFirst().filter((s) => !isEnded(s));
    },
    async recent(limit) {
      await recordings.before();
      return newestFirst().slice(0, limit);
    },
    accept: nothing,
    async firstTime(key) {
      await recordings.before();
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    },
    resume: async () => ({ sessions: 0, survey: emptySurvey(0) }),
    lookAnew: nothing,
    tick: nothing,
    survey: async () => emptySurvey(0),
    audit: async () => ({ sessions: 0, missing: 0 }),
    settled: nothing,
  };
  return recordings;
}
