/*
 * Makes an MP4 of any length out of one short film, without touching a frame: the media stays as it is and the sample tables name it again
 * and again (ISO/IEC 14496-12). So two hours are three megabytes, and really play for two hours.
 */

interface Track {
  /** The boxes of `trak` that are kept as they are: everything but edit lists. */
  trak: Buffer;
  timescale: number;
  /** Length of every sample in units of the timescale: the film has a constant frame rate. */
  sampleLength: number;
  sizes: number[];
  /** From the beginning of `mdat`'s content. */
  offsets: number[];
  /** Numbers of the key frames from 1; undefined: all are. */
  sync: number[] | undefined;
}

/** Gives a function that makes an MP4 of the film for so many seconds. `film`: an MP4 with its `moov` first. */
export function createLoop(film: Buffer): (seconds: number) => Buffer {
  const moov = need(film, 'moov');
  const mdat = need(film, 'mdat');
  const mdatAt = mdat.byteOffset - film.byteOffset;
  const tracks = boxes(moov).flatMap((b) => (b.type === 'trak' ? [readTrack(b.body, mdatAt)] : []));
  const ftyp = box('ftyp', need(film, 'ftyp'));
  const mvhd = need(moov, 'mvhd');
  const movieScale = mvhd.readUInt32BE(12);

  return (seconds) => {
    const moovAt = (base: number): Buffer => {
      const header = Buffer.from(mvhd);
      header.writeUInt32BE(Math.round(seconds * movieScale), 16);
      return box('moov', box('mvhd', header), ...tracks.map((t) => writeTrack(t, seconds, movieScale, base)));
    };
    // How long the tables are does not depend on what they say.
    const base = ftyp.length + moovAt(0).length + 8;
    return Buffer.concat([ftyp, moovAt(base), box('mdat', mdat)]);
  };
}

function readTrack(trak: Buffer, mdatAt: number): Track {
  const mdia = need(trak, 'mdia');
  const stbl = need(need(mdia, 'minf'), 'stbl');
  const sizes = numbers(need(stbl, 'stsz'), 8, 1);
  const chunks = numbers(need(stbl, 'stco'), 4, 1);
  const runs = numbers(need(stbl, 'stsc'), 4, 3);
  const stss = find(stbl, 'stss');
  const offsets: number[] = [];
  for (const [chunk, start] of chunks.entries()) {
    const run = runs.filter((_, i) => i % 3 === 0).findLastIndex((first) => first <= chunk + 1);
    let at = start - mdatAt;
    for (let n = runs[run * 3 + 1] ?? 0; n > 0; n--) {
      at += sizes[offsets.push(at) - 1] ?? 0;
    }
  }
  return {
    trak,
    timescale: need(mdia, 'mdhd').readUInt32BE(12),
    sampleLength: need(stbl, 'stts').readUInt32BE(12),
    sizes,
    offsets,
    sync: stss && numbers(stss, 4, 1),
  };
}

function writeTrack(track: Track, seconds: number, movieScale: number, base: number): Buffer {
  const count = Math.ceil((seconds * track.timescale) / track.sampleLength);
  const loop = track.sizes.length;
  const again = (from: number[], shift: number) =>
    Array.from({ length: count }, (_, i) => (from[i % loop] ?? 0) + shift);
  const sync = track.sync?.flatMap((n) =>
    Array.from({ length: Math.ceil((count - n + 1) / loop) }, (_, round) => n + round * loop),
  );
  const tables: Record<string, Buffer[]> = {
    stts: [u32(0, 1, count, track.sampleLength)],
    ...(sync ? { stss: [u32(0, sync.length, ...sync.sort((a, b) => a - b))] } : {}),
    // Each sample is a chunk of its own.
    stsc: [u32(0, 1, 1, 1, 1)],
    stsz: [u32(0, 0, count), u32List(again(track.sizes, 0))],
    stco: [u32(0, count), u32List(again(track.offsets, base))],
  };
  const rebuild = (type: string, body: Buffer): Buffer => {
    if (['mdia', 'minf', 'stbl'].includes(type))
      return box(type, ...boxes(body).map((b) => (dropped.has(b.type) ? empty : rebuild(b.type, b.body))));
    const table = tables[type];
    if (table) return box(type, ...table);
    const copy = Buffer.from(body);
    if (type === 'tkhd') copy.writeUInt32BE(Math.round(seconds * movieScale), 20);
    if (type === 'mdhd') copy.writeUInt32BE(count * track.sampleLength, 16);
    return box(type, copy);
  };
  return box('trak', ...boxes(track.trak).map((b) => (dropped.has(b.type) ? empty : rebuild(b.type, b.body))));
}

const empty = Buffer.alloc(0);
/** Edit lists and sample groups speak of one round only. */
const dropped = new Set(['edts', 'sgpd', 'sbgp']);

function boxes(body: Buffer): { type: string; body: Buffer }[] {
  const all: { type: string; body: Buffer }[] = [];
  for (let at = 0; at + 8 <= body.length; ) {
    const length = body.readUInt32BE(at);
    if (length < 8) throw new Error('The test film is no MP4 that can be read');
    all.push({ type: body.toString('latin1', at + 4, at + 8), body: body.subarray(at + 8, at + length) });
    at += length;
  }
  return all;
}

const find = (body: Buffer, type: string) => boxes(body).find((b) => b.type === type)?.body;

function need(body: Buffer, type: string): Buffer {
  const found = find(body, type);
  if (!found) throw new Error(`The test film has no ${type}`);
  return found;
}

/** The numbers of a table whose count is at `countAt`, with so many to a row. */
function numbers(table: Buffer, countAt: number, width: number): number[] {
  const count = table.readUInt32BE(countAt) * width;
  return Array.from({ length: count }, (_, i) => table.readUInt32BE(countAt + 4 + i * 4));
}

function box(type: string, ...parts: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(parts.reduce((sum, p) => sum + p.length, 8));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

const u32 = (...values: number[]): Buffer => u32List(values);

function u32List(values: number[]): Buffer {
  const out = Buffer.allocUnsafe(values.length * 4);
  for (const [i, v] of values.entries()) out.writeUInt32BE(v, i * 4);
  return out;
}
