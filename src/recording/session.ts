import { z } from 'zod';
import { kept } from './kept.ts';
import { failure, outboxItem } from './messages.ts';
import { recipe, recordingMode } from './recipe/recipe.ts';
import { fileReport, recordedFile } from './recorded-files.ts';
import { taskSettings } from './task-settings.ts';

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

/** A recorder that may still run though the session has moved on: its start was sent and its fate is not known. */
export const strayTask = kept({
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
  /** Since when it is only put out of its channel, because Agora takes no stop for it any more. */
  kickedSince: z.number().optional(),
});

/** What Agora's notifications have said. They prove nothing alone; they say where to look, and why something ended. */
export const evidence = kept({
  /** The last error of event 1. */
  error: kept({ module: z.number(), code: z.number(), level: z.number(), message: z.string() }).optional(),
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
export const otherPart = kept({
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
  /** Who may act on it by its profile as it was then, for when that is gone; empty: RECORD_ALLOWED decides. Older records do not say. */
  allow: z.array(z.string()).optional(),
  /** Where its alerts go when the channel and the starter cannot be reached; else the environment's. */
  alertChannel: z.string().optional(),
  /** Id of the session that has the card; null: this one. */
  lead: z.string().nullable(),
  part: z.number(),
  role: partRole,
  /** For role `next`: the session that is to be stopped once this one is proved; null when that is done. */
  after: z.string().nullable(),
  /** For role `next`: it was proved, and the record of the session in `after` could not be read when that one was to be stopped. */
  tookOver: z.boolean().optional(),
  /** On the lead: all others. */
  others: z.array(otherPart),
  /** On the lead: somebody asked for the stop of everything. */
  groupStop: kept({ by: z.string(), at: z.number() }).optional(),
  /** New recordings that may still be made after a loss. */
  replaceLeft: z.number(),
  /** A part other than the lead asks the lead for another part. */
  wantsPart: z.enum(['next', 'replacement']).optional(),
  /** A part other than the lead could not be paused, or resumed: that is wanted no more on the lead either, so that whoever asks anew is heard. */
  heldInVain: z.boolean().optional(),
  /** When the next recorder has to be brought in, because the token of this one runs out; null: never. */
  rollAt: z.number().nullable(),
  /** What is wanted of the running task beyond its recipe, and what Agora has taken of it. */
  wanted: taskSettings,
  applied: taskSettings,
  /** Who asked for what is wanted. */
  wantedBy: z.string().optional(),
  /** So often in a row query has said the opposite of the pause, or of its end, that is wanted and was confirmed. */
  heldAgain: z.number().optional(),
  /** What its lead wanted when this part last took that over; it may have been refused since. */
  followed: taskSettings.optional(),
  /** Who asked for the last change, and how often it was tried. */
  change: kept({ by: z.string().nullable(), tries: z.number(), nextAt: z.number() }).optional(),
  /**
   * Temporary credentials that Agora writes to the bucket with: when they run out, and when fresh ones are to be sent. `told`: people know that
   * none could be sent. `problem`: what became of the last try; it holds no secret.
   */
  credentials: kept({
    until: z.number(),
    pushAt: z.number(),
    tries: z.number(),
    told: z.boolean(),
    problem: kept({ cause: z.string(), next: z.string(), code: z.string() }).optional(),
  }).optional(),
  /** A call that changes the task is under way, in this process or in another one. */
  call: kept({ revision: z.number(), until: z.number() }).optional(),
  /** Somebody had it pushed to an RTMP address. The address holds a stream key, so it is not kept. */
  pushed: z.boolean().optional(),
  /** Until when Agora takes orders for its task (resourceExpiredHour), and whether people know that this is near. */
  controlUntil: z.number().optional(),
  controlTold: z.boolean().optional(),
  /** When the token of its recorder ends, whatever becomes of the bot. Absent: it was started without one, or an older record does not say. */
  tokenUntil: z.number().optional(),
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
  stopAsked: kept({
    by: z.string().nullable(),
    at: z.number(),
    safety: z.boolean(),
    rolled: z.boolean().optional(),
  }).optional(),
  /** Set as soon as it is known that this will not end well. */
  failure: failure.optional(),
  attempt: z.number(),
  /** A start whose recorder was given up may have taken effect: nobody can say that nothing was recorded. */
  mayHaveBegun: z.literal(true).optional(),
  /** The recorder's uid for this attempt. */
  uid: z.string(),
  /** Every file named so far by query, stop or a notification. */
  files: z.array(recordedFile),
  /** Sids of earlier tasks of it that were given up and had begun all the same: what they have written is its own, too. */
  earlierSids: z.array(z.string()).optional(),
  /** What was seen when the bucket was last looked into. */
  report: fileReport.optional(),
  /** Since Agora said that all is uploaded: looks into the bucket that missed files, and those in a row that it did not answer. */
  looks: kept({ missing: z.number(), silent: z.number() }).optional(),
  /** It has ended, and may have written files that nobody has seen: they are still looked for in the bucket, and told then. */
  salvage: kept({ tries: z.number(), nextAt: z.number() }).optional(),
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
  refused: kept({ since: z.number(), times: z.number() }).optional(),
  /** The one message in the channel. */
  card: kept({ channel: z.string(), ts: z.string() }).optional(),
  outbox: z.array(outboxItem),
};

const withResource = { ...common, resourceId: z.string(), acquiredAt: z.number() };
const withSid = { ...withResource, sid: z.string(), startedAt: z.number() };
/** 404s in a row: one proves nothing, because Agora's failover answers so for up to 90 s. */
const missing = { missingCount: z.number(), missingSince: z.number().nullable() };
const ended = { ...common, resourceId: z.string().optional(), sid: z.string().optional(), endedAt: z.number() };

export const session = z.discriminatedUnion('state', [
  kept({ state: z.literal('requested'), ...common }),
  /**
   * `startSends`: how often start was sent for this resourceId. More than none and no sid: the task may run unseen.
   * `startsRefused`: of these starts, counted from the first, so many were refused outright, and nothing runs of them.
   * `takenAt`: when Agora said that it does run (201/7), without saying its sid.
   */
  kept({
    state: z.literal('acquired'),
    ...withResource,
    startSends: z.number(),
    startsRefused: z.number().optional(),
    takenAt: z.number().nullable(),
  }),
  kept({ state: z.literal('starting'), ...withSid }),
  kept({ state: z.literal('recording'), ...withSid, recordingSince: z.number() }),
  kept({ state: z.literal('suspect'), ...withSid, recordingSince: z.number(), ...missing }),
  kept({ state: z.literal('stopping'), ...withSid, recordingSince: z.number().optional(), ...missing }),
  kept({
    state: z.literal('uploading'),
    ...withSid,
    recordingSince: z.number().optional(),
    stoppedAt: z.number(),
    slowTold: z.boolean(),
    /** Since when Agora does not know the task any more; null: it does again. */
    goneSince: z.number().nullable().optional(),
  }),
  kept({ state: z.literal('backuped'), ...withSid, recordingSince: z.number().optional(), stoppedAt: z.number() }),
  kept({
    state: z.literal('completed'),
    ...ended,
    recordingSince: z.number().optional(),
    stoppedAt: z.number().optional(),
    /** Who says that the files are there: Agora alone, the bucket alone, or both. */
    proof: z.enum(['agora', 'bucket', 'both']),
  }),
  kept({ state: z.literal('failed'), ...ended, recordingSince: z.number().optional(), failure }),
  kept({ state: z.literal('empty'), ...ended, recordingSince: z.number().optional() }),
]);

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
