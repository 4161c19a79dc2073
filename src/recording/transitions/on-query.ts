import { endedEarly, lost, notAtWork, startUnproved, unwatched } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweAlert, oweCard, oweNote } from '../owe.ts';
import type { Reply, TaskStatus } from '../ports.ts';
import type { Evidence, Session, SessionIn } from '../session.ts';
import { askStop } from './ask-stop.ts';
import { withoutHold } from './change.ts';
import { expectCredentials } from './credentials.ts';
import { fail, toBackuped, toUploaded } from './end.ts';
import { mergeFiles } from './merge-files.ts';
import { answered, askBy, isUnheardOf, unanswered } from './patience.ts';

export interface QueryContext {
  /** Until the next health check, ms. */
  healthInterval: number;
  maxIdleTime: number;
  /** The keys of its storage are temporary. */
  temporaryCredentials?: boolean;
}

type Watched = SessionIn<'starting' | 'recording' | 'suspect'>;

/** Agora's answer to query. */
export function onQuery(s: Session, reply: Reply<TaskStatus>, now: number, context: QueryContext): Session {
  if (s.state === 'uploading' || s.state === 'backuped') return whileUploading(s, reply, now);
  if (s.state !== 'starting' && s.state !== 'recording' && s.state !== 'suspect') return s;
  const heard = answered(s, now);
  switch (reply.class) {
    case 'done':
      return onStatus(
        s,
        withHold({ ...heard, files: mergeFiles(s.files, reply.value.files) }, reply.value.onhold, now),
        reply.value.status,
        now,
        context,
      );
    case 'gone':
      return onMissing(heard, now, context);
    case 'already':
      // "Service is exiting": it stops by itself.
      return onStatus(s, heard, 6, now, context);
    default: {
      // The failure of a query says nothing about the recording (Agora docs, integration best practices).
      const tries = s.tries + 1;
      const next = unanswered({ ...s, tries, nextAt: askBy(s, now + wait('health', tries), now) }, now);
      if (isUnheardOf(next, now)) {
        const failure = unwatched(next, next.silentSince ?? now, reply, now);
        return oweAlert(oweCard({ ...next, silenceTold: true }, now), now, failure);
      }
      return tries === 4 ? oweNote(next, now, { type: 'retrying', code: reply.code, cause: reply.cause }) : next;
    }
  }
}

/** `before`: as it was before this answer. */
function onStatus(before: Watched, s: Watched, status: number, now: number, context: QueryContext): Session {
  if (status === 4 || status === 5) return proved(s, now, context);
  if (status >= 7) {
    const failure = s.state === 'starting' ? startUnproved(s, now, `status ${status}`) : undefined;
    return fail(inCaseItRuns(s, now), failure ?? endedEarly(s, now, `status ${status}`), now);
  }
  const tries = s.tries + 1;
  // 6: on its way out, so look again soon. 0 to 3: getting ready.
  const next = { ...s, tries, nextAt: askBy(s, now + wait('proof', status === 6 ? 1 : tries), now) };
  if (next.state === 'starting') return next;
  // It was at work and is not: for a moment that is nothing, and for long it is as good as silence.
  const idle = { ...next, silentSince: before.silentSince ?? now };
  if (!isUnheardOf(idle, now)) return idle;
  return oweAlert(oweCard({ ...idle, silenceTold: true }, now), now, notAtWork(idle.silentSince, status, now));
}

/** Status 4 or 5: the only thing that proves a recording. */
function proved(s: Watched, now: number, context: QueryContext): Session {
  // The answer to the start, which would have said when they run out, may have been lost.
  const { silenceTold, ...known } = context.temporaryCredentials ? expectCredentials(s, now) : s;
  const next: Session = {
    ...known,
    state: 'recording',
    recordingSince: s.state === 'starting' ? now : s.recordingSince,
    evidence: records(s.evidence),
    tries: 0,
    nextAt: now + context.healthInterval,
  };
  if (s.state === 'starting') {
    const told = oweNote(oweCard(next, now), now, { type: 'recording', at: now });
    return s.lead !== null && s.pushed ? oweNote(told, now, { type: 'push_again' }) : told;
  }
  if (silenceTold || (s.state === 'suspect' && s.missingCount >= 2))
    return oweNote(oweCard(next, now), now, { type: 'back' });
  return next;
}

/** Query has the last word: a notification that said "over" or "uploaded" was about something else or late. */
function records({ uploaded: _, ...evidence }: Evidence): Evidence {
  return { ...evidence, ended: false };
}

/** What was asked for is sent again so often when query says otherwise. */
const mostAgain = 3;

/**
 * A profile may have its page begin on hold, and the answer to a pause may be lost: what query says is so. Where it is not what people want, as after a
 * recorder was moved, that is sent again, and told when it is of no use. Only while a change is under way query may be about the moment before.
 */
