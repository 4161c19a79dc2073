import { oweCard, oweNote } from '../owe.ts';
import type { Notice } from '../ports.ts';
import type { RecordedFile } from '../recorded-files.ts';
import type { Evidence, Session, StrayTask } from '../session.ts';
import { isEnded } from '../session.ts';
import { hadUid, ownFiles, withEarlier } from './earlier-tasks.ts';
import { toBackuped, toUploaded } from './end.ts';
import { isWhole } from './is-whole.ts';
import { mergeFiles } from './merge-files.ts';
import { onSid } from './on-start.ts';
import { salvage } from './salvage.ts';

/** Events after which Agora is asked at once (Agora docs, notification event types). */
const telling = new Set([1, 11, 12, 31, 32, 40, 41, 70, 71]);

/**
 * A notification is evidence: it may say what is known, and when to look. It starts and stops nothing, and it may come late, twice, in any
 * order, or never.
 */
export function onNotice(s: Session, notice: Notice, now: number): Session {
  const known = s.state === 'acquired' && notice.sid && notice.uid === s.uid ? onSid(s, notice.sid, now) : s;
  const stray = notice.sid ? withStraySid(known, notice, now) : known;
  if (!('sid' in stray) || stray.sid === undefined || stray.sid !== notice.sid) return ofEarlier(stray, notice, now);
  const evidence = fold(stray.evidence, notice);
  const files = mergeFiles(stray.files, isEnded(stray) ? filesOf(notice, stray) : (notice.details.files ?? []));
  const moved = evidence.failoverUids.length > stray.evidence.failoverUids.length;
  const news = { ...stray, evidence, files };
  // The uploader's keys have run out (event 34): fresh ones do not wait for their time.
  if (notice.eventType === 34 && news.credentials)
    news.credentials = { ...news.credentials, pushAt: Math.min(news.credentials.pushAt, now) };
  const told =
    moved && !isEnded(news) ? oweNote(news, now, { type: 'moved', newUid: evidence.failoverUids.at(-1) ?? '' }) : news;
  switch (told.state) {
    case 'starting':
    case 'recording':
    case 'suspect':
      return telling.has(notice.eventType) ? { ...told, nextAt: Math.min(told.nextAt, now) } : told;
    case 'stopping':
      // Uploaded means over, whatever became of the answer to stop. Nothing else is the end of a stop.
      if (notice.eventType === 31 && ownFiles(told).length > 0) return toUploaded(told, now);
      return told;
    case 'uploading':
      if (evidence.uploaded === 'uploaded' && ownFiles(told).length > 0) return toUploaded(told, now);
      return evidence.uploaded === 'backuped' ? toBackuped(told, now) : told;
    case 'backuped':
      return evidence.uploaded === 'uploaded' ? toUploaded(told, now) : told;
    default: {
      // Late facts are kept, repeated ones are not saved again.
      const arrived = evidence.uploaded !== stray.evidence.uploaded;
      const more = files.some((f) => !f.expected && !stray.files.some((g) => g.name === f.name && !g.expected));
      if (arrived || more) return afterTheEnd(told, more, now);
      return JSON.stringify([evidence, files]) === JSON.stringify([stray.evidence, stray.files]) ? stray : told;
    }
  }
}

/** Agora says of one that has ended that it is uploaded, or names `more` files. The state stays; but what turns up after all must not stay unknown. */
function afterTheEnd(s: Session, more: boolean, now: number): Session {
  // Where all were seen with their end mark there are no others.
  const whole = !more && isWhole(s);
  switch (s.state) {
    case 'failed':
      return whole ? oweCard(s, now) : salvage(s, now);
    case 'empty':
      // Nothing was recorded, said Agora, and now it says otherwise.
      return s.files.length > 0 ? salvage(s, now) : s;
    case 'completed':
      return whole ? s : salvage(s, now);
    default:
      return s;
  }
}

/** A copy of a list of which another one is longer was looked at, and is no file. */
function filesOf({ details }: Notice, { report }: Session): RecordedFile[] {
  return (details.files ?? []).filter((f) => !report?.superseded?.includes(f.name));
}

/** It has said something that was not known. */
export function saysMore(before: Session, after: Session): boolean {
  const facts = (s: Session) => [s.state, 'sid' in s ? s.sid : undefined, s.evidence, s.files, s.strays];
  return JSON.stringify(facts(before)) !== JSON.stringify(facts(after));
}

function fold(e: Evidence, notice: Notice): Evidence {
  const d = notice.details;
  switch (notice.eventType) {
    case 1:
      return {
        ...e,
        error: {
          module: d.errorModule ?? -1,
          code: d.errorCode ?? -1,
          level: d.errorLevel ?? 0,
          message: d.errorMsg ?? '',
        },
      };
    case 2:
      return d.warnCode === 31 || d.warnCode === 32 ? { ...e, uploadFailed: true } : e;
    case 11:
      return { ...e, ended: true, ...(d.exitStatus === undefined ? {} : { exitStatus: d.exitStatus }) };
    case 12:
      if (d.newUid === undefined || e.failoverUids.includes(d.newUid)) return e;
      return { ...e, failoverUids: [...e.failoverUids, d.newUid] };
    case 31:
      return { ...e, ended: true, uploaded: 'uploaded' };
    case 32:
      // 31 is the later fact of the two, in whatever order they come.
      return { ...e, ended: true, uploadFailed: true, uploaded: e.uploaded ?? 'backuped' };
    case 41:
      return d.leaveCode === undefined ? e : { ...e, leaveCode: d.leaveCode };
    default:
      return e;
  }
}

/**
 * It speaks of an earlier task of this recording, which was given up: that one's files are wanted too. Nothing more is made of it; a recorder that was put
 * out as soon as it was given up is told of here for the first time.
 */
function ofEarlier(s: Session, notice: Notice, now: number): Session {
  const { sid } = notice;
  const files = filesOf(notice, s);
  const isEarlier =
    s.earlierSids?.includes(sid ?? '') ||
    s.strays.some((t) => t.sid === sid && t.project === undefined) ||
    (notice.uid !== undefined && hadUid(s, notice.uid));
  if (sid === undefined || !isEarlier || files.length === 0) return s;
  const news = files.some((f) => !s.files.some((g) => g.name === f.name));
  return news ? withEarlier(s, sid, files, true, now) : s;
}

function withStraySid(s: Session, notice: Notice, now: number): Session {
  const { sid } = notice;
  // Its own task's is known.
  if (sid === undefined || ('sid' in s && s.sid === sid)) return s;
  // What is only put out of its channel cannot be stopped any more.
  const isMeant = (t: StrayTask) => t.uid === notice.uid && t.sid === undefined && t.kickedSince === undefined;
  if (!s.strays.some(isMeant)) return s;
  // It can be stopped at last.
  const found = { sid, tries: 0, nextAt: now };
  return { ...s, strays: s.strays.map((t) => (isMeant(t) ? { ...t, ...found } : t)) };
}
