import { z } from 'zod';
import { recipe, recordingMode } from './recipe/recipe.ts';
import { changeKind, taskSettings } from './task-settings.ts';

/**
 * A recording as the store keeps it: what people want, what was seen, and what is still to be said.
 * All times are milliseconds since the epoch; all ids are Slack's or Agora's own strings.
 *
 * ```
 * requested -> acquired -> starting -> recording <-> suspect -> stopping -> uploading -> completed
 *     \____________\___________\____________\____________\__________\________\-> backuped -> completed
 *      \____________\___________\____________\____________\__________\________\-> failed | empty
 * ```
 * A state carries exactly what is known in it: `resourceId` from `acquired`, `sid` from `starting`, proved files in `completed`.
 */
export const SESSION_VERSION = 2;

/** One file as Agora lists it. `name` is the whole object key, prefix included. */
export const recordedFile = z.object({
  name: z.string(),
  trackType: z.string().optional(),
  uid: z.string().optional(),
  sliceStartTime: z.number().optional(),
  /** Nobody has named or seen it: it is what Agora should have written. */
  expected: z.literal(true).optional(),
});

/** What was seen in the bucket, when it was looked into. */
export const fileReport = z.object({
  at: z.number(),
  /** `cannot_read`: the key may write but not read; `unknown`: the bucket did not say. */
  verdict: z.enum(['ready', 'missing', 'cannot_read', 'unknown']),
  /** All lists have their end mark. */
  ended: z.boolean(),
  files: z.array(
    z.object({
      name: z.string(),
      /** Bytes; of a list with all its slices. */
      size: z.number().optional(),
      /** Length of what it plays. */
      seconds: z.number().optional(),
      slices: z.number().optional(),
    }),
  ),
  /** Object keys that should be there and are not: the first ones, and how many there are in all. */
  missing: z.array(z.string()),
  missingCount: z.number(),
  /** Copies of lists of which another copy is longer: they are no files of the recording. */
  superseded: z.array(z.string()).optional(),
  /** Where there are too many slices to look at all of them: at how many of them, evenly spread. All of those are there. */
  sample: z.object({ looked: z.number(), slices: z.number() }).optional(),
  /** The bucket did not answer when it was to be listed, so there may be others. */
  unlisted: z.literal(true).optional(),
  /** There are more files than are named and were looked at. */
  more: z.literal(true).optional(),
});

/** Why a recording did not do what was wanted. */
export const failure = z.object({
  kind: z.enum([
    'start_refused', // Agora refused acquire or start
    'start_unproved', // no status 4 or 5 within 90 s
    'lost', // was recording, and Agora no longer has it
    'ended_early', // was recording, and ended though nobody asked
    'stop_unproved', // could not be shown to have stopped
    'upload_unproved', // stopped, but the files never showed up
    'unwatched', // nobody can say whether it records, because Agora does not say how it stands
    'credentials_expiring', // records, and soon Agora can write to the bucket no more
    'control_ending', // still runs, and soon Agora takes no stop any more
    'cancelled', // stopped by a person before anything began: not an alert
  ]),
  /** One sentence for people: what happened. */
  what: z.string(),
  /** The likely cause, one sentence. */
  cause: z.string(),
  /** What to do now, one sentence. */
  next: z.string(),
  /** Agora's raw code, e.g. `404/404` (HTTP status / body code) or `event 1: module 1 code 32`. */
  code: z.string(),
  at: z.number(),
});

