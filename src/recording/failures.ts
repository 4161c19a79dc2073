import type { Failure } from './messages.ts';
import type { Refusal } from './ports.ts';
import type { Evidence, Session } from './session.ts';

/**
 * It was tried to begin in vain; `refusal` is the last answer, or that there was none. Where an earlier start may have taken effect, only that is said.
 */
export function startFailed(s: Session, refusal: Refusal, now: number): Failure {
  const { cause, next, code } = refusal;
  if (!s.mayHaveBegun)
    return {
      kind: 'start_refused',
      what: `The recording did not begin: ${whyNot(refusal)}`,
      cause,
      next,
      code,
      at: now,
    };
  const silent = refusal.class === 'unknown' || refusal.class === 'already';
  return {
    kind: 'start_unproved',
    what: `It is not known whether the recording began: ${silent ? unsaid : 'Agora refused the last start, and has not said what became of an earlier one.'}`,
    cause,
    next: `${next} ${whatFollows(s)}`,
    code,
    at: now,
  };
}

const unsaid = 'Agora has not said what became of its start.';

function whyNot(refusal: Refusal): string {
  if (!/^\d/.test(refusal.code)) return 'Agora could not be reached, or did not answer.';
  return refusal.class === 'retry_same' || refusal.class === 'unknown'
    ? 'Agora did not let it begin.'
    : 'Agora refused it.';
}

/** Of a recording that nobody knows the beginning of: what is done about it from now on. */
export function whatFollows(s: Session): string {
  const files = 'If Agora names files of it, they are shown here.';
  if (s.strays.length === 0) return files;
  return s.recipe.mode === 'web'
    ? `A recorder of it that may run is stopped as soon as its sid is known. ${files}`
    : `A recorder of it that may run is being put out of the channel. ${files}`;
}

/** No proof within 90 s that the recorder works. */
export function startUnproved(s: Session, now: number, code: string): Failure {
  return {
    kind: 'start_unproved',
    what: 'Agora took the start, but the recorder never reported that it records.',
    ...(causeOf(s.evidence) ?? {
      cause: 'The recorder could not join the channel or could not write to the bucket.',
      next: 'Check the channel name, AGORA_APP_CERTIFICATE and the STORAGE_ settings, then start it again.',
      code,
    }),
    at: now,
  };
}

/** It was recording, and Agora no longer knows it. */
export function lost(s: Session, now: number, maxIdleTime: number): Failure {
  return {
    kind: 'lost',
    what: 'The recording is lost: Agora has not known it for two minutes.',
    ...(causeOf(s.evidence) ?? {
      cause: `The recorder died, or nobody was in the channel for ${Math.round(maxIdleTime / 60_000)} min (MAX_IDLE_TIME).`,
      next: 'If it is still needed, start the recording again now.',
      code: '404/404',
    }),
    at: now,
  };
}

/** Since `since` Agora has not said how it stands; `refusal` is its last answer, if there was one. */
export function unwatched(s: Session, since: number, refusal: Refusal, now: number): Failure {
  const minutes = Math.max(1, Math.round((now - since) / 60_000));
  return {
    kind: 'unwatched',
    what: `For ${minutes} min Agora has not said how the recording stands, so nobody knows whether it ${s.state === 'starting' ? 'began' : 'goes on'}.`,
    cause: refusal.cause,
    next: `${refusal.next} I keep asking, and it is still stopped at its time. If it must not be missed, record it by another way too.`,
    code: refusal.code,
    at: now,
  };
}

/** It did record, and since then Agora says that it is getting ready, or about to leave, and it does neither. */
export function notAtWork(since: number, status: number, now: number): Failure {
  const minutes = Math.max(1, Math.round((now - since) / 60_000));
  return {
    kind: 'unwatched',
    what: `For ${minutes} min Agora has not said that the recorder records, so nobody knows whether it goes on.`,
    cause:
      status === 6
        ? 'Agora says that the recorder is about to leave, and it does not.'
        : 'Agora says that the recorder is still getting ready, as after it was moved to another machine.',
    next: 'Look whether files still come into the bucket. I keep asking, and it is still stopped at its time. If it must not be missed, record it by another way too.',
    code: `status ${status}`,
    at: now,
  };
}

