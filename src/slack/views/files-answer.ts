import { limits } from '../../recording/limits.ts';
import { isEnded, type Session } from '../../recording/session.ts';
import { code, escaped, mrkdwn, time } from '../mrkdwn.ts';
import type { SlackServices } from '../services.ts';
import { context, section, type View } from './blocks.ts';
import { consoleWords, fileBlocks, shownFirst } from './files.ts';
import { headline } from './headline.ts';
import { stateWords } from './state-words.ts';

/** Fresh links to all files of a wish, for one person who was found to be allowed. */
export async function filesAnswer(lead: Session, parts: readonly Session[], services: SlackServices): Promise<View> {
  const links = new Map(
    (
      await Promise.all(
        parts.map((p) =>
          services.links.of(
            p,
            // More are not shown, and signing thousands would hold everybody up.
            shownFirst(p.files)
              .slice(0, limits.filesInMessage)
              .map((f) => f.name),
          ),
        ),
      )
    ).flatMap((m) => [...m]),
  );
  const files = parts.flatMap((p) => p.files);
  const [first] = links.values();
  const s = headline(parts, lead);
  const soFar = isEnded(s) ? mrkdwn`` : mrkdwn` so far (${escaped(stateWords(s).words)})`;
  const text = first?.open
    ? mrkdwn`Files of ${code(lead.channelName)}${soFar}. The links are good until ${time(first.until, '{date_short_pretty} {time}')}.`
    : mrkdwn`Files of ${code(lead.channelName)}${soFar}, where they lie in the bucket. Links that open them could not be made.`;
  const shown = consoleWords(links);
  return { text, blocks: [section(text), ...fileBlocks(files, links, parts), ...(shown ? [context(shown)] : [])] };
}
