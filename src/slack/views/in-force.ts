import type { Session } from '../../recording/session.ts';
import { code, escaped, join, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';

const layouts = ['floating', 'best fit', 'vertical', 'custom'];
const modes = { mix: 'composite', individual: 'individual', web: 'web page' } as const;

/** How it is recorded, and what was changed while it ran and is in force. Undefined: in no other way than always. */
export function inForce(s: Session): Mrkdwn | undefined {
  const { recipe, applied } = s;
  const words: Mrkdwn[] = [];
  const snapshots = recipe.snapshotConfig !== undefined;
  const kind = snapshots
    ? recipe.recordingFileConfig
      ? 'individual, with snapshots'
      : 'snapshots only'
    : modes[recipe.mode];
  if (recipe.profile !== 'default' || recipe.mode !== 'mix')
    words.push(mrkdwn`Profile ${code(recipe.profile)}: ${escaped(kind)}`);
  const page = webPage(s);
  if (page) words.push(mrkdwn`page ${code(page)}`);
  if (applied.layout) {
    words.push(mrkdwn`layout ${escaped(applied.layoutName ?? layouts[applied.layout.mixedVideoLayout] ?? 'custom')}`);
  } else if (recipe.layout) words.push(mrkdwn`layout ${code(recipe.layout)}`);
  const { audioUidList: audio, videoUidList: video } = applied.subscribe ?? {};
  words.push(...streams('audio', audio?.subscribeAudioUids, audio?.unSubscribeAudioUids));
  words.push(...streams('video', video?.subscribeVideoUids, video?.unSubscribeVideoUids));
  if (applied.onhold) words.push(mrkdwn`*paused*`);
  if (words.length === 0) return undefined;
  return join(words, ' · ');
}

function streams(kind: string, only: string[] | undefined, except: string[] | undefined): Mrkdwn[] {
  if (only) {
    if (only.includes('#allstream#')) return [];
    return [mrkdwn`${escaped(kind)} of ${code(only.join(', '))} only`];
  }
  return except && except.length > 0 ? [mrkdwn`${escaped(kind)} of all but ${code(except.join(', '))}`] : [];
}

/** Host and path of the recorded page; what follows them may be a secret. */
export function webPage(s: Session): string | undefined {
  const services = s.recipe.extensionServiceConfig?.extensionServices;
  if (!Array.isArray(services)) return undefined;
  for (const service of services) {
    const url: unknown = service?.serviceParam?.url;
    if (typeof url === 'string' && URL.canParse(url)) {
      const { host, pathname } = new URL(url);
      return `${host}${pathname}`;
    }
  }
  return undefined;
}