/** The next recorder was not brought in before the token of this one ended, at `end`: nobody could, because the bot was down. */
export function broughtInLate(end: number, now: number): Failure {
  const minutes = Math.max(1, Math.round((now - end) / 60_000));
  return {
    kind: 'lost',
    what: `The token of this recorder ended ${minutes} min ago, before the next one could be brought in, so nothing may have been recorded since.`,
    cause: 'The bot was down when it had to bring in the next recorder.',
    next: 'The next recorder is being started now; see the card.',
    code: 'token ended',
    at: now,
  };
}

/** It was recording, and ended though nobody asked. */
export function endedEarly(s: Session, now: number, code: string): Failure {
  return {
    kind: 'ended_early',
    what: 'The recording ended by itself, though nobody stopped it.',
    ...(causeOf(s.evidence) ?? {
      cause: 'The recorder left the channel: it was put out, or Agora ended it.',
      next: 'If it is still needed, start the recording again now.',
      code,
    }),
    at: now,
  };
}

export function stopUnproved(refusal: Refusal, now: number): Failure {
  return {
    kind: 'stop_unproved',
    what: 'The recording could not be stopped yet, so it may still run and cost money.',
    cause: refusal.cause,
    next: `${refusal.next} The stop is tried again until it is made.`,
    code: refusal.code,
    at: now,
  };
}

/** It still runs, and Agora takes orders for it until `end` only. */
export function controlEnding(s: Session, end: number, now: number): Failure {
  const hours = Math.max(1, Math.round((end - now) / 3_600_000));
  return {
    kind: 'control_ending',
    what: `Agora takes orders for this recording for ${hours} h more, and it has not been shown to have stopped.`,
    cause:
      s.desired === 'stopped'
        ? 'Agora refused every stop, or could not be reached.'
        : 'It runs for longer than was ever planned.',
    next: 'The stop is tried on until then, and after that the recorder is put out of the channel. See whether Agora can be reached and whether its credentials are right.',
    code: 'resourceExpiredHour',
    at: now,
  };
}

/** The control window is over. */
export function stopNeverProved(s: Session, now: number): Failure {
  const isPage = s.recipe.mode === 'web';
  return {
    kind: 'stop_unproved',
    what: isPage
      ? 'Agora never confirmed the stop, and takes none any more.'
      : 'Agora never confirmed the stop, and takes none any more; the recorder is put out of the channel.',
    cause: 'Agora refused every stop, or could not be reached.',
    next: lookAtUsage(s),
    code: 'resource expired',
    at: now,
  };
}

/** The control window was over before the first stop could be made, and Agora does not know the task; nothing says that it ended. */
export function stopCameTooLate(s: Session, refusal: Refusal, now: number): Failure {
  const put = s.recipe.mode === 'web' ? '' : '; the recorder is put out of the channel';
  return {
    kind: 'stop_unproved',
    what: `The recording cannot be controlled any more, and nobody has seen it end, so it may still run and cost money${put}.`,
    cause:
      'The first stop could be made only after Agora had ceased to take orders for it, because the bot was down or knew nothing of it.',
    next: lookAtUsage(s),
    code: refusal.code,
    at: now,
  };
}

function lookAtUsage(s: Session): string {
  return s.recipe.mode === 'web'
    ? "Look at the account's usage in Agora's console: the page may be recorded, and cost money, until its maxRecordingHour."
    : "Look at the account's usage in Agora's console, and into the bucket for the files.";
}

/** A recorder whose start nobody has answered for is to be put out of the channel, and is not. */
export function strayStays(refusal: Refusal, isOutOfControl: boolean, now: number): Failure {
  const which = isOutOfControl
    ? 'A recorder of this recording that cannot be controlled any more'
    : 'An earlier recorder of this recording, whose start was never confirmed,';
  return {
    kind: 'stop_unproved',
    what: `${which} could not be put out of the channel yet, so it may run and cost money.`,
    cause: refusal.cause,
    next: `${refusal.next} It is tried on; at the latest the recorder leaves when its token ends, if it was given one.`,
    code: refusal.code,
    at: now,
  };
}

