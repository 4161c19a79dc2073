import type { Notice } from './ports.ts';
import type { Session } from './session.ts';

/** What people and the outside world can do with recordings. Each answer says what is true now; none throws for a sensible request. */
export interface Recordings {
  /** Saves the wish to record. Durable when it returns; Agora is asked afterwards. `channelName` must be legal and `duration` (ms) in range. */
  start(r: StartRequest): Promise<{ kind: 'started'; session: Session } | { kind: 'busy'; session: Session }>;
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
  get(id: string): Promise<Session | undefined>;
  /** The live recording of an Agora channel. */
  byChannelName(channelName: string): Promise<Session | undefined>;
  /** Newest first: live ones and those that ended lately. */
  recent(limit: number): Promise<Session[]>;
  /** Adds a notification as evidence. Throws when it could not be saved, so that Agora sends it again. It can start and stop nothing. */
  accept(notice: Notice): Promise<void>;
  /** True the first time this Slack trigger or event is seen. */
  firstTime(key: string): Promise<boolean>;
  /** Puts every unsettled session on the agenda. Call once, before the first tick. */
  resume(): Promise<{ sessions: number }>;
  /** Does what is due. One session's failure does not stop the others. */
  tick(): Promise<void>;
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
}
