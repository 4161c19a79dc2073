import { formatDuration } from '../../recording/duration.ts';
import { whatFollows } from '../../recording/failures.ts';
import type { Note } from '../../recording/messages.ts';
import type { FileReport, RecordedFile } from '../../recording/recorded-files.ts';
import type { Session } from '../../recording/session.ts';
import type { ChangeKind, TaskSettings } from '../../recording/task-settings.ts';
import { isEarlier } from '../../recording/transitions/earlier-tasks.ts';
import type { FileLink } from '../file-links.ts';
import { code, escaped, join, type Mrkdwn, mrkdwn, time, user } from '../mrkdwn.ts';
import { paragraph, section, type View } from './blocks.ts';
import { failureText } from './card.ts';
import { fileBlocks } from './files.ts';
import { layoutWords, streamWords } from './in-force.ts';
import { isLastConfirmed, moreWords, notLookedAt, unseenWords } from './seen-words.ts';

/** One event of a recording, for its thread. */
export function note(s: Session, n: Note, links: ReadonlyMap<string, FileLink>): View {
  if (n.type === 'files' || n.type === 'upload_slow') {
    const said =
      n.type === 'upload_slow'
        ? slowWords(n)
        : s.state === 'failed' || s.state === 'empty'
          ? salvagedWords(s, n)
          : filesWords(s, n);
    const words = s.part > 1 ? mrkdwn`Part ${s.part}: ${said}` : said;
    return { text: words, blocks: [section(words), ...fileBlocks(n.files, links, [s])] };
  }
  if (n.type === 'stuck') {
    const { what, next } = n.failure;
    return { text: mrkdwn`${escaped(what, 500)} ${escaped(next, 500)}`, blocks: [section(failureText(n.failure))] };
  }
  const said = words(s, n);
  return paragraph(s.part > 1 && n.type !== 'part' ? mrkdwn`Part ${s.part}: ${said}` : said);
}

function slowWords({ files, patterns }: Extract<Note, { type: 'upload_slow' }>): Mrkdwn {
  const late = mrkdwn`Agora has not said yet that the upload is complete`;
  if (files.length === 0) {
    const names = join(
      (patterns ?? []).map((name) => code(name, 400)),
      ', ',
    );
    return mrkdwn`${late}, and has named no files. Their names should be ${names}, but that is not proved; I go on looking.`;
  }
  if (files.every((f) => f.expected)) {
    return mrkdwn`${late}, and has named no files. They should be here, but that is not proved; I go on looking.`;
  }
  return mrkdwn`${late}. The files are expected here, but that is not proved; I go on looking.`;
}

const noEndMark = mrkdwn` A list has no end mark: the recorder did not get to write it, unless more is still on its way.`;

function filesWords(s: Session, n: Extract<Note, { type: 'files' }>): Mrkdwn {
  const { report } = s;
  const what = countWords(n.files);
  const unseen = notLookedAt(s);
  const agora = isLastConfirmed(s)
    ? mrkdwn`Agora has confirmed the upload of the last recorder only.`
    : mrkdwn`Agora has not confirmed that the upload is complete.`;
  if (n.again) return againWords(s, n);
  switch (n.proof) {
    case 'both':
      return unseen
        ? mrkdwn`Ready: Agora confirms the upload, and I have seen these in the bucket: ${what}. ${unseen}`
        : mrkdwn`Ready: Agora confirms the upload, and I have seen all of it in the bucket: ${what}.`;
    case 'agora':
      if (n.files.length === 0 && !report?.unlisted && report?.verdict !== 'cannot_read')
        return mrkdwn`${confirmedWords(s, n.files)} It has named no files, and I found none in the bucket.`;
      return mrkdwn`${confirmedWords(s, n.files)} I could not look into the bucket myself: the key may not read it, or it did not answer.${others(report)}`;
    case 'bucket':
      return report && !report.ended
        ? mrkdwn`${what} found in the bucket${unseen ? mrkdwn`. ${unseen}` : mrkdwn`, with every slice.`}${noEndMark} ${agora}`
        : mrkdwn`${what} found in the bucket, complete with end mark.${unseen ? mrkdwn` ${unseen}` : mrkdwn``} ${agora}`;
    case 'none':
      return unconfirmed(n.files, report);
  }
}