/** A recorder that was taken for over is told to stop only when Agora takes no order for it any more, and nothing is known to have ended it. */
export function strayCameTooLate(refusal: Refusal, now: number): Failure {
  return {
    kind: 'stop_unproved',
    what: 'A recorder of this recording that was taken for over cannot be controlled any more, and nobody has seen it end, so it may still run and cost money; it is put out of the channel.',
    cause:
      refusal.class === 'gone'
        ? 'It could be told to stop only after Agora had ceased to take orders for it, because the bot was down.'
        : refusal.cause,
    next: "Look at the account's usage in Agora's console, and into the bucket for the files.",
    code: refusal.code,
    at: now,
  };
}

/** It could not be put out of the channel for a day, and nothing else is known to have ended it. */
export function strayGivenUp(refusal: Refusal, now: number): Failure {
  return {
    kind: 'stop_unproved',
    what: 'A recorder that cannot be controlled any more could not be put out of the channel for a day. It may still run and cost money, and it is not tried any more.',
    cause: refusal.cause,
    next: "Look at the account's usage in Agora's console, and ask Agora's support to end it.",
    code: refusal.code,
    at: now,
  };
}

/** The same of a web page: it is recorded in no channel, so there is nothing to be put out of. */
export function pageMayRun(hours: number, now: number): Failure {
  return {
    kind: 'stop_unproved',
    what: `An earlier recorder of this page, whose start was never confirmed, may run unseen and cost money for up to ${hours} h (maxRecordingHour).`,
    cause: "Agora's answer to its start was lost, and without its sid it cannot be stopped.",
    next: "It is stopped as soon as a notification tells its sid. Without notifications, look at the account's usage in Agora's console.",
    code: '201/7',
    at: now,
  };
}

/** The files were not seen to be there in good time; they are looked for on. */
export function uploadLate(s: Session, now: number): Failure {
  return {
    ...uploadFailure(s, now, 'an hour'),
    next: "Look into the bucket and at the STORAGE_ settings. If files are missing, ask Agora's support soon: a backup is kept for three days only. I go on looking until then.",
  };
}

/** They never were, and are not looked for any more. */
export function uploadUnproved(s: Session, now: number): Failure {
  return {
    ...uploadFailure(s, now, 'three days'),
    next: "Look into the bucket; if files are missing, ask Agora's support now, because a backup is kept for three days only.",
  };
}

function uploadFailure(s: Session, now: number, late: string): Omit<Failure, 'next'> {
  const Late = late.charAt(0).toUpperCase() + late.slice(1);
  return {
    kind: 'upload_unproved',
    what:
      s.state === 'backuped'
        ? `${Late} after the stop, files are still in Agora's backup and not in your bucket.`
        : s.evidence.uploaded === 'uploaded'
          ? `Agora says that all files are uploaded, but ${late} after the stop some are still not in your bucket.`
          : s.report?.verdict === 'missing'
            ? `${Late} after the stop, files are not in your bucket, and Agora has not said that they are uploaded.`
            : `${Late} after the stop, Agora has still not said that the files are in your bucket.`,
    cause: 'The upload to the bucket failed: the STORAGE_ settings are wrong, or the bucket could not be reached.',
    code: s.evidence.uploaded === 'backuped' ? 'event 32' : 'no event 31',
    at: now,
  };
}

/** It records, and the credentials that Agora writes to the bucket with run out. */
export function credentialsExpiring(s: Session, now: number): Failure {
  const { until = now, problem } = s.credentials ?? {};
  const minutes = Math.max(0, Math.round((until - now) / 60_000));
  return {
    kind: 'credentials_expiring',
    what: `The temporary credentials that Agora writes to the bucket with run out in ${minutes} min, and fresh ones could not be sent. After that nothing of this recording is uploaded.`,
    cause: problem?.cause ?? 'No fresh credentials have been there yet.',
    next: `${problem?.next ?? 'See to what renews them.'} They are tried for until they are sent.`,
    code: problem?.code ?? 'stsExpiration',
    at: now,
  };
}

