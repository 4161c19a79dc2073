import type { FileCheck } from './file-check.ts';
import type { FileReport, RecordedFile } from './recorded-files.ts';
import type { SessionIn } from './session.ts';
import { mergeFiles } from './transitions/merge-files.ts';
import type { ExpectFiles } from './transitions/pass-time.ts';

/**
 * Looks into the bucket for the files of a recording: those that are known, or else those that it should have written, and those that nobody has
 * named where there is a hint of them. Answers what was seen, and the names that were looked for.
 */
export async function lookForFiles(
  s: SessionIn<'uploading' | 'backuped' | 'failed' | 'empty'>,
  { fileCheck, expectFiles }: { fileCheck: FileCheck; expectFiles: ExpectFiles },
): Promise<{ report: FileReport; files: RecordedFile[] }> {
  const { storage } = s.recipe;
  const { sid = '', channelName, evidence } = s;
  const named = s.files.filter((f) => !f.expected);
  const guesses = expectFiles({ recipe: s.recipe, sid, channelName }).names;
  let files: RecordedFile[] = named.length > 0 ? named : guesses.map((name) => ({ name, expected: true as const }));
  const { snapshotConfig, ...recipe } = s.recipe;
  const snapshots = snapshotConfig !== undefined;
  const [base = ''] = expectFiles({ sid, channelName, recipe: { ...recipe, mode: 'mix' } }).names;
  // What was known is known on where the bucket cannot be listed this time.
  let more = s.report?.more ?? false;
  let unlisted = false;
  const search = async (copies: boolean) => {
    const names = files.map((f) => f.name);
    const {
      found,
      expected,
      more: others,
      unlisted: silent,
    } = await fileCheck.search(storage, {
      sid,
      base,
      names,
      guesses: copies ? guesses : [],
      takeovers: evidence.failoverUids.length,
      copies,
      snapshots,
    });
    more = others ?? more;
    unlisted = silent ?? false;
    files = mergeFiles(mergeFiles(files, found), expected);
    return files.length > names.length;
  };
  const inspect = () =>
    fileCheck.inspect(
      storage,
      files.map((f) => f.name),
    );
  // Only Agora's word that all is uploaded comes with all names; and where an upload failed on its way there may be copies.
  const hinted =
    s.state === 'failed' ||
    s.state === 'empty' ||
    named.length === 0 ||
    evidence.uploaded !== 'uploaded' ||
    evidence.failoverUids.length > 0 ||
    evidence.uploadFailed === true;
  await search(hinted);
  let report = await inspect();
  // All that Agora named is there, and yet it goes on somewhere: a list without its end mark is a hint as well.
  if (!hinted && report.verdict === 'ready' && !report.ended && (await search(true))) report = await inspect();
  if (more) report = { ...report, more };
  // What is there is there; but whether that is all of it nobody has said.
  if (unlisted) report = { ...report, unlisted, verdict: report.verdict === 'ready' ? 'unknown' : report.verdict };
  return { report, files };
}