/** What Agora confirms: of what an earlier recorder wrote, which was given up, its word says nothing. */
function confirmedWords(s: Session, files: readonly RecordedFile[]): Mrkdwn {
  if (!s.earlierSids) return mrkdwn`Agora confirms that the upload is complete: ${countWords(files)}.`;
  const own = files.filter((f) => !isEarlier(s, f));
  const left = files.length - own.length;
  const earlier =
    left > 0
      ? mrkdwn`Nobody has confirmed what an earlier recorder wrote: ${left === 1 ? mrkdwn`1 file` : mrkdwn`${left} files`}.`
      : mrkdwn`An earlier recorder, which was given up, may have recorded too, and nobody has confirmed anything of it.`;
  return mrkdwn`Agora confirms that the upload of the last recorder is complete: ${countWords(own)}. ${earlier}`;
}

/** Something was heard of it after its files were told. */
function againWords(s: Session, { files, proof }: Extract<Note, { type: 'files' }>): Mrkdwn {
  const { report } = s;
  const again = s.earlierSids
    ? mrkdwn`I have looked into the bucket once more, for files of an earlier recorder too`
    : mrkdwn`Agora said more after the end, so I have looked into the bucket once more`;
  const what = countWords(files);
  if (proof === 'both' || proof === 'bucket') {
    const unseen = notLookedAt(s);
    return unseen
      ? mrkdwn`${again}, and seen these: ${what}. ${unseen}`
      : mrkdwn`${again}, and seen all of it: ${what}.`;
  }
  if (files.length === 0 && !report?.unlisted) return mrkdwn`${again}. Agora has named no files, and I found none.`;
  return report?.verdict === 'missing'
    ? mrkdwn`${again}: of ${what}, ${missingWords(report)}.${others(report)}`
    : mrkdwn`${again}: of ${what}, I could not see all, because the key may not read the bucket or it did not answer.${others(report)}`;
}

function missingWords({ missing, missingCount: count }: FileReport): Mrkdwn {
  return mrkdwn`${count === 1 ? mrkdwn`a file is` : mrkdwn`${count} files are`} not there, ${namesOf(missing)}`;
}

function unconfirmed(files: readonly RecordedFile[], report: FileReport | undefined): Mrkdwn {
  return mrkdwn`What was recorded until then should be in the bucket, but nobody has confirmed it: ${countWords(files)}.${others(report)}`;
}

/** After another sentence: that there are more files than are named. */
function others(report: FileReport | undefined): Mrkdwn {
  const words = moreWords(report);
  return words ? mrkdwn` ${words}` : mrkdwn``;
}

/** What there is of a recording that failed. */
function salvagedWords(s: Session, { files, proof }: Extract<Note, { type: 'files' }>): Mrkdwn {
  const { report } = s;
  if (files.length === 0) {
    return report?.verdict === 'missing'
      ? mrkdwn`There are no files of it: I have looked for them in the bucket, and it has none.`
      : mrkdwn`I know of no files of it: Agora has named none, and I could find none in the bucket.`;
  }
  const what = countWords(files);
  if (report?.verdict === 'ready') {
    const mark = report.ended ? mrkdwn`` : noEndMark;
    const agora = proof === 'both' ? mrkdwn` Agora confirms the upload.` : mrkdwn``;
    const unseen = unseenWords(s, report, files);
    return unseen
      ? mrkdwn`What was recorded until then is in the bucket: ${what}. ${unseen}${mark}${agora}`
      : mrkdwn`What was recorded until then is in the bucket, all of it seen: ${what}.${mark}${agora}`;
  }
  if (report?.verdict === 'missing') {
    return mrkdwn`What was recorded until then is not all in the bucket: ${missingWords(report)}.${others(report)}`;
  }
  return proof === 'agora' ? filesWords(s, { type: 'files', files, proof }) : unconfirmed(files, report);
}

function countWords(files: readonly RecordedFile[]): Mrkdwn {
  return files.length === 1 ? mrkdwn`1 file` : mrkdwn`${files.length} files`;
}

function namesOf(missing: readonly string[]): Mrkdwn {
  return join(
    missing.slice(0, 5).map((name) => code(name)),
    ', ',
  );
}

