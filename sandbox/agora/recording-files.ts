import type { Media } from './media.ts';
import type { RecordingPlan } from './recording-plan.ts';
import { createStream, type Stream, type StreamSpec, utcDigits, type WrittenSlice } from './stream.ts';
import type { Uploader } from './uploader.ts';

/** A list or an MP4 as query, stop and event 31 name it. */
export interface RecordedFile {
  fileName: string;
  trackType: StreamSpec['trackType'];
  /** `0`: everybody mixed. */
  uid: string;
  /** Virtual ms. */
  sliceStartTime: number;
}

export interface RecordingFiles {
  /** Begins a stream, or goes on with it. The end of its last slice, or `at` when there is none; undefined when it records already. */
  open(spec: StreamSpec, at: number): number | undefined;
  /** Every stream of this run, those that pause included. */
  streams(): Stream[];
  /** Keeps the slice that a stream wrote in mind: for the MP4, and for who waits for the first file. */
  written(stream: Stream, slice: WrittenSlice): void;
  /** Takes a picture of somebody; the object key. */
  snapshot(uid: string, at: number): string;
  /** Overwrites the lists that have grown. Resolves when they are uploaded (true), or never will be. */
  writeLists(at: number): Promise<boolean>;
  /** The end: lists get their end mark, and what was recorded since the last MP4 becomes one. */
  finish(at: number): void;
  /** After a failover files go on under `bak<n>_` names, with lists of their own. */
  failOver(at: number): void;
  /** Lists and MP4s that are where they belong, in the bucket or in the backup, oldest first. */
  known(): RecordedFile[];
  /** The same, and those that are still on their way. */
  named(): RecordedFile[];
  /** Something was recorded, whether it is uploaded yet or not. */
  any(): boolean;
  /** Object keys of slices and pictures, oldest first. */
  pieces(): string[];
  pieceCount(): number;
  /** Virtual ms at which the first slice began, or the first picture was taken. */
  firstSlice(): number | undefined;
}