function withHold(s: Watched, onhold: boolean | undefined, now: number): Watched {
  const { wanted, applied, heldAgain: again = 0 } = s;
  const isUnderWay = s.call !== undefined || (wanted.onhold ?? applied.onhold ?? false) !== (applied.onhold ?? false);
  if (onhold === undefined || isUnderWay) return s;
  if (onhold === (applied.onhold ?? false)) return again === 0 ? s : { ...s, heldAgain: 0 };
  if (wanted.onhold === undefined) return oweCard({ ...s, applied: { ...applied, onhold } }, now);
  if (again < mostAgain) {
    const differing = { ...s, heldAgain: again + 1, applied: { ...applied, onhold } };
    return oweCard({ ...differing, change: { by: null, tries: 0, nextAt: now } }, now);
  }
  const settled = { ...withoutHold(s), heldAgain: 0, applied: { ...applied, onhold } };
  return oweNote(oweCard(settled, now), now, {
    ...{ type: 'change_refused', by: null, what: 'onhold', code: 'onhold' },
    cause: `Agora has taken it each time, and says that the recording ${onhold ? 'is paused' : 'goes on'} all the same.`,
    next: 'Look at the page, and ask for it again if you still want it.',
  });
}

/** 404: gone for good, in failover, or not there yet. */
function onMissing(s: Watched, now: number, context: QueryContext): Session {
  if (s.state === 'starting') {
    const dead = s.evidence.ended || (s.evidence.error !== undefined && s.evidence.error.level >= 4);
    if (dead) return unproved(s, now);
    const tries = s.tries + 1;
    return { ...s, tries, nextAt: askBy(s, now + wait('proof', tries), now) };
  }
  if (s.evidence.ended) return fail(inCaseItRuns(s, now), endedEarly(s, now, '404/404'), now);
  const missingCount = s.state === 'suspect' ? s.missingCount + 1 : 1;
  const missingSince = s.state === 'suspect' ? (s.missingSince ?? now) : now;
  if (missingCount >= limits.missingCount && now - missingSince >= limits.missingSpan) {
    return fail(inCaseItRuns(s, now), lost(s, now, context.maxIdleTime), now);
  }
  const suspect: Session = {
    ...s,
    state: 'suspect',
    missingCount,
    missingSince,
    tries: 0,
    nextAt: now + wait('health', missingCount),
  };
  return missingCount === 2 ? oweNote(oweCard(suspect, now), now, { type: 'checking', code: '404/404' }) : suspect;
}

/** Agora says that it is over, or does not know it, and may be wrong, as while it moves a recorder: the task is also told to stop. */
function inCaseItRuns(s: Watched, now: number): Watched {
  const { uid, resourceId, sid } = s;
  return { ...s, strays: [...s.strays, { uid, resourceId, sid, tries: 0, nextAt: now }] };
}

/** The start was not proved in time: people are told now, and the task is stopped in case it lives. */
export function unproved(s: SessionIn<'starting'>, now: number): Session {
  const failure = startUnproved(s, now, 'no status 4 or 5 in 90 s');
  return oweAlert(askStop({ ...s, failure }, null, now, 'safety'), now, failure);
}

/**
 * It was taken for over, because Agora did not know it for longer than a failover takes, and yet it records, as after two of them in a row: the
 * stop was never made.
 */
function runsOn(s: SessionIn<'uploading' | 'backuped'>, now: number): Session {
  const { stoppedAt: _, failure, ...known } = s;
  const stopping: Session = {
    ...known,
    // Its upload is not late any more.
    ...(failure && failure.kind !== 'upload_unproved' ? { failure } : {}),
    state: 'stopping',
    evidence: records(s.evidence),
    missingCount: 0,
    missingSince: null,
    tries: 0,
    nextAt: now,
  };
  return oweCard(stopping, now);
}

function whileUploading(s: SessionIn<'uploading' | 'backuped'>, reply: Reply<TaskStatus>, now: number): Session {
  const since = now - s.stoppedAt;
  const pause = since < limits.uploadSlow ? 15_000 : since < limits.uploadLate ? 60_000 : 600_000;
  const asked = { ...s, nextAt: askBy(s, now + pause, now) };
  const heard = reply.class === 'done' || reply.class === 'gone' || reply.class === 'already';
  const next = heard ? answered(asked, now) : unanswered(asked, now);
  if (reply.class === 'gone' && next.state === 'uploading') return { ...next, goneSince: next.goneSince ?? now };
  if (reply.class !== 'done') return next;
  const back = next.state === 'uploading' && next.goneSince ? { ...next, goneSince: null } : next;
  const known = { ...back, files: mergeFiles(s.files, reply.value.files) };
  const { status } = reply.value;
  if ((status === 4 || status === 5) && since >= limits.stopSettles) return runsOn(known, now);
  if (reply.value.uploading === 'uploaded') return toUploaded(known, now);
  if (reply.value.uploading === 'backuped' && known.state === 'uploading') return toBackuped(known, now);
  return known;
}
