import { limits } from '../../recording/limits.ts';
import { isEnded, type Session, type SessionIn } from '../../recording/session.ts';
import { unseenTasks } from '../../recording/transitions/is-whole.ts';
import { areSeen } from './files.ts';

/** The state in a sign and in words: colour or sign alone never carries the meaning. */
export function stateWords(s: Session): { sign: string; words: string } {
  if (!isEnded(s) && s.failure && s.state === 'stopping')
    return { sign: '🔴', words: 'Not proved, stopping for safety' };
  if (s.silenceTold && (s.state === 'starting' || s.state === 'recording' || s.state === 'suspect')) {
    return { sign: '🟠', words: 'Not known: Agora does not say how it stands' };
  }
  switch (s.state) {
    case 'requested':
      if (s.place !== undefined && s.desired === 'recording') {
        return { sign: '⏳', words: `Waiting for a free recorder, number ${s.place} in the queue` };
      }
      return { sign: '⏳', words: 'Starting' };
    case 'acquired':
    case 'starting':
      return s.desired === 'stopped' ? { sign: '⏳', words: 'Stopping' } : { sign: '⏳', words: 'Starting' };
    case 'recording':
      return s.applied.onhold ? { sign: '⏸️', words: 'Paused' } : { sign: '🔴', words: 'Recording' };
    case 'suspect':
      return s.missingCount >= 2
        ? { sign: '🟠', words: 'Checking: Agora does not find the recorder at the moment' }
        : { sign: '🔴', words: 'Recording' };
    case 'stopping':
      return { sign: '⏳', words: 'Stopping' };
    case 'uploading':
      if (s.evidence.uploaded === 'uploaded') {
        return s.report?.verdict === 'missing' && (s.looks?.missing ?? s.tries) >= limits.missingTries
          ? { sign: '🟠', words: 'Uploaded, says Agora, but files are missing in the bucket' }
          : { sign: '⬆️', words: 'Uploaded, says Agora; looking into the bucket' };
      }
      return {
        sign: s.failure ? '🟠' : '⬆️',
        words: s.slowTold ? 'Stopped, upload not confirmed yet' : 'Stopped, uploading',
      };
    case 'backuped':
      return { sign: '🟠', words: "Stopped, files in Agora's backup, on their way to the bucket" };
    case 'completed':
      if (s.proof === 'agora') {
        return { sign: '✅', words: `Done, Agora confirms the files${s.earlierSids ? ' of its last recorder' : ''}` };
      }
      // Some were named after the end.
      if (!areSeen(s)) {
        return { sign: '🟠', words: `Done, not all files seen in the bucket${s.salvage ? '; looking for them' : ''}` };
      }
      if (s.report && unseenTasks(s, s.report).length > 0) {
        const looks = s.salvage ? '; looking for those of an earlier one' : '';
        return { sign: '🟠', words: `Done, files of its last recorder seen in the bucket${looks}` };
      }
      return {
        sign: '✅',
        words: `Ready, files seen in the bucket${s.salvage ? '; looking whether there are more' : ''}`,
      };
    case 'empty':
      return s.files.some((f) => !f.expected)
        ? { sign: '🟠', words: 'Done; Agora said that nothing was recorded, and yet there are files' }
        : { sign: '⚪', words: 'Done, nothing was recorded because nobody published' };
    case 'failed':
      return failedWords(s);
  }
}

function failedWords(s: SessionIn<'failed'>): { sign: string; words: string } {
  const { kind } = s.failure;
  const isCancelled = kind === 'cancelled';
  const sign = isCancelled ? '⚪' : '❌';
  const looks = s.salvage ? '; looking for its files' : '';
  const how = isCancelled ? 'Stopped' : 'Failed';
  if (s.mayHaveBegun && (isCancelled || kind === 'start_unproved' || kind === 'start_refused')) {
    const doubt = s.files.some((f) => !f.expected) ? 'and yet there are files' : 'it is not known whether it began';
    return { sign, words: `${how}; ${doubt}${looks}` };
  }
  if (isCancelled) return { sign, words: 'Stopped before it began' };
  return { sign, words: `${kind === 'lost' || kind === 'ended_early' ? 'Ended early' : how}${looks}` };
}