function words(s: Session, n: Exclude<Note, { type: 'files' | 'upload_slow' | 'stuck' }>): Mrkdwn {
  const name = code(s.channelName);
  switch (n.type) {
    case 'recording':
      return s.applied.onhold
        ? mrkdwn`Agora confirms: the recorder of ${name} works, and is paused. Let it go on with the command ${code('resume')}.`
        : mrkdwn`Agora confirms: ${name} is being recorded.`;
    case 'warning':
      return s.stopAt < s.maxStopAt
        ? mrkdwn`The recording of ${name} stops by itself at ${time(n.stopAt)}. The card has buttons to extend it.`
        : mrkdwn`The recording of ${name} stops by itself at ${time(n.stopAt)}, and cannot be extended any more.`;
    case 'extended':
      return mrkdwn`${user(n.by)} extended the recording: it now stops at ${time(n.stopAt)}.`;
    case 'stop_asked':
      return n.by
        ? mrkdwn`${user(n.by)} stopped the recording${length(s, n.at)}.`
        : mrkdwn`The time is over: the recording is being stopped${length(s, n.at)}.`;
    case 'checking':
      return mrkdwn`Agora does not find the recorder at the moment (${code(n.code)}). That is normal while Agora moves it to another machine, for up to 90 seconds; I keep checking.`;
    case 'back':
      return mrkdwn`Agora confirms again that ${name} is being recorded.`;
    case 'moved':
      return mrkdwn`Agora moved the recorder to another machine. The recording goes on; files from here on have names that begin with ${code('bak')}.`;
    case 'retrying':
      return mrkdwn`${escaped(n.cause, 500)} I keep trying. (${code(n.code)})`;
    case 'new_attempt':
      return mrkdwn`The recorder did not start properly (${code(n.code)}), so another one is started: attempt ${n.attempt}.`;
    case 'backuped':
      return mrkdwn`The recording is stopped. Agora could not bring all files to the bucket and holds some in its backup; it brings them over by itself. I say so here when they have arrived, or have not within three days.`;
    case 'credentials':
      return mrkdwn`Fresh credentials of the bucket have been sent to Agora; they are good until ${time(n.until, '{date_short_pretty} {time}')}.`;
    case 'push_again':
      return mrkdwn`The page was pushed to an RTMP address, and the new recorder does not do that: the address holds a stream key, so I do not keep it. To go on, push it again with the command ${code('push')}.`;
    case 'file_list':
      return mrkdwn`The whole list of files comes as a file.`;
    case 'missing_files':
      return mrkdwn`Agora says that all is uploaded, but ${n.count === 1 ? mrkdwn`a file is` : mrkdwn`${n.count} files are`} not in the bucket: ${namesOf(n.missing)}. I go on looking for three days and say here when all have arrived.`;
    case 'empty':
      return s.earlierSids
        ? mrkdwn`Nobody published audio or video in ${name} while its last recorder was there. I look for files of an earlier one.`
        : mrkdwn`Nobody published audio or video in ${name}, so there are no files.`;
    case 'cancelled':
      return s.mayHaveBegun
        ? mrkdwn`Stopped. It is not known whether it had begun: Agora has not said what became of its start. ${escaped(whatFollows(s), 500)}`
        : mrkdwn`Stopped before anything was recorded; there are no files.`;
    case 'part':
      switch (n.role) {
        case 'twin':
          return mrkdwn`A second recorder is started beside the first (part ${n.part}).`;
        case 'next':
          return mrkdwn`The token of the recorder runs out soon, so the next one is started (part ${n.part}). The old one is stopped once the new one is proved.`;
        case 'replacement':
          return mrkdwn`Another recorder is started by itself in place of the lost one (part ${n.part}).`;
      }
      break;
    case 'rolled':
      return mrkdwn`The next recorder has taken over, so this one is being stopped${length(s, n.at)}.`;
    case 'queued':
      return mrkdwn`All recorders are in use: number ${n.place} in the queue. It begins by itself when one is free. (${code(n.code)})`;
    case 'changed':
      return mrkdwn`${n.by ? mrkdwn`${user(n.by)} changed ` : mrkdwn`Set again: `}${changeWords(n.what, n.to ?? s.applied)}. Agora has confirmed it.`;
    case 'change_refused':
      return mrkdwn`${n.by ? mrkdwn`What ${user(n.by)} asked for` : mrkdwn`The change`} is not in force: ${escaped(n.cause, 400)} ${escaped(n.next, 400)} (${code(n.code)})`;
  }
}

function changeWords(what: ChangeKind, to: TaskSettings): Mrkdwn {
  switch (what) {
    case 'layout':
      return to.layout ? mrkdwn`the layout to ${layoutWords(to.layout, to.layoutName)}` : mrkdwn`the layout`;
    case 'subscribe': {
      const streams = streamWords(to.subscribe);
      return mrkdwn`whose streams are recorded: ${streams.length > 0 ? join(streams, ', ') : mrkdwn`everybody's`}`;
    }
    case 'onhold':
      return to.onhold ? mrkdwn`the recording to paused` : mrkdwn`the recording to running`;
    case 'pushed':
      return mrkdwn`where the page is pushed to by RTMP`;
  }
}

function length(s: Session, until: number): Mrkdwn {
  const since = 'recordingSince' in s ? s.recordingSince : undefined;
  return since === undefined ? mrkdwn`` : mrkdwn` after ${escaped(formatDuration(until - since))}`;
}