/** Agora writes these as "-" in file names (Agora docs, manage recorded files). */
const replaced = /[!@#$%^&*()+_.=[\]{}~|,;:?<>]/g;

/** `{sid}_{channel}`, which every file name of a recording begins with. */
export const baseName = (sid: string, cname: string): string => `${sid}_${cname.replace(replaced, '-')}`;

export interface RecordingFilesOptions {
  plan: RecordingPlan;
  media: Media;
  uploader: Uploader;
  /** storageConfig.fileNamePrefix */
  prefix: readonly string[];
  base: string;
  /** A list or an MP4 that has not been before. `uploaded`: it is in the bucket or the backup (true), or never will be. */
  onFile(fileName: string, at: number, uploaded: Promise<boolean>): void;
  /** The very first thing that is written. */
  onFirst(uploaded: Promise<boolean>): void;
}

/** Everything that one task writes. */
export function createRecordingFiles(o: RecordingFilesOptions): RecordingFiles {
  const { plan, media, uploader, base } = o;
  const folder = o.prefix.length > 0 ? `${o.prefix.join('/')}/` : '';
  /** Streams of the runs before failovers, and of this one by name. */
  const past: Stream[] = [];
  let current = new Map<string, Stream>();
  const files: RecordedFile[] = [];
  const pictures: string[] = [];
  let firstPicture = Number.POSITIVE_INFINITY;
  const announced = new Set<string>();
  let begun = false;
  let failovers = 0;
  let mp4Index = 0;
  let mp4Since: number | undefined;
  let mp4Seconds = 0;

  const before = () => `${folder}${failovers > 0 ? `bak${failovers - 1}_` : ''}`;

  /** The first version of a file is news. */
  function put(key: string, body: Buffer | string, at: number): Promise<boolean> {
    const uploaded = uploader.put(key, body, at);
    if (!begun) {
      begun = true;
      o.onFirst(uploaded);
    }
    if (/\.(m3u8|mp4)$/.test(key) && !announced.has(key)) {
      announced.add(key);
      o.onFile(key, at, uploaded);
    }
    return uploaded;
  }

  function writeMp4(at: number): void {
    if (mp4Since === undefined || mp4Seconds === 0) return;
    const fileName = `${before()}${base}_${mp4Index}.mp4`;
    files.push({ fileName, trackType: 'audio_and_video', uid: '0', sliceStartTime: Math.round(mp4Since) });
    void put(fileName, media.mp4(mp4Seconds), at);
    mp4Index += 1;
    mp4Since = undefined;
    mp4Seconds = 0;
  }

  const all = () => [...past, ...current.values()];

  return {
    open(spec, at) {
      const known = current.get(spec.name);
      const stream =
        known ??
        createStream({
          spec,
          media,
          before: before(),
          stamp: plan.mode === 'web' ? 'ms' : 'utc',
          correctExtinf: plan.correctExtinf,
          put,
        });
      current.set(spec.name, stream);
      return stream.open(spec, at);
    },
    streams: () => [...current.values()],
    written(stream, slice) {
      const { trackType, uid } = stream.spec();
      if (slice.isFirst) {
        files.push({ fileName: stream.list, trackType, uid, sliceStartTime: Math.round(slice.began) });
        void stream.writeList(slice.ended);
        if (plan.merged) writeMerged(uid, slice);
      }
      if (!plan.mp4) return;
      mp4Since ??= slice.began;
      mp4Seconds += slice.seconds;
      if (mp4Seconds >= plan.mp4Seconds) writeMp4(slice.ended);
    },
    snapshot(uid, at) {
      const key = `${before()}${base}__uid_s_${uid}__uid_e_video_${utcDigits(at)}.jpg`;
      pictures.push(key);
      firstPicture = Math.min(firstPicture, at);
      void put(key, media.snapshot(), at);
      return key;
    },
    async writeLists(at) {
      const uploads = [...current.values()].map((stream) => stream.writeList(at));
      return (await Promise.all(uploads)).every((ok) => ok !== false);
    },
    finish(at) {
      for (const stream of all()) stream.finish(at);
      writeMp4(at);
    },
    failOver(at) {
      writeMp4(at);
      past.push(...current.values());
      current = new Map();
      failovers += 1;
      mp4Index = 0;
    },
    known: () => files.filter((f) => uploader.has(f.fileName)),
    named: () => [...files],
    any: () => files.length > 0 || pictures.length > 0,
    pieceCount: () => all().reduce((sum, s) => sum + s.slices().length, pictures.length),
    pieces: () => [...all().flatMap((s) => s.slices()), ...pictures],
    firstSlice() {
      const times = all().map((s) => s.firstSlice() ?? Number.POSITIVE_INFINITY);
      const first = Math.min(firstPicture, ...times);
      return Number.isFinite(first) ? first : undefined;
    },
  };

  /**
   * Sound and picture of a person under one list, as standard mode has it. Agora does not print what is in it; two lists of one stream are a
   * master list in HLS (RFC 8216, 4.3.4).
   */
  function writeMerged(uid: string, slice: WrittenSlice): void {
    const own = [...current.values()].filter((s) => s.spec().uid === uid && s.firstSlice() !== undefined);
    const bare = (trackType: string) =>
      own.find((s) => s.spec().trackType === trackType)?.list.slice(folder.length) ?? undefined;
    const [audio, video] = [bare('audio'), bare('video')];
    if (!audio || !video) return;
    const fileName = `${before()}${base}__uid_s_${uid}__uid_e_av.m3u8`;
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:4',
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,URI="${audio}"`,
      '#EXT-X-STREAM-INF:BANDWIDTH=120000,AUDIO="audio"',
      video,
    ];
    files.push({ fileName, trackType: 'audio_and_video', uid, sliceStartTime: Math.round(slice.began) });
    void put(fileName, `${lines.join('\n')}\n`, slice.ended);
  }
}
