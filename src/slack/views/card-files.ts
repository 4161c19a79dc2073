import type { ActionsBlock, Button, KnownBlock } from '@slack/web-api';
import { limits } from '../../recording/limits.ts';
import type { RecordedFile } from '../../recording/recorded-files.ts';
import type { Session } from '../../recording/session.ts';
import { isEarlier } from '../../recording/transitions/earlier-tasks.ts';
import { DOWNLOAD_RECORDING, NEW_LINK, WATCH_RECORDING } from '../actions/file-link-ids.ts';
import type { FileLink } from '../file-links.ts';
import { escaped, join, type Mrkdwn, mrkdwn, time } from '../mrkdwn.ts';
import { context, maxText, section } from './blocks.ts';
import { areSeen, consoleWords, countFiles, fileBlocks, formatSize, shownFirst } from './files.ts';
import { areAllSeen, isLastConfirmed, notLookedAt } from './seen-words.ts';

/** However much else the card says, some files are on it. Characters. */
const leastRoom = 2_000;

/**
 * The files of a wish on its card: who says that they are there, each as a link, and buttons to watch and to load them. `all`: with those of all
 * parts; `spent`: characters that the card has for its parts, of the room that files have alone otherwise.
 */
export function cardFiles(
  all: Session,
  lead: Session,
  parts: readonly Session[],
  links: ReadonlyMap<string, FileLink>,
  spent: number,
): KnownBlock[] {
  const open = fileActions(lead, parts, links);
  const said = linksSaid(links);
  const left = parts.flatMap((p) => {
    const words = notLookedAt(p);
    return words === undefined ? [] : [parts.length > 1 ? mrkdwn`Part ${p.part}: ${words}` : words];
  });
  const doubts = join(left, ' ');
  const room = limits.lettersInMessage - spent - Math.min(doubts.length, maxText);
  return [
    section(filesHeading(all, parts)),
    ...fileBlocks(all.files, links, parts, Math.max(room, leastRoom)),
    ...(left.length > 0 ? [context(doubts)] : []),
    ...(open ? [open] : []),
    ...(said ? [context(said)] : []),
  ];
}

function filesHeading(s: Session, parts: readonly Session[]): Mrkdwn {
  const seen = parts.flatMap((p) => p.report?.files ?? []);
  // Of some files alone it would be told as that of all.
  const isWhole = seen.length >= s.files.length && seen.every((f) => f.size !== undefined);
  const size = isWhole ? seen.reduce((sum, f) => sum + (f.size ?? 0), 0) : 0;
  const what = mrkdwn` (${escaped([countFiles(s.files), ...(size > 0 ? [formatSize(size)] : [])].join(', '))})`;
  // Of a sample, or where there are too many to name them, the thread says more.
  const all = areAllSeen(parts) ? mrkdwn`all ` : mrkdwn``;
  const doubtful = parts.some((p) => !areSeen(p));
  if (s.state === 'completed' && s.proof !== 'agora' && doubtful) {
    return mrkdwn`Files${what}, seen in the bucket but for those that are marked:`;
  }
  if (s.state === 'completed') {
    switch (s.proof) {
      case 'both':
        return mrkdwn`Files, ${all}seen in the bucket${what}:`;
      case 'bucket':
        return mrkdwn`Files, ${all}seen in the bucket${what}; ${isOfLast(parts) ? mrkdwn`Agora has confirmed the upload of the last recorder only` : mrkdwn`Agora has not confirmed the upload`}:`;
      case 'agora':
        return s.files.every((f) => f.expected)
          ? mrkdwn`Agora confirms the upload and has named no files; these are the names that they should have. ${unseen(parts)}`
          : mrkdwn`Files, as Agora confirms them${parts.some((p) => p.files.some((f) => isEarlier(p, f))) ? mrkdwn` but for those that are marked` : mrkdwn``}${what}. ${unseen(parts)}`;
    }
  }
  if (!doubtful) return mrkdwn`Files of what was recorded until then, ${all}seen in the bucket${what}:`;
  if (seen.length > 0 && parts.some((p) => p.salvage)) {
    return mrkdwn`Files of what was recorded until then${what}; I am still looking into the bucket:`;
  }
  if (seen.length > 0) return mrkdwn`Files of what was recorded until then${what}, not all seen in the bucket:`;
  return s.evidence.uploaded === 'uploaded'
    ? mrkdwn`Files, as Agora confirms them${what}:`
    : mrkdwn`Files that should be in the bucket, not confirmed${what}:`;
}

