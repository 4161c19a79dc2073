import { limits, wait } from '../limits.ts';
import { oweCard } from '../owe.ts';
import { type FileReport, mostReported, type RecordedFile, wasSeen } from '../recorded-files.ts';
import { isEnded, type Session } from '../session.ts';
import { filesSeen, isStill } from './files-seen.ts';
import { isUpToDate, saysAll, unseenTasks } from './is-whole.ts';
import { oweFiles } from './owe-files.ts';

/**
 * A recording that has ended may have written files that nobody has seen: it failed, or Agora said that there is nothing, or has named more since. They
 * are looked for in the bucket from now on, and then people are told of them.
 */
export function salvage<S extends Session>(s: S, now: number): S {
  return { ...s, salvage: { tries: 0, nextAt: now } };
}

/**
 * What was seen in the bucket of a recording that has ended. It is told at once when all is there that was to come, and otherwise when it has been
 * looked for often enough. `names`: what was looked for.
 */
export function onSalvage(s: Session, report: FileReport, names: readonly RecordedFile[], now: number): Session {
  if (!isEnded(s) || !s.salvage) return s;
  const seen = { ...s, report: kept(s, report), files: filesSeen(s.files, report, names) };
  const tries = s.salvage.tries + 1;
  const again = { ...seen, salvage: { tries, nextAt: now + wait('salvage', tries) } };
  if (report.verdict === 'cannot_read') return tellSalvaged(seen, now);
  // A recorder that died writes no end mark: what does not grow any more is all there is. The first looks are too near to each other to tell.
  const grows = tries < limits.salvageSettles || !isStill(s.report, report);
  // Of an earlier task nothing may be there yet. What is known was told, so nobody waits for it.
  const awaited =
    s.state === 'completed' && unseenTasks(seen, report).length > 0 && now < s.endedAt + limits.uploadLate;
  const whole = saysAll(seen, report) || isUploaded(s) || !grows;
  if (report.verdict === 'ready' && whole && !awaited && isUpToDate(seen.files, names)) return tellSalvaged(seen, now);
  // Agora brings over by itself what it holds in its backup.
  const backup = s.evidence.uploaded === 'backuped' && now < s.endedAt + limits.uploadGiveUp;
  return tries >= limits.salvageTries && !backup && !awaited ? tellSalvaged(seen, now) : again;
}

/** Agora says that all is uploaded. Of earlier tasks that says nothing. */
function isUploaded({ evidence, earlierSids }: Session): boolean {
  return evidence.uploaded === 'uploaded' && earlierSids === undefined;
}

/** What was seen of one that is done is not unseen because the bucket is silent now, as long as the report names all of it. */
function kept(s: Session, report: FileReport): FileReport {
  const isSilent = report.verdict === 'unknown' || report.verdict === 'cannot_read';
  const known = s.state === 'completed' && s.report && s.report.files.length < mostReported ? s.report : undefined;
  return (isSilent && known) || report;
}

/** Says what there is of a recording that has ended, and who says so; also that there is nothing. */
export function tellSalvaged<S extends Session>(s: S, now: number): S {
  const { salvage: _, ...rest } = s;
  const { report } = s;
  // Of names that nobody has given, and that the bucket does not know, there is nothing to be told.
  const files = report?.verdict === 'missing' ? s.files.filter((f) => !f.expected) : s.files;
  const agora = isUploaded(s);
  const seen = report?.verdict === 'ready' && files.every((f) => wasSeen(report, f.name));
  const proof = seen ? (agora ? 'both' : 'bucket') : agora ? 'agora' : 'none';
  const told = { ...(rest as S), files };
  if (told.state !== 'completed') return oweFiles(oweCard(told, now), proof, now);
  // What Agora has confirmed of it stays confirmed.
  const better = proof === 'both' || (proof === 'bucket' && told.proof !== 'both');
  const proved = better ? { ...told, proof } : told;
  return oweFiles(oweCard(proved, now), proof, now, 'again');
}
