import { type FileReport, type RecordedFile, wasSeen } from '../recorded-files.ts';
import type { Session } from '../session.ts';

/** All files that are known were among those that were looked for: none was named since the look began. */
export function isUpToDate(files: readonly RecordedFile[], names: readonly RecordedFile[]): boolean {
  const looked = new Set(names.map((f) => f.name));
  return files.every((f) => looked.has(f.name));
}

/**
 * What was seen says itself that nothing more comes: each list has its end mark, and there is one, also of each earlier task. Pictures are in no list,
 * and films are made when the list is whole.
 */
export function saysAll({ recipe, earlierSids = [] }: Session, report: FileReport): boolean {
  const there = (end: string, sid = '') => report.files.some((f) => f.name.endsWith(end) && f.name.includes(sid));
  const types = recipe.recordingFileConfig?.avFileType;
  const films = Array.isArray(types) && types.includes('mp4');
  if (!earlierSids.every((sid) => there('.m3u8', sid))) return false;
  return report.ended && there('.m3u8') && recipe.snapshotConfig === undefined && (!films || there('.mp4'));
}

/** All files that are known were seen when the bucket was last looked into, and nothing more comes. */
export function isWhole(s: Session): boolean {
  const { report, files } = s;
  if (report?.verdict !== 'ready' || s.salvage !== undefined || !saysAll(s, report)) return false;
  return files.every((f) => wasSeen(report, f.name));
}
