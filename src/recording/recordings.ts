import type { Capsule } from './capsule.ts';
import type { Notice, Refusal, Reply } from './ports.ts';
import type { Recipe } from './recipe/recipe.ts';
import type { Session } from './session.ts';
import type { Survey } from './survey.ts';
import type { TaskSettings } from './task-settings.ts';

/** What people and the outside world can do with recordings. Each answer says what is true now; none throws for a sensible request. */
export interface Recordings {
  /** Saves the wish to record. Durable when it returns; Agora is asked afterwards. `channelName` must be legal and `duration` (ms) in range. */
  start(r: StartRequest): Promise<{ kind: 'started'; session: Session } | { kind: 'busy'; session: Session }>;
  /** What Agora would be sent for it, secrets hidden; nothing is saved or sent. */
  preview(r: StartRequest): Promise<Reply<object>>;
  /** Asks for the stop. Durable when it returns. `stopping`: it was already asked for; `ended`: nothing runs any more. */
  stop(
    id: string,
    by: string,
  ): Promise<{ kind: 'asked' | 'stopping' | 'ended'; session: Session } | { kind: 'unknown' }>;
  /** Moves the automatic stop by `ms`, up to maxStopAt. `at_max`: not moved, it is as late as it can be; `capped`: moved, but only to there. */
  extend(
    id: string,
    ms: number,
    by: string,
  ): Promise<{ kind: 'extended' | 'capped' | 'at_max' | 'stopping' | 'ended'; session: Session } | { kind: 'unknown' }>;
  /**
   * Changes what runs: the picture, whose streams are recorded, or a web page's pause. Durable when it returns; Agora is asked afterwards, and the
   * thread says what came of it. `wanted` may follow from the recording as it is when that is saved: a
   * pure function then, which is asked again when somebody else was faster.
   */
  change(
    id: string,
    wanted: TaskSettings | ((s: Session) => TaskSettings),
    by: string,
  ): Promise<{ kind: 'asked' | 'same' | 'stopping' | 'ended'; session: Session } | { kind: 'unknown' }>;
  /**
   * Sends a web page recording to an RTMP address too. The address is a secret, so it is not kept: the answer says what came of it. `busy`: another
   * call to its task is under way.
   */
  push(
    id: string,
    rtmpUrl: string,
    by: string,
  ): Promise<
    | { kind: 'done' | 'busy' | 'not_yet' | 'stopping' | 'ended'; session: Session }
    | { kind: 'refused'; session: Session; refusal: Refusal }
    | { kind: 'unknown' }
  >;
  /**
   * Stops what a Stop button remembers and the store does not. It is taken up again as a session of its own, so the stop is made until it is proved
   * and the files are posted.
   */
  recover(c: Capsule, by: string, card: { channel: string; ts: string }): Promise<void>;
  get(id: string): Promise<Session | undefined>;
  /** A wish with all its parts, the lead first; each as it is now. */
  parts(s: Session): Promise<Session[]>;
  /** The live recording of an Agora channel of the environment's project. */
  byChannelName(channelName: string): Promise<Session | undefined>;
  /**
   * The recordings that are meant by a name as people type it, with its Agora project before a `/` or without: the live ones, or else the newest.
   * More than one: they are of several projects, and the name alone does not tell them apart.
   */
  named(typed: string): Promise<Session[]>;
  /** All recordings that have not ended, newest first. Reads each that is not settled. */
  live(): Promise<Session[]>;
  /** Newest first: live ones and those that ended lately. */
  recent(limit: number): Promise<Session[]>;
  /** Adds a notification as evidence. Throws when it could not be saved, so that Agora sends it again. It can start and stop nothing. */
  accept(notice: Notice): Promise<void>;
  /** True the first time this Slack trigger or event is seen. */
  firstTime(key: string): Promise<boolean>;
  /** Puts every unsettled session on the agenda, reading each once. Call once, before the first tick. Answers how they stand. */
  resume(): Promise<{ sessions: number; survey: Survey }>;
  /** The clock was set back: has every unsettled session looked at, whatever was planned by the clock before. Throws StoreError. */
  lookAnew(): Promise<void>;
  /** Does what is due. One session's failure does not stop the others. */
  tick(): Promise<void>;
  /** Looks whether every unsettled session has a turn ahead, and gives one to those that have not. Of those that can be read it tells how many had none. */
  audit(): Promise<{ sessions: number; missing: number }>;
  /** How all recordings stand. Reads each that is not settled, and sees to it that what is due has its turn. */
  survey(): Promise<Survey>;
  /** Resolves when nothing is under way. For shutting down and for tests. */
  settled(): Promise<void>;
}

export interface StartRequest {
  channelName: string;
  /** Milliseconds. */
  duration: number;
  team: string;
  channel: string;
  by: string;
  /** What is recorded and how; the environment's composite recording when left out. */
  recipe?: Recipe;
  title?: string;
  /** Longest length with all extensions, ms; the environment's when left out. */
  maxDuration?: number;
  alertChannel?: string;
  /** Who may act on it by its profile; empty: RECORD_ALLOWED decides. */
  allow?: readonly string[];
  /** New recordings after a confirmed loss. */
  replace?: number;
  /** Two recorders side by side. */
  redundant?: boolean;
}