/** What the thread is told. Rendered when sent, so the store keeps facts and not prose. */
export const note = z.discriminatedUnion('type', [
  z.object({ type: z.literal('recording'), at: z.number() }),
  z.object({ type: z.literal('warning'), stopAt: z.number() }),
  z.object({ type: z.literal('extended'), by: z.string(), stopAt: z.number() }),
  z.object({ type: z.literal('stop_asked'), by: z.string().nullable(), at: z.number() }),
  z.object({ type: z.literal('checking'), code: z.string() }),
  z.object({ type: z.literal('back') }),
  z.object({ type: z.literal('moved'), newUid: z.string() }),
  z.object({ type: z.literal('retrying'), code: z.string(), cause: z.string() }),
  z.object({ type: z.literal('new_attempt'), attempt: z.number(), code: z.string() }),
  z.object({ type: z.literal('backuped') }),
  /** After an alert that the bucket's credentials run out: fresh ones are in force. */
  z.object({ type: z.literal('credentials'), until: z.number() }),
  /** A new recorder works, and somebody had the page pushed to an address that is not kept. */
  z.object({ type: z.literal('push_again') }),
  /** `patterns`: where not even the names are known, how they begin and end. */
  z.object({
    type: z.literal('upload_slow'),
    files: z.array(recordedFile),
    patterns: z.array(z.string()).optional(),
  }),
  z.object({
    type: z.literal('files'),
    files: z.array(recordedFile),
    proof: z.enum(['agora', 'bucket', 'both', 'none']),
  }),
  /** The whole list of files, where a message cannot hold it. */
  z.object({ type: z.literal('file_list') }),
  /** Agora says that all is uploaded, and yet these were not seen in the bucket. */
  z.object({ type: z.literal('missing_files'), missing: z.array(z.string()), count: z.number() }),
  z.object({ type: z.literal('empty') }),
  z.object({ type: z.literal('stuck'), failure }),
  z.object({ type: z.literal('cancelled') }),
  /** Another recorder joins in: a second one beside the first, the next one before a token runs out, or one in place of a lost one. */
  z.object({ type: z.literal('part'), part: z.number(), role: z.enum(['twin', 'next', 'replacement']) }),
  z.object({ type: z.literal('rolled'), at: z.number() }),
  z.object({ type: z.literal('queued'), place: z.number(), code: z.string() }),
  /** What a person asked to change is in force, or was refused. `to`: all that was in force then; older records do not say. */
  z.object({ type: z.literal('changed'), by: z.string().nullable(), what: changeKind, to: taskSettings.optional() }),
  z.object({
    type: z.literal('change_refused'),
    by: z.string().nullable(),
    what: changeKind,
    code: z.string(),
    cause: z.string(),
    next: z.string(),
  }),
]);

/**
 * A message that is owed. `card` brings the card up to date; `thread` posts a note under it; `alert` tells the channel (and, where the
 * channel cannot be reached, the starter or the alert channel) that something went wrong. Delivered in order, removed once Slack took it.
 */
export const outboxItem = z.object({
  id: z.string(),
  message: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('card') }),
    z.object({ kind: z.literal('thread'), note }),
    z.object({ kind: z.literal('alert'), failure }),
  ]),
  tries: z.number(),
  /** Not before this. */
  nextAt: z.number(),
  /** Since when it is owed. Older records do not say. */
  owedAt: z.number().optional(),
  /** It was sent at this time, and nobody knows whether Slack took it. */
  sentAt: z.number().optional(),
});

/** A recorder that may still run though the session has moved on: its start was sent and its fate is not known. */
export const strayTask = z.object({
  uid: z.string(),
  resourceId: z.string(),
  sid: z.string().optional(),
  /** Where they are not the session's own. */
  mode: recordingMode.optional(),
  project: z.string().optional(),
  tries: z.number(),
  nextAt: z.number(),
  /** How many answers were neither that it is out nor that Agora does not know it. */
  fails: z.number().optional(),
  /** 404s in a row, and since when: one proves nothing. */
  missingCount: z.number().optional(),
  missingSince: z.number().optional(),
});

/** What Agora's notifications have said. They prove nothing alone; they say where to look, and why something ended. */
export const evidence = z.object({
  /** The last error of event 1. */
  error: z.object({ module: z.number(), code: z.number(), level: z.number(), message: z.string() }).optional(),
  /** Event 41. A bit mask. */
  leaveCode: z.number().optional(),
  /** Event 11, 31 or 32 was seen: the task is over. */
  ended: z.boolean(),
  /** Event 11's exitStatus. */
  exitStatus: z.number().optional(),
  /** Event 12's newUid, newest last: failovers change the uid and prefix the files with `bak<n>_`. */
  failoverUids: z.array(z.string()),
  uploaded: z.enum(['uploaded', 'backuped']).optional(),
  /** An upload failed on the way (events 2 and 32): there may be copies of lists that Agora does not name. */
  uploadFailed: z.boolean().optional(),
});

/**
 * Another recording of the same wish. The first session of a wish is its lead: it has the card and holds the Agora channel; the others are
 * sessions of their own, whose ids follow from the lead's, so that making one twice makes one.
 */
