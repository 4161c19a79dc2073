import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLoop } from './mp4.ts';

/** What a stream carries: both tracks of the test film, or one of them. */
export type Medium = 'film' | 'audio' | 'video';

/** Some pieces of the film in a row. The bytes are shared: whoever gets them leaves them alone. */
export interface Cut {
  body: Buffer;
  /** Exact length. */
  seconds: number;
  pieces: number;
}

export interface Media {
  /** `wanted` pieces from this one on, fewer where the film ends before: a slice never spans the seam. `from` counts on over the seam. */
  cut(medium: Medium, from: number, wanted: number): Cut;
  /** How many pieces the film has until it begins anew. */
  pieces(medium: Medium): number;
  /** An MP4 of the film, again and again, for so many seconds. */
  mp4(seconds: number): Buffer;
  snapshot(): Buffer;
}

interface Reel {
  body: Buffer;
  pieces: { from: number; to: number; seconds: number }[];
}

const folder = join(import.meta.dirname, '../media');
const read = (name: string) => readFileSync(join(folder, name));

/** The committed test film that every recording shows (sandbox/media/README.md). Each part is read when it is first needed. */
export function loadMedia(): Media {
  const reels: Partial<Record<Medium, Reel>> = {};
  let loop: ((seconds: number) => Buffer) | undefined;
  let picture: Buffer | undefined;

  function reel(medium: Medium): Reel {
    reels[medium] ??= loadReel(`${medium}.m3u8`);
    return reels[medium];
  }

  return {
    cut(medium, from, wanted) {
      const { body, pieces } = reel(medium);
      const first = from % pieces.length;
      const run = pieces.slice(first, first + wanted);
      const [begin, end] = [run[0], run.at(-1)];
      if (!begin || !end) throw new Error(`The test film has no piece ${first}`);
      const seconds = run.reduce((sum, p) => sum + p.seconds, 0);
      return { body: body.subarray(begin.from, end.to), seconds, pieces: run.length };
    },
    pieces: (medium) => reel(medium).pieces.length,
    mp4(seconds) {
      loop ??= createLoop(read('film.mp4'));
      return loop(seconds);
    },
    snapshot() {
      picture ??= read('snapshot.jpg');
      return picture;
    },
  };
}

/** Reads a list of slices that follow one another without a seam, each in a file of its own or all in one (RFC 8216, EXT-X-BYTERANGE). */
function loadReel(listName: string): Reel {
  const reel: Reel = { body: Buffer.alloc(0), pieces: [] };
  const bodies = new Map<string, Buffer>();
  let seconds = 0;
  let length: number | undefined;
  let end = 0;
  for (const line of read(listName).toString().split('\n')) {
    const tag = /^#(EXTINF|EXT-X-BYTERANGE):([\d.]+)/.exec(line);
    if (tag?.[1] === 'EXTINF') seconds = Number(tag[2]);
    if (tag?.[1] === 'EXT-X-BYTERANGE') length = Number(tag[2]);
    if (line === '' || line.startsWith('#')) continue;
    if (!bodies.has(line)) bodies.set(line, read(line));
    const from = end;
    end += length ?? bodies.get(line)?.length ?? 0;
    reel.pieces.push({ from, to: end, seconds });
  }
  reel.body = Buffer.concat([...bodies.values()]);
  return reel;
}
