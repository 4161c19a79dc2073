import type { Presets } from '../recording/presets.ts';
import type { Session } from '../recording/session.ts';

/**
 * Who may act on a recording: as its profile says now; where that is gone, as it said when the recording began; and where nobody knows that either,
 * who started it. Empty: RECORD_ALLOWED decides.
 */
export function allowOf(
  presets: Pick<Presets, 'allowOf'>,
  r: Pick<Session, 'allow' | 'startedBy'> & { profile: string },
): readonly string[] {
  return presets.allowOf(r.profile) ?? r.allow ?? [r.startedBy];
}