export const partRole = z.enum(['first', 'twin', 'next', 'replacement']);
export const otherPart = z.object({
  id: z.string(),
  part: z.number(),
  role: z.enum(['twin', 'next', 'replacement']),
  /** The session that it follows on; null for a twin. */
  after: z.string().nullable(),
  /** False until its session is in the store. */
  made: z.boolean(),
  /** True once it holds the channel no more. */
  done: z.boolean(),
});

const common = {
  version: z.literal(SESSION_VERSION),
  id: z.string(),
  /** Grows by one with each save; a save with an older one is refused. */
  revision: z.number(),
  /** The Agora channel (cname). */
  channelName: z.string(),
  recipe,
  /** What people call it. */
  title: z.string().optional(),
  /** Where its alerts go when the channel and the starter cannot be reached; else the environment's. */
  alertChannel: z.string().optional(),
  /** Id of the session that has the card; null: this one. */
  lead: z.string().nullable(),
  part: z.number(),
  role: partRole,
  /** For role `next`: the session that is to be stopped once this one is proved; null when that is done. */
  after: z.string().nullable(),
  /** On the lead: all others. */
  others: z.array(otherPart),
  /** On the lead: somebody asked for the stop of everything. */
  groupStop: z.object({ by: z.string(), at: z.number() }).optional(),
  /** New recordings that may still be made after a loss. */
  replaceLeft: z.number(),
  /** A part other than the lead asks the lead for another part. */
  wantsPart: z.enum(['next', 'replacement']).optional(),
  /** When the next recorder has to be brought in, because the token of this one runs out; null: never. */
  rollAt: z.number().nullable(),
  /** What is wanted of the running task beyond its recipe, and what Agora has taken of it. */
  wanted: taskSettings,
  applied: taskSettings,
  /** Who asked for what is wanted. */
  wantedBy: z.string().optional(),
  /** What its lead wanted when this part last took that over; it may have been refused since. */
  followed: taskSettings.optional(),
  /** Who asked for the last change, and how often it was tried. */
  change: z.object({ by: z.string().nullable(), tries: z.number(), nextAt: z.number() }).optional(),
  /**
   * Temporary credentials that Agora writes to the bucket with: when they run out, and when fresh ones are to be sent. `told`: people know that
   * none could be sent. `problem`: what became of the last try; it holds no secret.
   */
  credentials: z
    .object({
      until: z.number(),
      pushAt: z.number(),
      tries: z.number(),
      told: z.boolean(),
      problem: z.object({ cause: z.string(), next: z.string(), code: z.string() }).optional(),
    })
    .optional(),
  /** A call that changes the task is under way, in this process or in another one. */
  call: z.object({ revision: z.number(), until: z.number() }).optional(),
  /** Somebody had it pushed to an RTMP address. The address holds a stream key, so it is not kept. */
  pushed: z.boolean().optional(),
  /** Until when Agora takes orders for its task (resourceExpiredHour), and whether people know that this is near. */
  controlUntil: z.number().optional(),
  controlTold: z.boolean().optional(),
  /** Its place in the queue for a free recorder, as last told. */
  place: z.number().optional(),
  /** Where it was started, and by whom. */
  team: z.string(),
  channel: z.string(),
  startedBy: z.string(),
  requestedAt: z.number(),
  /** When the automatic stop is due. */
  stopAt: z.number(),
  /** The latest stopAt that extending may reach. */
  maxStopAt: z.number(),
  /** When the thread is told that the stop is near; null once told. */
  warnAt: z.number().nullable(),
  desired: z.enum(['recording', 'stopped']),
  /** Who or what asked for the stop. `null` in `by` is the deadline or the bot itself. */
  stopAsked: z
    .object({ by: z.string().nullable(), at: z.number(), safety: z.boolean(), rolled: z.boolean().optional() })
    .optional(),
  /** Set as soon as it is known that this will not end well. */
  failure: failure.optional(),
  attempt: z.number(),
  /** The recorder's uid for this attempt. */
  uid: z.string(),
  /** Every file named so far by query, stop or a notification. */
  files: z.array(recordedFile),
  /** What was seen when the bucket was last looked into. */
  report: fileReport.optional(),
  /** Since Agora said that all is uploaded: looks into the bucket that missed files, and those in a row that it did not answer. */
  looks: z.object({ missing: z.number(), silent: z.number() }).optional(),
  /** It failed while it may have written files: what there is of them is still looked for in the bucket, and told then. */
  salvage: z.object({ tries: z.number(), nextAt: z.number() }).optional(),
  evidence,
  strays: z.array(strayTask),
  /** Failures in a row of the step that is being tried. */
  tries: z.number(),
  /** The next step is not made before this. */
  nextAt: z.number(),
  /** When Agora or the bucket last said how it stands, and since when they have been asked in vain. */
  answeredAt: z.number().optional(),
  silentSince: z.number().optional(),
  /** People know of that silence; until it is proved again that it records. */
  silenceTold: z.boolean().optional(),
  /** Agora refuses the start for reasons of its own: since when, and how often in a row. */
  refused: z.object({ since: z.number(), times: z.number() }).optional(),
  /** The one message in the channel. */
  card: z.object({ channel: z.string(), ts: z.string() }).optional(),
  outbox: z.array(outboxItem),
};

