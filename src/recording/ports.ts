import type { Recipe, RecordingMode } from './recipe/recipe.ts';
import type { RecordedFile } from './recorded-files.ts';
import type { Session } from './session.ts';
import type { MixedLayout, StreamSubscribe } from './task-settings.ts';

/**
 * What the core needs from the outside, in the core's own words; of buckets in file-check.ts, of Slack in announcer.ts. Adapters implement these;
 * nothing here knows HTTP, Keyv or Slack.
 */

/** How Agora's answers are sorted. Decided on the body's code, never on the HTTP status alone (Agora docs, rest-api/status-codes). */
export type OutcomeClass =
  | 'done'
  | 'already' // it is already so: started (7), exiting (49)
  | 'uploading' // stopped, and the upload goes on (50, 206)
  | 'retry_same' // nothing happened or nobody knows; the same request may be sent again
  | 'retry_new_resource' // the resourceId is of no more use; acquire again
  | 'other_uid' // this (channel, uid) is taken (53)
  | 'unknown' // the request may have taken effect: timeout, lost reply, 206/65
  | 'user_mistake'
  | 'operator_mistake'
  | 'gone' // 404/404 failed to find worker: proves nothing alone
  | 'nothing_recorded'; // 206/435

/** An answer that is not success, with what people and operators need to know. Carries no secret. */
export interface Refusal {
  class: Exclude<OutcomeClass, 'done'>;
  /** `HTTP status/body code`, e.g. `400/53`; `timeout`, `network` when there was no answer. */
  code: string;
  /** One sentence: what this means. */
  cause: string;
  /** One sentence: what to do about it. */
  next: string;
  /** Agora's own words, for operators. */
  reason: string;
}

export type Reply<T> = { class: 'done'; value: T } | Refusal;

/** Who is served first when Agora's rate limit makes calls wait: a person's stop, then starts, overdue stops, health. */
export type Priority = 'person' | 'start' | 'overdue' | 'health';

/**
 * The rate that Agora grants one App ID, shared by all processes. Time by the clock of all is cut into numbered slots with places for calls.
 * All of it fails soon when the others cannot be reached.
 */
export interface SharedRate {
  /** Takes up to `wanted` of a slot's `places`, first come, first served; answers how many it got. */
  claim(slot: number, wanted: number, places: number): Promise<number>;
  /** `time`: what the clock of all says, milliseconds since the epoch. `slowed`: one of them told so long ago, in ms, that Agora grants less. */
  look(): Promise<{ time: number; slowed?: { rate: number; ago: number } }>;
  /** How many share the rate, this one among them, when they were last seen. */
  processes(): number;
  /** Agora answered 429; this is the rate that one goes by from now. */
  tell(rate: number): Promise<void>;
}

export interface TaskRef {
  /** Name of the Agora project; `default` is the environment's. */
  project: string;
  channelName: string;
  uid: string;
  mode: RecordingMode;
  resourceId: string;
  sid: string;
}

export interface TaskStatus {
  /** 0 to 8 or 20 (Agora docs, rest-api/query). */
  status: number;
  files: RecordedFile[];
  /** Present only when the answer says so. */
  uploading?: 'uploaded' | 'backuped' | 'unknown';
  /** Web page recordings: whether it is paused. */
  onhold?: boolean;
}

/** What can be changed while a task runs (Agora docs, rest-api/update). */
export interface TaskChange {
  streamSubscribe?: StreamSubscribe;
  webRecordingConfig?: { onhold: boolean };
  rtmpPublishConfig?: { outputs: { rtmpUrl: string }[] };
}

/** Temporary keys of a bucket. They go to Agora and into signatures, and nowhere else. */
export interface TemporaryCredentials {
  accessKey: string;
  secretKey: string;
  stsToken: string;
  /** When they run out, ms since the epoch. */
  until: number;
}

/** `why`: one sentence that holds no secret. */
export type CredentialsReading = { ok: true; credentials: TemporaryCredentials } | { ok: false; why: string };

