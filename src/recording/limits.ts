/** Times in milliseconds that the recording logic goes by, with where each comes from. */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

export const limits = {
  /** Call start within 2 s of acquire (Agora docs, rest-api/acquire); an older resourceId that was never used is thrown away. */
  acquireToStart: 2 * second,
  /** A resourceId lives 5 min (the same page); a little less, so that a retry never meets its end. */
  resourceLife: 4.5 * minute,
  /** First query this long after the sid (Agora docs, integration best practices). */
  firstQuery: 5 * second,
  /** No status 4 or 5 by then: not started (the same page). */
  proof: 90 * second,
  /** How long a start that Agora keeps refusing for its own reasons is tried, and how often at least. */
  startPatience: 90 * second,
  startRefusals: 3,
  /** When all recorders are in use one is tried for this often; it waits until its time is over. */
  queueRetry: 5 * second,
  /** From this part of the recorders in use on, operators are told. */
  capacityWarning: 0.8,
  /** How long a running task's sid is waited for when only a notification can tell it. */
  sidPatience: 15 * second,
  /** The same start is sent again so often, and then another uid is taken (Agora docs, integration best practices: 3, 6, 9 s; for 65: 3, 6 s). */
  startTries: 3,
  startTriesUnfinished: 2,
  /** Attempts with a uid of their own before giving up. */
  attempts: 4,
  /** So many 404s over so long are a loss; failover answers 404 for up to 90 s (Agora docs, high-availability FAQ). */
  missingCount: 3,
  missingSpan: 120 * second,
  /** Told that the stop is near so long before it, or at this part of the time that is left, whichever is later. */
  warnBefore: 5 * minute,
  warnPart: 0.8,
  /** So long after a stop that was believed a task that still records was not stopped. */
  stopSettles: 30 * second,
  /** Files normally arrive within minutes; from then on the bucket itself is asked, and the thread is told. */
  uploadSlow: 10 * minute,
  /** Agora has not known the task for so long, and its list, though without its end mark, has not grown: that is all there is. */
  uploadStill: 30 * minute,
  /** People are alerted when the files are not there so long after the stop, while something can still be done: Agora's backup is kept for days. */
  uploadLate: 1 * hour,
  /** Past this there is nothing more to wait for: Agora keeps a backup for 72 h at most (Agora docs, recording status). */
  uploadGiveUp: 72 * hour,
  /** A session that made more steps in one go than any should waits for so long. */
  respite: 5 * second,
  /** No next step is planned further ahead than this; while files are looked for, and of what Slack is told, than these. */
  stepAhead: 10 * minute,
  seldomAhead: 2 * hour,
  outboxAhead: 30 * minute,
  /** Who has asked for so long and got no answer says so. */
  silence: 10 * minute,
  /** And who was asleep over most of that asks so often before it does. */
  silentTries: 4,
  /** A backup is looked for in the bucket so often. */
  backupLook: 1 * hour,
  /** So often a bucket that does not answer is asked before Agora's word is passed on alone. */
  inspectTries: 4,
  /** So often what a failed recording may have written is looked for before people are told what there is of it. */
  salvageTries: 4,
  /** From this look on a list without its end mark that has not grown since the one before is taken for whole. */
  salvageSettles: 3,
  /** When files are missed for this time in a row, people are told. */
  missingTries: 3,
  /** A message shows so many files; of more the whole list is sent as a file. */
  filesInMessage: 20,
  /** So many letters of their names; each is shown twice, and once more in its link. */
  namesInMessage: 2_000,
  /** All text of a message's blocks together may have about 12,000 characters; the rest of the message needs some (slackapi/bolt-js#2509). */
  lettersInMessage: 8_000,
  /** Of a file's line, but for its name: a signed link, and what is known of it. Characters. */
  signedLink: 600,
  /** A message that Slack has refused so often in a row is waited for by no other. */
  refusalsAside: 8,
  /** The stop has failed so often that somebody has to know. */
  stopTriesBeforeAlert: 4,
  /** So long after the latest end a recorder that Agora does not put out is tried for: its token has ended long since. */
  strayGiveUp: 24 * hour,
  /** A call that changes a task lasts no longer, with all its repeats and its wait for Agora's rate. */
  taskCall: 60 * second,
  /** A token outlives the last possible end by this much, so that the bot's own stop comes first. */
  tokenMargin: 5 * minute,
  /** Longest life of a token (Agora docs, deploy a token server); the recorder cannot renew it and is put out at its end. */
  tokenLife: 24 * hour,
  /** So long before the end of its token the next recorder is brought in; tried again after `rollAgain` when that failed. */
  rollBefore: 30 * minute,
  rollAgain: 3 * minute,
  /** A recording with less time left is not made again after a loss. */
  leastReplacement: 1 * minute,
  /** Fresh temporary credentials of the bucket are sent so often while it records (Agora docs, rest-api/start, stsToken). */
  credentialsPush: 60 * minute,
  /** Where there are no fresher ones yet, they are looked for so often. */
  credentialsLook: 5 * minute,
  /** Agora takes none that live shorter (the same page). */
  credentialsLife: 4 * hour,
  /** So long before they run out people are told that none could be sent. */
  credentialsWarn: 60 * minute,
  /** So long after the planned end the upload still needs them. */
  credentialsTail: 20 * minute,
  /** Longest recording, so that Agora takes orders for it up to the end and a day beyond. */
  longest: 29 * 24 * hour,
  /** So long before Agora takes no orders any more people are told that it still runs. */
  controlWarn: 6 * hour,
  /** resourceExpiredHour goes this far past the last possible end: past it nothing can be stopped. */
  controlMarginHours: 24,
  /** Largest resourceExpiredHour (Agora docs, rest-api/acquire). */
  maxControlHours: 720,
} as const;

/** Waits between tries, in ms; the last repeats. From Agora's best practices (start 3, 6, 9 s; query 5, 10, 15, 30 s). */
const ladders = {
  acquire: [3, 6, 9, 15],
  start: [3, 6, 9],
  proof: [5, 5, 10, 15],
  health: [5, 10, 15, 30],
  stop: [2, 3, 6, 9, 15, 30],
  release: [3, 6, 9, 30, 60, 60, 60, 60, 60, 60, 300],
  change: [2, 3, 6, 9, 15],
  credentials: [5, 15, 60, 300],
  inspect: [5, 15, 60, 300, 900, 3600],
  salvage: [30, 90, 300, 3600],
} as const;

/** How long to wait before the next try, after `tries` (from 1) in a row. Milliseconds. */
export function wait(ladder: keyof typeof ladders, tries: number): number {
  const steps: readonly number[] = ladders[ladder];
  return (steps[Math.min(Math.max(tries, 1), steps.length) - 1] ?? 60) * second;
}

/**
 * How long between health checks of one recording, so that all of them together use at most 40 % of Agora's rate limit and the rest is
 * left for people. Milliseconds, 15 s to 120 s.
 */
export function healthInterval(live: number, qps: number): number {
  return Math.min(Math.max(live / (0.4 * qps), 15), 120) * second;
}
