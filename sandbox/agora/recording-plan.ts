import { type Fields, fieldsOf } from './check.ts';
import { layoutIn } from './transcoding-config.ts';
import type { Mode } from './validate.ts';

/** What start asked for, read from a clientRequest that was found right, with Agora's defaults (Agora docs, rest-api/start). */
export interface RecordingPlan {
  mode: Mode;
  /** Lists and slices are written. */
  hls: boolean;
  mp4: boolean;
  /** Recorded seconds after which a new MP4 begins. */
  mp4Seconds: number;
  /** Virtual seconds without anybody in the channel. */
  maxIdleTime: number;
  audio: boolean;
  video: boolean;
  /** Individual: sound and picture of a person also under one list. */
  merged: boolean;
  /** The comma after EXTINF that strict players want (privateParams). */
  correctExtinf: boolean;
  subscription: Subscription;
  /** Individual: virtual seconds from one picture to the next. */
  snapshotInterval?: number;
  /** Mix. */
  layout?: Fields;
  web?: WebPlan;
}

/** Lists of uids as start and update name them; none for a track: everybody. */
export type Subscription = Partial<
  Record<'subscribeAudioUids' | 'unSubscribeAudioUids' | 'subscribeVideoUids' | 'unSubscribeVideoUids', string[]>
>;

export interface WebPlan {
  url: string;
  maxRecordingHour: number;
  /** Seconds the page has to say that it is ready; 0: it is not asked. */
  readyTimeout: number;
  onhold: boolean;
  rtmpUrls: string[];
}

/** Mix begins a new MP4 after about two hours, says the API reference. */
const mixMp4Seconds = 2 * 3_600;

export function readPlan(mode: Mode, clientRequest: Fields): RecordingPlan {
  const config = fieldsOf(clientRequest.recordingConfig);
  const { avFileType } = fieldsOf(clientRequest.recordingFileConfig);
  const snapshots = clientRequest.snapshotConfig;
  const privateParams: unknown = JSON.parse(String(config.privateParams ?? '{}'));
  const web = mode === 'web' ? readWeb(clientRequest) : undefined;
  return {
    mode,
    hls: snapshots === undefined || avFileType !== undefined,
    mp4: Array.isArray(avFileType) && avFileType.includes('mp4'),
    mp4Seconds: web?.mp4Seconds ?? mixMp4Seconds,
    maxIdleTime: Number(config.maxIdleTime ?? 30),
    audio: config.streamTypes !== 1,
    video: config.streamTypes !== 0,
    merged: config.streamMode === 'standard',
    correctExtinf: fieldsOf(privateParams).correctEXTINF === true,
    subscription: subscriptionIn(config),
    ...(snapshots === undefined ? {} : { snapshotInterval: Number(fieldsOf(snapshots).captureInterval ?? 10) }),
    ...(mode === 'mix' ? { layout: layoutIn(fieldsOf(config.transcodingConfig)) } : {}),
    ...(web ? { web: web.plan } : {}),
  };
}

function readWeb(clientRequest: Fields): { plan: WebPlan; mp4Seconds: number } {
  const { extensionServices } = fieldsOf(clientRequest.extensionServiceConfig);
  const params = (name: string): Fields => {
    const all = Array.isArray(extensionServices) ? extensionServices.map(fieldsOf) : [];
    return fieldsOf(all.find((s) => s.serviceName === name)?.serviceParam);
  };
  const page = params('web_recorder_service');
  return {
    plan: {
      url: String(page.url),
      maxRecordingHour: Number(page.maxRecordingHour),
      readyTimeout: Number(page.readyTimeout ?? 0),
      onhold: page.onhold === true,
      rtmpUrls: rtmpUrlsIn(params('rtmp_publish_service')),
    },
    mp4Seconds: Number(page.maxVideoDuration ?? 120) * 60,
  };
}

/** The addresses in `outputs`. */
export function rtmpUrlsIn(v: Fields): string[] {
  return Array.isArray(v.outputs) ? v.outputs.map((o) => String(fieldsOf(o).rtmpUrl)) : [];
}

/** The lists in recordingConfig, or in what update says about one track. */
export function subscriptionIn(v: Fields): Subscription {
  const found: Subscription = {};
  const names = ['subscribeAudioUids', 'unSubscribeAudioUids', 'subscribeVideoUids', 'unSubscribeVideoUids'] as const;
  for (const name of names) {
    const list = v[name];
    if (Array.isArray(list)) found[name] = list.map(String);
  }
  return found;
}

/** Whether a track of this person is recorded. With lists for one track only, the other is not subscribed to at all. */
export function isSubscribed(plan: RecordingPlan, track: 'audio' | 'video', uid: string): boolean {
  if (!plan[track]) return false;
  const s = plan.subscription;
  const [only, except] =
    track === 'audio' ? [s.subscribeAudioUids, s.unSubscribeAudioUids] : [s.subscribeVideoUids, s.unSubscribeVideoUids];
  if (only) return only.includes('#allstream#') || only.includes(uid);
  if (except) return !except.includes(uid);
  return Object.keys(s).length === 0;
}
