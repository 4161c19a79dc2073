import { code, escaped, mrkdwn, time } from '../mrkdwn.ts';
import type { WaitingAlert } from '../storms.ts';
import { section, sections, type View } from './blocks.ts';

/** Many things went wrong at once: one message that names every recording, what happened, when, and Agora's raw code. */
export function alertDigest(alerts: readonly WaitingAlert[]): View {
  const lines = alerts.map(
    ({ session: s, failure: f }) =>
      mrkdwn`• ${code(s.channelName, 64)}, ${time(f.at)}: ${escaped(f.what, 120)} ${code(f.code, 60)}`,
  );
  return {
    text: mrkdwn`Problem with ${alerts.length} recordings at once.`,
    blocks: [
      section(mrkdwn`⚠️ *Problem with ${alerts.length} recordings at once.* Each one's card says what to do.`),
      ...sections(lines),
    ],
  };
}
