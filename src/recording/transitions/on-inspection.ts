import { limits, wait } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { FileReport, RecordedFile } from '../recorded-files.ts';
import type { Session, SessionIn } from '../session.ts';
import { complete } from './end.ts';
import { filesSeen, isStill } from './files-seen.ts';
import { isUpToDate, saysAll } from './is-whole.ts';
import { answered, askBy, unanswered } from './patience.ts';
import { salvage } from './salvage.ts';

/**
 * What was seen in the bucket. `names` is what was looked for: the files that Agora has named or that were found,
 * or else those that it should have written.
 * "Ready" is said only of what was seen; where the key may not read, Agora's word is passed on as Agora's.
 */
export function onInspection(s: Session, report: FileReport, names: readonly RecordedFile[], now: number): Session {
  if (s.state !== 'uploading' && s.state !== 'backuped') return s;
  const said = report.verdict === 'unknown' ? unanswered(s, now) : answered(s, now);
  const looked = { ...said, report: lasting(s.report, report) };
  const named = { ...looked, files: filesSeen(s.files, report, names) };
  const agora = s.evidence.uploaded === 'uploaded';
  // Nothing is known to look for: Agora's word is all there is.
  if (names.length === 0 && agora && s.state === 'uploading' && !report.unlisted)
    return ended(looked, report, 'agora', now);
  if (report.verdict === 'ready') {
    // Some were named while it was looked: they are looked for at once.
    if (!isUpToDate(named.files, names)) return { ...named, nextAt: now };
    if (agora) return ended(named, report, 'both', now);
    // Agora is silent. All lists are whole and have their end mark, so nothing more comes; or one has none, because its recorder died before the stop,
    // or pictures or films may be on their way, and nobody is there who could bring more.
    const goneSince = s.state === 'uploading' ? (s.goneSince ?? now) : now;
    const still = now - goneSince >= limits.uploadStill && isStill(s.report, report);
    return saysAll(s, report) || still ? ended(named, report, 'bucket', now) : named;
  }
  if (!agora || s.state === 'backuped') return named;
  const looks = looksAfter(s, report);
  const tries = s.tries + 1;
  const again = { ...named, looks, tries, nextAt: askBy(named, now + wait('inspect', tries), now) };
  // What was missed once is looked for until it is seen: neither a refusal nor silence says that it has come.
  if (report.verdict !== 'missing' && looks.missing > 0) return again;
  if (report.verdict === 'cannot_read') return ended(named, report, 'agora', now);
  if (report.verdict === 'unknown') {
    // Who knows no file at all goes on looking: Agora's word would lead to nothing.
    return looks.silent >= limits.inspectTries && names.length > 0 ? ended(named, report, 'agora', now) : again;
  }
  if (looks.missing !== limits.missingTries) return again;
  const { missing, missingCount: count } = report;
  return oweNote(oweCard(again, now), now, { type: 'missing_files', missing, count });
}

/**
 * Done. Agora's word was about its last task, and no look at that one's files says anything of an earlier task that had begun all the same: where that
 * one's are not all there, nobody confirms them, and they are looked for once it has ended.
 */
function ended(
  s: SessionIn<'uploading' | 'backuped'>,
  report: FileReport,
  proof: 'agora' | 'bucket' | 'both',
  now: number,
): Session {
  if (s.earlierSids === undefined || saysAll(s, report)) return complete(s, proof, now);
  const done = complete(s, proof === 'both' ? 'bucket' : proof, now);
  return done.state === 'completed' && report.verdict !== 'cannot_read' ? salvage(done, now) : done;
}

/** What is shown to people: files that were missed are, until something is known of them again. */
function lasting(before: FileReport | undefined, report: FileReport): FileReport {
  const says = report.verdict === 'ready' || report.verdict === 'missing';
  if (says || before?.verdict !== 'missing') return report;
  const { more: _, ...known } = before;
  return { ...known, at: report.at, ...(report.more ? { more: report.more } : {}) };
}

function looksAfter(s: Session, { verdict }: FileReport): NonNullable<Session['looks']> {
  // The version before counted all looks together.
  const { missing, silent } = s.looks ?? { missing: s.report?.verdict === 'missing' ? s.tries : 0, silent: 0 };
  return { missing: verdict === 'missing' ? missing + 1 : missing, silent: verdict === 'unknown' ? silent + 1 : 0 };
}
