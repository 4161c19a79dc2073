import { stopCameTooLate, stopUnproved } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweAlert, oweCard } from '../owe.ts';
import type { Reply } from '../ports.ts';
import type { RecordedFile } from '../recorded-files.ts';
import type { Session } from '../session.ts';
import { giveUpControl, isOutOfReach } from './control-window.ts';
import { ownFiles } from './earlier-tasks.ts';
import { fail, toBackuped, toEmpty, toUploaded, toUploading } from './end.ts';
import { mergeFiles } from './merge-files.ts';

/** Agora's answer to stop. Only an answer that says so ends the wish to stop; everything else means: ask again. */
export function onStop(
  s: Session,
  reply: Reply<{ files: RecordedFile[]; uploading: 'uploaded' | 'backuped' | 'unknown' }>,
  now: number,
): Session {
  if (s.state !== 'stopping') return s;
  switch (reply.class) {
    case 'done': {
      const known = { ...s, files: mergeFiles(s.files, reply.value.files) };
      if (reply.value.uploading === 'backuped' && s.evidence.uploaded !== 'uploaded') return toBackuped(known, now);
      if (reply.value.uploading === 'unknown' || ownFiles(known).length === 0) return toUploading(known, now);
      return toUploaded(known, now);
    }
    case 'uploading':
    case 'already':
      return afterStop(s, now);
    case 'nothing_recorded':
      return mayHaveFiles(s) ? afterStop(s, now) : toEmpty(s, now);
    case 'gone': {
      if (isOutOfReach(s, now)) return giveUpControl(s, s.resourceId, stopCameTooLate(s, reply, now), now);
      // Failover answers 404 too, and stopping on the first one would leave a recorder that runs and bills.
      const missingCount = s.missingCount + 1;
      const missingSince = s.missingSince ?? now;
      const over = missingCount >= limits.missingCount && now - missingSince >= limits.missingSpan;
      if (s.evidence.ended || over) return afterStop(s, now, 'gone');
      return { ...s, missingCount, missingSince, nextAt: now + wait('health', missingCount) };
    }
    default: {
      const tries = s.tries + 1;
      const next = { ...s, tries, nextAt: now + wait('stop', tries) };
      if (tries !== limits.stopTriesBeforeAlert) return next;
      const failure = stopUnproved(reply, now);
      return oweAlert(oweCard(next, now), now, failure);
    }
  }
}

/** Agora has named files before, which it does once there are any, or the recorder that is asked now is not the one that began. */
function mayHaveFiles(s: Session): boolean {
  const { evidence } = s;
  return ownFiles(s).some((f) => !f.expected) || evidence.failoverUids.length > 0 || evidence.uploaded !== undefined;
}

function afterStop(s: Extract<Session, { state: 'stopping' }>, now: number, gone?: 'gone'): Session {
  if (s.evidence.uploaded === 'uploaded' && ownFiles(s).length > 0) return toUploaded(s, now);
  if (s.evidence.uploaded === 'backuped') return toBackuped(s, now);
  // It never was shown to record, and Agora knows nothing of it: no upload will be told of.
  if (gone && s.failure?.kind === 'start_unproved') return fail(s, s.failure, now);
  return toUploading(s, now);
}
