import type { Media, Medium } from './media.ts';

/** What a stream records and how its files are called. */
export interface StreamSpec {
  medium: Medium;
  trackType: 'audio' | 'video' | 'audio_and_video';
  /** `0`: everybody mixed. */
  uid: string;
  /** Of list and slices, without folder, without what failovers put before it, and without an ending. */
  name: string;
}

/** A slice that was written. Times in virtual ms. */
export interface WrittenSlice {
  began: number;
  ended: number;
  /** Length of its media. */
  seconds: number;
  /** The first of its list. */
  isFirst: boolean;
}

export interface Stream {
  /** As it was last opened: what a list carries may change, its name does not. */
  spec(): StreamSpec;
  /** Object key of the list. */
  readonly list: string;
  /** Virtual ms at which its first slice began; undefined before it was written. */
  firstSlice(): number | undefined;
  /** Object keys, oldest first. */
  slices(): readonly string[];
  isOpen(): boolean;
  /** Begins to record. The end of the last slice before, or `at` when there is none; undefined when it records already. */
  open(spec: StreamSpec, at: number): number | undefined;
  /** When the slice that is being recorded will be complete; undefined when nothing is. `now`: the time that has really come. */
  completeAt(now: number): number | undefined;
  /** Writes the slice that is complete and goes on with the next. */
  complete(at: number): WrittenSlice | undefined;
  /** Keeps what was begun, unless it is next to nothing, and records no more. */
  close(at: number): WrittenSlice | undefined;
  /** What was being recorded is gone. */
  lose(): void;
  /**
   * Overwrites the list if slices came since; done once for many slices, because a list grows with the recording. Resolves when it is uploaded
   * (true), or never will be.
   */
  writeList(at: number): Promise<boolean> | undefined;
  /** Writes the end mark. */
  finish(at: number): void;
}

export interface StreamOptions {
  spec: StreamSpec;
  media: Media;
  /** Object key prefix: the folder and what failovers put before names. */
  before: string;
  /** A slice's time in its name: 17 digits of UTC, or in web mode milliseconds (Agora docs, manage recorded files). */
  stamp: 'utc' | 'ms';
  correctExtinf: boolean;
  put(key: string, body: Buffer | string, at: number): Promise<boolean>;
}

/** Shorter than that is not kept, ms. */
const crumb = 500;
/**
 * So far behind, a recorder catches up with longer slices, ms: a night has a thousand of them and not thirty thousand. It is behind when a clock
 * was moved, or when a thousand seconds pass in one.
 */
const farBehind = 30_000;

/** `20260102030405678` */
export const utcDigits = (ms: number): string => new Date(ms).toISOString().replace(/\D/g, '');

/**
 * One list and its slices, written as Agora does: a list that is overwritten again and again, Agora's own tags, no comma after EXTINF unless
 * asked for, and ENDLIST only at the end (Agora docs, manage recorded files, online playback). Slices are made of whole pieces of the test
 * film: where Agora's last one is shorter, this one is up to a piece longer than what was recorded.
 */
export function createStream(o: StreamOptions): Stream {
  const { media } = o;
  let { spec } = o;
  const list = `${o.before}${spec.name}.m3u8`;
  const lines: string[] = [];
  const slices: string[] = [];
  let piece = 0;
  let longest = 0;
  let unwritten = false;
  let changed = false;
  let firstSlice: number | undefined;
  let sliceAt: number | undefined;
  let sliceEnd: number | undefined;

  function write(began: number, ended: number, wanted: number): WrittenSlice {
    const { medium } = spec;
    const cut = media.cut(medium, piece, wanted);
    const utc = utcDigits(began);
    const name = `${spec.name}_${o.stamp === 'utc' ? utc : Math.round(began)}.ts`;
    const bare = o.before.slice(o.before.lastIndexOf('/') + 1) + name;
    void o.put(`${o.before}${name}`, cut.body, ended);
    slices.push(`${o.before}${name}`);
    const interrupted = changed || sliceEnd !== began;
    changed = false;
    // Where the film begins anew its timestamps jump back.
    if (interrupted || piece % media.pieces(medium) === 0) lines.push('#EXT-X-DISCONTINUITY');
    if (interrupted) {
      for (const track of ['AUDIO', 'VIDEO'] as const)
        if (medium === 'film' || medium === track.toLowerCase())
          lines.push(`#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=${track},TIME=${utc}`);
      if (medium !== 'audio') lines.push(`#EXT-X-AGORA-ROTATE:WIDTH=320,HEIGHT=180,ROTATE=0,TIME=${utc}`);
    }
    lines.push(`#EXTINF:${cut.seconds.toFixed(6)}${o.correctExtinf ? ',' : ''}`, bare);
    longest = Math.max(longest, cut.seconds);
    unwritten = true;
    piece += cut.pieces;
    const isFirst = firstSlice === undefined;
    firstSlice ??= began;
    sliceEnd = ended;
    return { began, ended, seconds: cut.seconds, isFirst };
  }

  function putList(at: number, ended: boolean): Promise<boolean> {
    unwritten = false;
    const head = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-ALLOW-CACHE:YES',
      `#EXT-X-TARGETDURATION:${Math.ceil(longest)}`,
    ];
    return o.put(list, `${[...head, ...lines, ...(ended ? ['#EXT-X-ENDLIST'] : [])].join('\n')}\n`, at);
  }

  /** How many pieces the next slice has: one, or what has passed since it began. */
  const wanted = (now: number) => {
    const behind = sliceAt === undefined ? 0 : now - sliceAt;
    return behind > farBehind ? Math.floor(piecesIn(behind)) : 1;
  };
  const piecesIn = (ms: number) => ms / 1000 / media.cut(spec.medium, 0, 1).seconds;

  return {
    spec: () => spec,
    list,
    firstSlice: () => firstSlice,
    slices: () => slices,
    isOpen: () => sliceAt !== undefined,
    open(next, at) {
      if (sliceAt !== undefined) return undefined;
      // Another track is a new beginning, though no moment is lost.
      if (next.medium !== spec.medium) changed = true;
      spec = next;
      sliceAt = at;
      return sliceEnd ?? at;
    },
    completeAt: (now) =>
      sliceAt === undefined ? undefined : sliceAt + media.cut(spec.medium, piece, wanted(now)).seconds * 1000,
    complete(at) {
      const began = sliceAt;
      if (began === undefined) return undefined;
      sliceAt = at;
      return write(began, at, Math.round(piecesIn(at - began)));
    },
    close(at) {
      const began = sliceAt;
      sliceAt = undefined;
      if (began === undefined || at - began < crumb) return undefined;
      return write(began, at, Math.ceil(piecesIn(at - began)));
    },
    lose() {
      sliceAt = undefined;
    },
    writeList: (at) => (unwritten ? putList(at, false) : undefined),
    finish(at) {
      if (firstSlice !== undefined) void putList(at, true);
    },
  };
}