const withResource = { ...common, resourceId: z.string(), acquiredAt: z.number() };
const withSid = { ...withResource, sid: z.string(), startedAt: z.number() };
/** 404s in a row: one proves nothing, because Agora's failover answers so for up to 90 s. */
const missing = { missingCount: z.number(), missingSince: z.number().nullable() };
const ended = { ...common, resourceId: z.string().optional(), sid: z.string().optional(), endedAt: z.number() };

export const session = z.discriminatedUnion('state', [
  z.object({ state: z.literal('requested'), ...common }),
  /**
   * `startSends`: how often start was sent for this resourceId. More than none and no sid: the task may run unseen.
   * `takenAt`: when Agora said that it does run (201/7), without saying its sid.
   */
  z.object({
    state: z.literal('acquired'),
    ...withResource,
    startSends: z.number(),
    takenAt: z.number().nullable(),
  }),
  z.object({ state: z.literal('starting'), ...withSid }),
  z.object({ state: z.literal('recording'), ...withSid, recordingSince: z.number() }),
  z.object({ state: z.literal('suspect'), ...withSid, recordingSince: z.number(), ...missing }),
  z.object({ state: z.literal('stopping'), ...withSid, recordingSince: z.number().optional(), ...missing }),
  z.object({
    state: z.literal('uploading'),
    ...withSid,
    recordingSince: z.number().optional(),
    stoppedAt: z.number(),
    slowTold: z.boolean(),
    /** Since when Agora does not know the task any more; null: it does again. */
    goneSince: z.number().nullable().optional(),
  }),
  z.object({ state: z.literal('backuped'), ...withSid, recordingSince: z.number().optional(), stoppedAt: z.number() }),
  z.object({
    state: z.literal('completed'),
    ...ended,
    recordingSince: z.number().optional(),
    stoppedAt: z.number().optional(),
    /** Who says that the files are there: Agora alone, the bucket alone, or both. */
    proof: z.enum(['agora', 'bucket', 'both']),
  }),
  z.object({ state: z.literal('failed'), ...ended, recordingSince: z.number().optional(), failure }),
  z.object({ state: z.literal('empty'), ...ended, recordingSince: z.number().optional() }),
]);

export type RecordedFile = z.infer<typeof recordedFile>;
export type FileReport = z.infer<typeof fileReport>;
export type Failure = z.infer<typeof failure>;
export type Note = z.infer<typeof note>;
export type OutboxItem = z.infer<typeof outboxItem>;
export type OtherPart = z.infer<typeof otherPart>;
export type StrayTask = z.infer<typeof strayTask>;
export type Evidence = z.infer<typeof evidence>;
export type Session = z.infer<typeof session>;
export type SessionState = Session['state'];
/** The session in one of the named states. */
export type SessionIn<S extends SessionState> = Extract<Session, { state: S }>;

/** True for states that never change again. Such a session may still owe messages, have strays to release and files to look for. */
export function isEnded(s: Session): s is SessionIn<'completed' | 'failed' | 'empty'> {
  return s.state === 'completed' || s.state === 'failed' || s.state === 'empty';
}

/** True while this session's own task may record in the Agora channel. An upload holds nobody up. */
export function mayRecord(s: Session): boolean {
  return !isEnded(s) && s.state !== 'uploading' && s.state !== 'backuped';
}

/** True while anything of this wish may record in the Agora channel, so that a second recording of it would be a mistake. */
export function holdsChannel(s: Session): boolean {
  return s.lead === null && (mayRecord(s) || s.others.some((o) => !o.done));
}