/** What Agora has not confirmed is no more than what earlier recorders wrote. */
function isOfLast(parts: readonly Session[]): boolean {
  return parts.every((p) => p.state !== 'completed' || p.proof !== 'bucket' || isLastConfirmed(p));
}

/** Why nobody has seen the files. */
function unseen(parts: readonly Session[]): Mrkdwn {
  return parts.some((p) => p.report?.verdict === 'cannot_read')
    ? mrkdwn`The key may not read the bucket, so I could not see them, and these are the places where they lie; who runs the bot can give it a key that may.`
    : mrkdwn`The bucket could not be looked into.`;
}

/** How long the links are good, and where the files can be seen without them. */
function linksSaid(links: ReadonlyMap<string, FileLink>): Mrkdwn | undefined {
  const until = [...links.values()].find((l) => l.open)?.until;
  const words: Mrkdwn[] = [];
  if (until !== undefined) {
    words.push(
      mrkdwn`The links are good until ${time(until, '{date_short_pretty} {time}')}. *New link* makes fresh ones, for who may act on this recording.`,
    );
  }
  const shown = consoleWords(links);
  if (shown) words.push(shown);
  return words.length === 0 ? undefined : join(words, ' ');
}

/** Most characters of a button's url (docs.slack.dev/reference/block-kit/block-elements/button-element). */
const maxUrl = 3000;

/** Most Watch and Download buttons of each kind; the files' names are links as well. */
const maxButtons = 3;

function fileActions(
  lead: Session,
  parts: readonly Session[],
  links: ReadonlyMap<string, FileLink>,
): ActionsBlock | undefined {
  const linked = shownFirst(parts.flatMap((p) => p.files)).map((f) => ({ f, link: links.get(f.name) }));
  const withPlayer = linked.flatMap(({ f, link }) => button(f, link?.watch));
  // A film is what its list is, to be saved. Of individual recordings the lists with sound and picture are what one watches; single tracks are
  // links below their names.
  const lists = withPlayer.filter(({ f }) => f.name.endsWith('.m3u8'));
  const whole = lists.filter(({ f }) => f.trackType !== 'audio' && f.trackType !== 'video');
  const watchable = whole.length > 0 ? whole : lists.length > 0 ? lists : withPlayer;
  const watch = watchable.slice(0, maxButtons);
  const download = linked
    .flatMap(({ f, link }) => (f.name.endsWith('.mp4') ? button(f, link?.download) : []))
    .slice(0, maxButtons);
  const partOf = (f: RecordedFile) => parts.find((p) => p.files.some((g) => g.name === f.name))?.part;
  const numbered = (word: string, i: number, all: readonly { f: RecordedFile }[]) => {
    const names = all.map(({ f }) => (f.uid !== undefined && f.uid !== '0' ? `uid ${f.uid}` : `part ${partOf(f)}`));
    if (all.length === 1) return names[0]?.startsWith('uid') ? `${word} ${names[0]}` : word;
    // A number tells apart what has the same name.
    return new Set(names).size === names.length ? `${word} ${names[i]}` : `${word} ${i + 1}`;
  };
  const buttons: Button[] = [
    ...watch.map(
      ({ url }, i): Button => ({
        type: 'button',
        action_id: `${WATCH_RECORDING}_${i}`,
        style: 'primary',
        text: { type: 'plain_text', text: numbered('Watch', i, watch) },
        url,
      }),
    ),
    ...download.map(
      ({ url }, i): Button => ({
        type: 'button',
        action_id: `${DOWNLOAD_RECORDING}_${i}`,
        text: { type: 'plain_text', text: numbered('Download', i, download) },
        url,
      }),
    ),
  ];
  if (linked.some(({ link }) => link?.open)) {
    buttons.push({
      type: 'button',
      action_id: NEW_LINK,
      text: { type: 'plain_text', text: 'New link' },
      value: lead.id,
    });
  }
  return buttons.length === 0 ? undefined : { type: 'actions', elements: buttons };
}

function button(f: RecordedFile, url: string | undefined): { f: RecordedFile; url: string }[] {
  return url === undefined || url.length > maxUrl ? [] : [{ f, url }];
}
