import { pushService, servicesOf } from '../../recording/recipe/extension-service-config.ts';
import { largestGroup, peopleAtMost } from '../../recording/recipe/recording-config.ts';
import type { Session } from '../../recording/session.ts';
import type { MixedLayout, TaskSettings } from '../../recording/task-settings.ts';
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
  const people = mostPeople(s);
  if (people !== undefined) words.push(mrkdwn`${people} people at most`);
  const page = webPage(s);
  if (page) words.push(mrkdwn`page ${code(page)}`);
  if (applied.layout) {
    words.push(mrkdwn`layout ${layoutWords(applied.layout, applied.layoutName)}`);
  } else if (recipe.layout) words.push(mrkdwn`layout ${code(recipe.layout)}`);
  words.push(...streamWords(applied.subscribe));
  if (applied.pushed || servicesOf(recipe.extensionServiceConfig).some((x) => x.serviceName === pushService)) {
    words.push(mrkdwn`pushed to RTMP`);
  }
  if (applied.onhold) words.push(mrkdwn`*paused*`);
  if (words.length === 0) return undefined;
  return join(words, ' · ');
}

/** Where fewer are recorded at once than Agora could: how many at most. */
function mostPeople({ recipe }: Session): number | undefined {
  const group = recipe.recordingConfig?.subscribeUidGroup;
  return recipe.mode === 'individual' && typeof group === 'number' && group < largestGroup
    ? peopleAtMost[group]
    : undefined;
}

/** A layout as people call it; of the vertical one also whose picture is the large one. */
export function layoutWords(layout: MixedLayout, name?: string): Mrkdwn {
  const uid = layout.maxResolutionUid;
  const large = uid === undefined ? mrkdwn`` : mrkdwn` (uid ${code(uid)} large)`;
  return mrkdwn`${escaped(name ?? layouts[layout.mixedVideoLayout] ?? 'custom')}${large}`;
}

/** Whose sound and picture are recorded, where it is not everybody's. */
export function streamWords(subscribe: TaskSettings['subscribe']): Mrkdwn[] {
  const { audioUidList: audio, videoUidList: video } = subscribe ?? {};
  return [
    ...streams('audio', audio?.subscribeAudioUids, audio?.unSubscribeAudioUids),
    ...streams('video', video?.subscribeVideoUids, video?.unSubscribeVideoUids),
  ];
}

/** Letters of 32 uids, which is the longest list. */
const mostUids = 400;

function streams(kind: string, only: string[] | undefined, except: string[] | undefined): Mrkdwn[] {
  if (only) {
    if (only.includes('#allstream#')) return [];
    return [mrkdwn`${escaped(kind)} of ${code(only.join(', '), mostUids)} only`];
  }
  return except && except.length > 0 ? [mrkdwn`${escaped(kind)} of all but ${code(except.join(', '), mostUids)}`] : [];
}

/** Host and path of the recorded page; what follows them may be a secret. */
export function webPage(s: Pick<Session, 'recipe'>): string | undefined {
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
