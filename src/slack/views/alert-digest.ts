import { code, escaped, mrkdwn, time } from '../mrkdwn.ts';
import type { WaitingAlert } from '../storms.ts';
import { section, sections, type View } from './blocks.ts';

/** Of more causes than this the rarest are left out. */
const mostCauses = 5;

/**
 * Many things went wrong at once: one message that names every recording, what happened, when, and Agora's raw code; those that have the same cause
 * together, with the cause and what to do said once.
 */
export function alertDigest(alerts: readonly WaitingAlert[]): View {
  const groups = Map.groupBy(alerts, ({ failure: f }) => `${f.cause}\n${f.next}`);
  const largestFirst = [...groups.values()].sort((a, b) => b.length - a.length);
  const lines = largestFirst.flatMap((alike, i) => {
    const { cause, next } = (alike[0] as WaitingAlert).failure;
    const why = mrkdwn`*Likely cause:* ${escaped(cause, 300)} *What to do:* ${escaped(next, 300)}`;
    return [
      ...alike.map(
        ({ session: s, failure: f }) =>
          mrkdwn`• ${code(s.channelName, 64)}, ${time(f.at)}: ${escaped(f.what, 120)} ${code(f.code, 60)}`,
      ),
      // All text of a message together has a limit, and so many lines of one each.
      ...(i < mostCauses ? [why] : []),
    ];
  });
  return {
    text: mrkdwn`Problem with ${alerts.length} recordings at once.`,
    blocks: [section(mrkdwn`⚠️ *Problem with ${alerts.length} recordings at once.*`), ...sections(lines)],
  };
}
