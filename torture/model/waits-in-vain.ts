import type { Session } from '../../src/recording/session.ts';

/**
 * People know that the upload takes long, and what is in the bucket was looked at: it is not whole, as when a recorder died or Agora's word that
 * there was nothing got lost. It is looked for for 72 hours, which is another test's.
 */
export function waitsInVain(s: Session): boolean {
  // Agora brings over by itself what it holds in its backup, or not.
  if (s.state === 'failed')
    return s.salvage !== undefined && s.evidence.uploaded === 'backuped' && s.report !== undefined;
  if (s.state !== 'uploading' || !s.slowTold || !s.report) return false;
  return s.report.verdict === 'missing';
}