/** Agora Cloud Recording. Never throws for an answer of Agora's or for a lost one: both are replies. */
export interface Recorder {
  /**
   * `hours`: resourceExpiredHour, 1 to 720: past it nothing can be stopped. `excludeResourceIds`: tasks of the same channel that this one is to
   * run apart from.
   */
  acquire(
    r: { recipe: Recipe; channelName: string; uid: string; hours: number; excludeResourceIds?: readonly string[] },
    priority: Priority,
  ): Promise<Reply<{ resourceId: string }>>;
  /**
   * `tokenSeconds`: life of the recorder's token from now, at most 86400; it cannot be renewed. `credentialsUntil`: when the bucket's temporary
   * credentials that were sent run out, ms since the epoch; absent: they do not.
   */
  start(
    r: { recipe: Recipe; channelName: string; uid: string; resourceId: string; tokenSeconds: number },
    priority: Priority,
  ): Promise<Reply<{ sid: string; credentialsUntil?: number }>>;
  /** What acquire and start would be sent, secrets hidden; nothing is sent. */
  preview(r: {
    recipe: Recipe;
    channelName: string;
    uid: string;
    hours: number;
  }): Promise<Reply<{ mode: RecordingMode; acquire: object; start: object }>>;
  query(r: TaskRef, priority: Priority): Promise<Reply<TaskStatus>>;
  /** Synchronous stop: the answer is held until the upload is done, at most about 20 s. */
  stop(
    r: TaskRef,
    priority: Priority,
  ): Promise<Reply<{ files: RecordedFile[]; uploading: 'uploaded' | 'backuped' | 'unknown' }>>;
  /** Subscription (RTC modes), pause and push (web pages). One call to a task at a time. */
  update(r: TaskRef & { change: TaskChange }, priority: Priority): Promise<Reply<null>>;
  /**
   * Sends the temporary credentials of a storage anew (update with storageConfig), if there are fresher ones than those that run out at `until`, ms
   * since the epoch. Answers when the new ones do; `already`: there are no fresher ones, and nothing was sent.
   */
  refreshCredentials(
    r: TaskRef & { storage: string; until: number },
    priority: Priority,
  ): Promise<Reply<{ until: number }>>;
  /** Composite only. Sends the whole layout: what is left out goes back to Agora's default. */
  updateLayout(r: TaskRef & { layout: MixedLayout }, priority: Priority): Promise<Reply<null>>;
  /**
   * Puts one uid out of one channel for a minute (Channel Management, POST /dev/v1/kicking-rule): the only way to end a task whose sid
   * was never learned.
   */
  remove(r: { project: string; channelName: string; uid: string }, priority: Priority): Promise<Reply<null>>;
}

/** An Agora notification (NCS) about Cloud Recording that was verified and understood. */
export interface Notice {
  noticeId: string;
  /** 1, 11, 12, 31, 32, 40, 41, …; unknown ones are passed on and ignored. */
  eventType: number;
  sid?: string;
  channelName?: string;
  uid?: string;
  sequence?: number;
  details: {
    errorModule?: number;
    errorCode?: number;
    errorLevel?: number;
    errorMsg?: string;
    exitStatus?: number;
    newUid?: string;
    leaveCode?: number;
    /** Event 2. 31: it is uploaded again; 32: it goes to Agora's backup. */
    warnCode?: number;
    files?: RecordedFile[];
  };
}

