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
  /** Writes the next slice and the list. `at`: when it began, virtual ms. */
  writeSlice(at: number): PutResult;
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
  /** Object keys of everything. */
  keys(): string[];
}

/** Agora writes these as "-" in file names (Agora docs, manage recorded files). */
const replaced = /[!@#$%^&*()+_.=[\]{}~|,;:?<>]/g;

/**
 * Writes a composite recording as Agora does: names `{sid}_{channel}_{UTC, 17 digits}.ts`, a list that is overwritten with every slice, Agora's
 * own tags, no comma after EXTINF unless asked for, and ENDLIST only at the end (Agora docs, manage recorded files, online playback).
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
  const parts: { name: string; entries: string[][]; longest: number }[] = [];
  const written: string[] = [];
  let failovers = 0;
  let slice = 0;
  let diverted: Map<string, Buffer | string> | undefined;

  const part = () => {
    const name = `${failovers > 0 ? `bak${failovers - 1}_` : ''}${base}`;
    let current = parts.at(-1);
    if (current?.name !== name) {
      current = { name, entries: [], longest: 0 };
      parts.push(current);
    }
    return current;
  };

  function put(key: string, body: Buffer | string): PutResult {
    if (diverted) {
      diverted.set(key, body);
      return { ok: true };
    }
    return r.storage.put({ ...r.keys, key, body });
  }

  function writeList(p: (typeof parts)[number], ended: boolean): PutResult {
    const head = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-ALLOW-CACHE:YES',
      `#EXT-X-TARGETDURATION:${Math.ceil(p.longest)}`,
    ];
    const lines = [...head, ...p.entries.flat(), ...(ended ? ['#EXT-X-ENDLIST'] : [])];
    return put(`${folder}${p.name}.m3u8`, `${lines.join('\n')}\n`);
  }

  const current = () => r.media[slice % r.media.length];

  return {
    nextSeconds: () => current()?.seconds ?? 3,
    writeSlice(at) {
      const media = current();
      if (!media) throw new Error('The test film has no slices');
      const p = part();
      const utc = new Date(at).toISOString().replace(/\D/g, '');
      const name = `${p.name}_${utc}.ts`;
      const first = p.entries.length === 0;
      // The film begins anew: its timestamps jump back.
      const seam = first || slice % r.media.length === 0;
      p.entries.push([
        ...(seam ? ['#EXT-X-DISCONTINUITY'] : []),
        ...(first
          ? [
              `#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=${utc}`,
              `#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=${utc}`,
              `#EXT-X-AGORA-ROTATE:WIDTH=320,HEIGHT=180,ROTATE=0,TIME=${utc}`,
            ]
          : []),
        `#EXTINF:${media.seconds.toFixed(6)}${r.correctExtinf ? ',' : ''}`,
        name,
      ]);
      p.longest = Math.max(p.longest, media.seconds);
      slice += 1;
      const key = `${folder}${name}`;
      const result = put(key, media.body);
      if (!result.ok) return result;
      written.push(key);
      return writeList(p, false);
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
      for (const p of parts) if (result.ok) result = writeList(p, true);
      return result;
    },
    lists: () => parts.map((p) => `${folder}${p.name}.m3u8`),
    keys: () => [...parts.map((p) => `${folder}${p.name}.m3u8`), ...written],
  };
}
