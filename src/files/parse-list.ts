import type { Manifest } from 'm3u8-parser';
import { keyProblem } from './encode-key.ts';

export interface Slice {
  /** The whole object key. */
  key: string;
  seconds: number;
  /** The stream broke before it. */
  discontinuity: boolean;
}

/** An HLS list as a recording has it. */
export interface RecordedList {
  /** It names other lists instead of slices. */
  isMaster: boolean;
  slices: Slice[];
  /** Object keys of the lists that a master names, each once. */
  variants: string[];
  /** Entries that lead out of the list's folder: a file in a bucket is not to be trusted. They are left out. */
  refused: number;
  /** Sum of the slices. */
  seconds: number;
  /** It has its end mark, so nothing will be added. */
  ended: boolean;
}

let parsing: Promise<typeof import('m3u8-parser')> | undefined;

/**
 * Reads the text of a list, or answers undefined when it is none. Takes what Agora writes: lengths without the comma after them, AGORA tags
 * (Agora docs, manage recorded files), and comment lines. `listKey` is the list's own object key.
 */
export async function parseList(text: string, listKey: string): Promise<RecordedList | undefined> {
  if (!/^\uFEFF?\s*#EXTM3U(\s|$)/.test(text)) return undefined;
  parsing ??= import('m3u8-parser');
  const { Parser } = await parsing;
  const parser = new Parser();
  parser.push(text.replace(/^\uFEFF/, ''));
  parser.end();
  const { manifest } = parser;
  const folder = listKey.slice(0, listKey.lastIndexOf('/') + 1);
  let refused = 0;
  const keyOf = (uri: string): string | undefined => {
    const name = plainName(uri);
    if (name === undefined) refused += 1;
    return name === undefined ? undefined : folder + name;
  };
  const variants = new Set<string>();
  const slices: Slice[] = [];
  for (const uri of listUris(manifest)) {
    const key = keyOf(uri);
    if (key !== undefined) variants.add(key);
  }
  let broken = false;
  for (const s of manifest.playlists ? [] : manifest.segments) {
    const key = keyOf(s.uri);
    const discontinuity = s.discontinuity === true || broken;
    // What is left out leaves a gap, which players have to know of.
    broken = key === undefined;
    if (key?.endsWith('.m3u8')) variants.add(key);
    else if (key !== undefined) slices.push({ key, seconds: s.duration ?? 0, discontinuity });
  }
  return {
    isMaster: variants.size > 0 && slices.length === 0,
    slices,
    variants: [...variants],
    refused,
    seconds: slices.reduce((sum, s) => sum + s.seconds, 0),
    ended: manifest.endList === true,
  };
}

function listUris(manifest: Manifest): string[] {
  const groups = Object.values(manifest.mediaGroups ?? {}).flatMap((group) => Object.values(group));
  const renditions = groups.flatMap((group) => Object.values(group)).map((rendition) => rendition.uri);
  return [...(manifest.playlists ?? []).map((p) => p.uri), ...renditions].filter((uri) => uri !== undefined);
}

/**
 * The name that an entry means, relative to the list's folder. Undefined for what leads elsewhere: schemes, hosts, absolute paths, "..", queries.
 * Agora's own names are bare, and hold none of these characters.
 */
function plainName(uri: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(uri);
  } catch {
    return undefined;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\\:?#\u0000-\u001f]/.test(name) || name.startsWith('/') || keyProblem(name)) return undefined;
  return name;
}
