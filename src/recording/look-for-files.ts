import type { FileCheck } from './file-check.ts';
import type { FileReport, RecordedFile } from './recorded-files.ts';
import { isEnded, type SessionIn } from './session.ts';
import { ownFiles } from './transitions/earlier-tasks.ts';
import { mergeFiles } from './transitions/merge-files.ts';
import type { ExpectFiles } from './transitions/pass-time.ts';

/**
 * Looks into the bucket for the files of a recording: those that are known, or else those that it should have written, and those that nobody has
 * named where there is a hint of them; also those of its earlier tasks. Answers what was seen, and the names that were looked for.
 */
export async function lookForFiles(
  s: SessionIn<'uploading' | 'backuped' | 'completed' | 'failed' | 'empty'>,
  { fileCheck, expectFiles }: { fileCheck: FileCheck; expectFiles: ExpectFiles },
): Promise<{ report: FileReport; files: RecordedFile[] }> {
  const { storage } = s.recipe;
  const { sid: own, channelName, evidence, earlierSids: earlier = [] } = s;
  const guessesOf = (sid: string) => expectFiles({ recipe: s.recipe, sid, channelName }).names;
  const expected = (sid: string): RecordedFile[] => guessesOf(sid).map((name) => ({ name, expected: true as const }));
  const known = s.files.filter((f) => !f.expected);
  const named = ownFiles({ ...s, files: known });
  // Of a task that recorded nothing, as Agora said, nothing can come: only those of earlier ones are to be there.
  const onlyEarlier = s.state === 'empty' && earlier.length > 0;
  let files = named.length > 0 || own === undefined || onlyEarlier ? known : [...known, ...expected(own)];
  const { snapshotConfig, ...recipe } = s.recipe;
  const snapshots = snapshotConfig !== undefined;
  // What was known is known on where the bucket cannot be listed this time.
  let more = s.report?.more ?? false;
  let unlisted = false;
  const search = async (sid: string, copies: boolean) => {
    const [base = ''] = expectFiles({ sid, channelName, recipe: { ...recipe, mode: 'mix' } }).names;
    const before = files.length;
    const isOwn = sid === own;
    const mine = isOwn ? ownFiles({ ...s, files }) : files.filter((f) => f.name.includes(sid));
    const names = mine.map((f) => f.name);
    const takeovers = isOwn ? evidence.failoverUids.length : 0;
    const guesses = copies ? guessesOf(sid) : [];
    const seen = await fileCheck.search(storage, { sid, base, names, guesses, takeovers, copies, snapshots });
    more = isOwn ? (seen.more ?? more) : more || seen.more === true;
    unlisted = isOwn ? (seen.unlisted ?? false) : unlisted || seen.unlisted === true;
    files = mergeFiles(mergeFiles(files, seen.found), seen.expected);
    return files.length > before;
  };
  const inspect = () =>
    fileCheck.inspect(
      storage,
      files.map((f) => f.name),
    );
  // Only Agora's word that all is uploaded comes with all names; and where an upload failed on its way there may be copies.
  const hinted =
    isEnded(s) ||
    named.length === 0 ||
    evidence.uploaded !== 'uploaded' ||
    evidence.failoverUids.length > 0 ||
    evidence.uploadFailed === true;
  if (own !== undefined) await search(own, hinted);
  for (const sid of earlier) await search(sid, true);
  // Where the bucket lists nothing, the names that an earlier task should have written are asked for.
  if (files.length === 0) files = earlier.flatMap(expected);
  let report = await inspect();
  // All that Agora named is there, and yet it goes on somewhere: a list without its end mark is a hint as well.
  const goesOn = own !== undefined && !hinted && report.verdict === 'ready' && !report.ended;
  if (goesOn && (await search(own, true))) report = await inspect();
  if (more) report = { ...report, more };
  // What is there is there; but whether that is all of it nobody has said.
  if (unlisted) report = { ...report, unlisted, verdict: report.verdict === 'ready' ? 'unknown' : report.verdict };
  return { report, files };
}
