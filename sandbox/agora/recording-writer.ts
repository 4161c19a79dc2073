import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PutResult, StorageSandbox } from '../storage/create-storage.ts';

/** One slice of the committed test film; `seconds` is its exact length. */
export interface MediaSlice {
  body: Buffer;
  seconds: number;
}

/** The film that every recording shows: slices that follow one another without a seam, and begin anew after the last. */
export function loadMedia(): MediaSlice[] {
  const folder = join(import.meta.dirname, '../media');
  const list = readFileSync(join(folder, 'film.m3u8'), 'utf8').split('\n');
  return list.flatMap((line, i) => {
    const length = /^#EXTINF:([\d.]+)/.exec(line);
    const name = list[i + 1];
    return length && name ? [{ seconds: Number(length[1]), body: readFileSync(join(folder, name)) }] : [];
  });
}

export interface RecordingWriter {
  /** Length of the slice that comes next, seconds. */
  nextSeconds(): number;
  /** Writes the next slice. `at`: when it began, virtual ms. `afterBreak`: nothing was recorded just before it. */
  writeSlice(at: number, afterBreak: boolean): PutResult;
  /** Overwrites the list if slices came since; done once for many slices, because a list grows with the recording. */
  writeList(): PutResult;
  /** Keeps what comes from now on in Agora's backup instead of the bucket. */
  divert(): void;
  /** Brings what was diverted to the bucket. */
  deliver(): PutResult;
  /** After a failover files go on under `bak<n>_` names, with a list of their own. */
  failOver(): void;
  /** Writes the end mark. */
  finish(): PutResult;
  /** Object keys of the lists, oldest first; empty before the first slice. */
  lists(): string[];
  /** Object keys of the slices, oldest first. */
  slices(): readonly string[];
}

interface Part {
  name: string;
  lines: string[];
  longest: number;
  unwritten: boolean;
}

/** Agora writes these as "-" in file names (Agora docs, manage recorded files). */
const replaced = /[!@#$%^&*()+_.=[\]{}~|,;:?<>]/g;

/**
 * Writes a composite recording as Agora does: names `{sid}_{channel}_{UTC, 17 digits}.ts`, a list that is overwritten again and again, Agora's
 * own tags, no comma after EXTINF unless asked for, and ENDLIST only at the end (Agora docs, manage recorded files, online playback).
 * Slices are always whole: where Agora's last one is shorter, this one is a few seconds longer than what was recorded.
 */
export function createRecordingWriter(r: {
  storage: StorageSandbox;
  media: readonly MediaSlice[];
  keys: { bucket: string; accessKey: string; secretKey: string };
  prefix: readonly string[];
  sid: string;
  cname: string;
  correctExtinf: boolean;
}): RecordingWriter {
  const base = `${r.sid}_${r.cname.replace(replaced, '-')}`;
  const folder = r.prefix.length > 0 ? `${r.prefix.join('/')}/` : '';
  const parts: Part[] = [];
  const slices: string[] = [];
  let failovers = 0;
  let slice = 0;
  let diverted: Map<string, Buffer | string> | undefined;

  function put(key: string, body: Buffer | string): PutResult {
    if (diverted) {
      diverted.set(key, body);
      return { ok: true };
    }
    return r.storage.put({ ...r.keys, key, body });
  }

  function putList(part: Part, ended: boolean): PutResult {
    part.unwritten = false;
    const head = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-ALLOW-CACHE:YES',
      `#EXT-X-TARGETDURATION:${Math.ceil(part.longest)}`,
    ];
    const lines = [...head, ...part.lines, ...(ended ? ['#EXT-X-ENDLIST'] : [])];
    return put(`${folder}${part.name}.m3u8`, `${lines.join('\n')}\n`);
  }

  const media = () => {
    const next = r.media[slice % r.media.length];
    if (!next) throw new Error('The test film has no slices');
    return next;
  };

  return {
    nextSeconds: () => media().seconds,
    writeSlice(at, afterBreak) {
      const { body, seconds } = media();
      const partName = `${failovers > 0 ? `bak${failovers - 1}_` : ''}${base}`;
      const utc = new Date(at).toISOString().replace(/\D/g, '');
      const name = `${partName}_${utc}.ts`;
      const result = put(`${folder}${name}`, body);
      if (!result.ok) return result;
      slices.push(`${folder}${name}`);
      let part = parts.at(-1);
      if (part?.name !== partName) {
        part = { name: partName, lines: [], longest: 0, unwritten: true };
        parts.push(part);
      }
      const interrupted = afterBreak || part.lines.length === 0;
      // Where the film begins anew its timestamps jump back.
      if (interrupted || slice % r.media.length === 0) part.lines.push('#EXT-X-DISCONTINUITY');
      if (interrupted) {
        part.lines.push(
          `#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=${utc}`,
          `#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=${utc}`,
          `#EXT-X-AGORA-ROTATE:WIDTH=320,HEIGHT=180,ROTATE=0,TIME=${utc}`,
        );
      }
      part.lines.push(`#EXTINF:${seconds.toFixed(6)}${r.correctExtinf ? ',' : ''}`, name);
      part.longest = Math.max(part.longest, seconds);
      part.unwritten = true;
      slice += 1;
      return result;
    },
    writeList() {
      const part = parts.at(-1);
      return part?.unwritten ? putList(part, false) : { ok: true };
    },
    divert() {
      diverted ??= new Map();
    },
    deliver() {
      const held = diverted ?? new Map<string, Buffer | string>();
      diverted = undefined;
      let result: PutResult = { ok: true };
      for (const [key, body] of held) if (result.ok) result = put(key, body);
      return result;
    },
    failOver() {
      failovers += 1;
    },
    finish() {
      let result: PutResult = { ok: true };
      for (const part of parts) if (result.ok) result = putList(part, true);
      return result;
    },
    lists: () => parts.map((part) => `${folder}${part.name}.m3u8`),
    slices: () => slices,
  };
}