function cancelled(s: Session, now: number): Failure {
  const known = { kind: 'cancelled' as const, code: 'cancelled', at: now };
  return s.mayHaveBegun
    ? {
        ...known,
        what: 'The recording was stopped, and it is not known whether it had begun.',
        cause: unsaid,
        next: whatFollows(s),
      }
    : {
        ...known,
        what: 'The recording was stopped before it began.',
        cause: 'Somebody stopped it.',
        next: 'Start it again when it is wanted.',
      };
}

/**
 * It was to stop before it was known to have begun: a person's wish is no failure, and the end of its time is one. `refusal`: Agora's last answer,
 * where it is news.
 */
export function endedBeforeItBegan(s: Session, now: number, refusal?: Refusal): Failure {
  return s.stopAsked?.by ? cancelled(s, now) : neverBegan(s, now, refusal);
}

/** The time was over before Agora let it begin, or before anybody knew that it had. */
function neverBegan(s: Session, now: number, refusal?: Refusal): Failure {
  if (s.mayHaveBegun) {
    return {
      kind: 'start_unproved',
      what: 'The time of the recording is over, and it is not known whether it began.',
      cause: unsaid,
      next: `${whatFollows(s)} If it is still needed, start it again, for longer.`,
      code: 'deadline',
      at: now,
    };
  }
  const tried =
    refusal !== undefined || s.tries > 0 || s.place !== undefined || s.refused !== undefined || s.attempt > 1;
  return {
    kind: 'start_refused',
    what: 'The recording did not begin before its time was over.',
    cause: tried ? 'Agora did not let it begin.' : 'The bot was down, or had no time left to begin it.',
    next: 'Start it again, for longer.',
    code: 'deadline',
    at: now,
  };
}

/** What notifications say about why it ended, if they say anything. Event numbers: Agora docs, notification event types. */
function causeOf(e: Evidence): Pick<Failure, 'cause' | 'next' | 'code'> | undefined {
  if (e.error) {
    const code = `event 1: module ${e.error.module} code ${e.error.code}`;
    if (e.error.code === 109) {
      return { cause: "The recorder's token had expired.", next: "Check the clock of the bot's machine.", code };
    }
    if (e.error.code === 110) {
      return {
        cause: "Agora did not accept the recorder's token.",
        next: 'Check that AGORA_APP_CERTIFICATE belongs to AGORA_APP_ID.',
        code,
      };
    }
    if (e.error.module === 1 && e.error.code === 32) {
      return {
        cause: 'Agora could not write to the bucket.',
        next: 'Check STORAGE_VENDOR, STORAGE_REGION, STORAGE_BUCKET and the storage keys.',
        code,
      };
    }
    if (e.error.module === 1) {
      return { cause: 'The upload to the bucket failed.', next: 'Check the bucket and the STORAGE_ settings.', code };
    }
    if (e.error.level >= 4) {
      return {
        cause: 'Agora reported an error of its own.',
        next: 'Start it again; if it repeats, ask Agora with this code.',
        code,
      };
    }
  }
  // Event 41's leaveCode is a bit mask; 4 = no users.
  if (e.leaveCode !== undefined && (e.leaveCode & 4) !== 0) {
    return {
      cause: 'Nobody was in the channel for longer than MAX_IDLE_TIME, so the recorder left.',
      next: 'Start it again when people are in the channel.',
      code: `event 41: leaveCode ${e.leaveCode}`,
    };
  }
  if (e.exitStatus === 1) {
    return {
      cause: 'The recorder ended abnormally.',
      next: 'If it is still needed, start the recording again now.',
      code: 'event 11: exitStatus 1',
    };
  }
  return undefined;
}
