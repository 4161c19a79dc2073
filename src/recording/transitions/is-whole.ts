import { type FileReport, type RecordedFile, wasSeen } from '../recorded-files.ts';
import type { Session } from '../session.ts';

/** All files that are known were among those that were looked for: none was named since the look began. */
export function isUpToDate(files: readonly RecordedFile[], names: readonly RecordedFile[]): boolean {
  const looked = new Set(names.map((f) => f.name));
  return files.every((f) => looked.has(f.name));
}

/** Earlier tasks of it of which no list was seen, or no file where there are no lists: they may have written nothing, and nobody can say so. */
export function unseenTasks({ recipe, files, earlierSids = [] }: Session, report: FileReport): string[] {
  const named = files.filter((f) => !f.expected && wasSeen(report, f.name));
  const seen = [...report.files, ...named].map((f) => f.name);
  const hasLists = recipe.snapshotConfig === undefined || recipe.recordingFileConfig !== undefined;
  return earlierSids.filter((sid) => !seen.some((name) => name.includes(sid) && (!hasLists || name.endsWith('.m3u8'))));
}

/**
 * What was seen says itself that nothing more comes: each list has its end mark, and there is one, also of each earlier task. Pictures are in no list,
 * and films are made when the list is whole.
 */
export function saysAll(s: Session, report: FileReport): boolean {
  const { recipe } = s;
  const there = (end: string) => report.files.some((f) => f.name.endsWith(end));
  const types = recipe.recordingFileConfig?.avFileType;
  const films = Array.isArray(types) && types.includes('mp4');
  if (unseenTasks(s, report).length > 0) return false;
  return report.ended && there('.m3u8') && recipe.snapshotConfig === undefined && (!films || there('.mp4'));
}

/** All files that are known were seen when the bucket was last looked into, and nothing more comes. */
export function isWhole(s: Session): boolean {
  const { report, files } = s;
  if (report?.verdict !== 'ready' || s.salvage !== undefined || !saysAll(s, report)) return false;
  return files.every((f) => wasSeen(report, f.name));
}