/** Where sessions live. A failing store throws {@link StoreError}; it never reads as "no such session". */
export interface SessionStore {
  /**
   * Saves a new session and takes its Agora channel (of its project), both or neither. Answers the live session's id when the channel is taken. A part that is not
   * the lead takes none; one that is there already stays as it is. `parts`: of a lead, saved with it or not at all. One whose id is
   * there already is not made: its own id is answered.
   */
  create(s: Session, parts?: readonly Session[]): Promise<{ created: true } | { created: false; busyId: string }>;
  get(id: string): Promise<Session | undefined>;
  /** Whether there was something under this id that could not be read when it was last looked at; it may be repaired. */
  isUnreadable(id: string): boolean;
  /** Several at once, in their order, which costs less than one after the other. One that cannot be read hides no other. */
  getMany(ids: readonly string[]): Promise<(Session | undefined)[]>;
  /**
   * Reads, lets `change` make the next value, and saves it with revision + 1, as one step against other writers (compare-and-set on the
   * revision, tried again when another writer was faster). `change` must be pure; returning `undefined` or the same object leaves all as it is.
   * A session that records nothing any more gives its Agora channel free. Answers the session as it is afterwards, or undefined if there is none.
   */
  update(id: string, change: (s: Session) => Session | undefined): Promise<Session | undefined>;
  /** The session that records, or may record, in an Agora channel; one that only uploads is none. `project`: the environment's unless given. */
  byChannelName(channelName: string, project?: string): Promise<Session | undefined>;
  /** The newest session of an Agora channel, however it stands; of whichever project unless one is given. */
  last(channelName: string, project?: string): Promise<Session | undefined>;
  bySid(sid: string): Promise<Session | undefined>;
  /** The session that has, or had, a stray of this uid whose sid nobody knows. */
  byStray(uid: string): Promise<Session | undefined>;
  /** Ids of sessions that still have something to do: live ones, and ended ones that owe messages, have strays or files to look for. Read at boot. */
  unsettledIds(): Promise<string[]>;
  /** Newest first: live ones and those that ended lately. */
  recent(limit: number): Promise<Session[]>;
  /** True the first time a key is seen within `ttlMs`, else false: for Slack triggers and Agora's noticeIds. */
  firstTime(key: string, ttlMs: number): Promise<boolean>;
  /** What was seen stays seen for so long from now. */
  prolong(key: string, ttlMs: number): Promise<void>;
  /** Undoes {@link firstTime}, when the work it guarded could not be saved. */
  forget(key: string): Promise<void>;
  /** Writes something, and throws if the store does not work right now: STORE_READ_ONLY if it can be read and takes no writes. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The store could not do its work: it is down, slow beyond its deadline, takes no writes, or is locked by another process. */
export class StoreError extends Error {
  readonly code: 'STORE_DOWN' | 'STORE_TIMEOUT' | 'STORE_READ_ONLY' | 'STORE_LOCKED' | 'STORE_CONFLICT';
  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** Looks after one session, and answers when it wants its next turn, ms since the epoch; undefined: never again. */
export type Turn = (id: string) => Promise<number | undefined>;

/**
 * Gives each session its turns, one at a time. Where several processes share an agenda, each turn is taken by one of them, and the turn of one
 * that died by another. That is for economy: what keeps a late write from winning is the session's revision. Derived from the sessions, so losing
 * it is harmless. Nothing here throws.
 */
export interface Agenda {
  /** A turn as soon as may be; once more when one is under way. */
  wake(id: string): void;
  /** A turn at `at` at the latest. */
  put(id: string, at: number): void;
  /**
   * From `at` on this session's turn comes before those that can wait; `undefined`: it can wait itself. To be said after each turn. An agenda may
   * do without.
   */
  press?(id: string, at: number | undefined): void;
  /** From now on turns are taken. */
  start(take: Turn): void;
  /** To be called each second. */
  beat(): Promise<void>;
  /** Which of these have no turn ahead. */
  missing(ids: readonly string[]): Promise<string[]>;
  /** When the next turn of this process is due, as far as it knows. */
  next(): number | undefined;
  /** Resolves when no turn of this process is under way. */
  settled(): Promise<void>;
  /** No turn begins after this. What is to have one is still put: by the turns under way, and by whoever asks for something meanwhile. */
  rest(): void;
  /**
   * Rests, and resolves when the turns under way are done, or, when they take long and others share the agenda, given to them, and when all that
   * is to have a turn is put.
   */
  stop(): Promise<void>;
}

/** What the core tells operators. pino's shape. */
export interface Log {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}
