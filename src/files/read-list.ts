import type { Bucket } from './bucket.ts';
import { type Lookup, refused, unreached } from './look-up.ts';
import { parseList, type RecordedList } from './parse-list.ts';
import { signLink } from './sign-link.ts';

export type ListReading =
  | ({ kind: 'list' } & RecordedList)
  /** There is something, and it is no list. */
  | { kind: 'broken'; why: string }
  | Exclude<Lookup, { kind: 'there' }>;

/** A day in slices of fifteen seconds is about 700 KB; what is much larger is no list of Agora's. Bytes. */
export const longestList = 8 * 1024 * 1024;
/** Milliseconds for the whole list. */
const patience = 20_000;

/** Fetches an HLS list from its bucket and says what it names. Never throws for what the bucket answers or what the list holds. */
export async function readList(bucket: Bucket, key: string, now = Date.now()): Promise<ListReading> {
  const link = await signLink(bucket, key, { method: 'GET', now, seconds: 300 });
  if (!link.ok) return { kind: 'unknown', why: link.why };
  let text: string | undefined;
  try {
    const response = await fetch(link.url, { redirect: 'manual', signal: AbortSignal.timeout(patience) });
    if (response.status !== 200) {
      await response.body?.cancel();
      return refused(response, now);
    }
    text = await readText(response, longestList);
  } catch (error) {
    return { kind: 'unknown', why: unreached(error) };
  }
  if (text === undefined) return { kind: 'broken', why: 'The list is too large to be one.' };
  if (text === '') return { kind: 'absent' };
  const list = await parseList(text, key);
  return list ? { kind: 'list', ...list } : { kind: 'broken', why: 'The file is not an HLS list.' };
}

/** The body as text; undefined when it has more than `most` bytes, of which no more are read. */
async function readText(response: Response, most: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
