import { dirname, join } from 'node:path/posix';
import type { BucketClient } from '../../sandbox/agora/bucket-client.ts';
import type { FileCheck } from '../../src/recording/file-check.ts';
import type { FileReport } from '../../src/recording/recorded-files.ts';

export interface MemoryBucket {
  /** For the sandbox's Agora. */
  client: BucketClient;
  /** For the bot. It stands for src/files, which has tests of its own against real buckets. */
  check: FileCheck;
  objects: ReadonlyMap<string, Buffer>;
  /** What happens to uploads from now on. */
  setUploads(how: 'stored' | 'refused' | 'unreachable'): void;
  /** Whether the bot is told what is there. */
  setReadable(readable: boolean): void;
}

/** A bucket without a server. */
export function createMemoryBucket(now: () => number): MemoryBucket {
  const objects = new Map<string, Buffer>();
  let uploads: 'stored' | 'refused' | 'unreachable' = 'stored';
  let readable = true;

  function look(name: string): { there: boolean; ended: boolean; missing: string[]; slices: number; size: number } {
    const body = objects.get(name);
    if (!body || body.length === 0) return { there: false, ended: true, missing: [name], slices: 0, size: 0 };
    if (!name.endsWith('.m3u8')) return { there: true, ended: true, missing: [], slices: 0, size: body.length };
    const text = body.toString();
    const slices = text
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => join(dirname(name), line.trim()));
    return {
      there: true,
      ended: text.includes('#EXT-X-ENDLIST'),
      missing: slices.filter((s) => !objects.has(s)),
      slices: slices.length,
      size: slices.reduce((sum, s) => sum + (objects.get(s)?.length ?? 0), 0),
    };
  }

  return {
    objects,
    client: {
      async put(_target, key, body) {
        if (uploads === 'stored') objects.set(key, body);
        return uploads;
      },
      close: () => undefined,
    },
    check: {
      async inspect(_storage, names): Promise<FileReport> {
        const at = now();
        const nothing = { at, ended: false, files: [], missing: [], missingCount: 0 };
        if (!readable) return { ...nothing, verdict: 'unknown' };
        const seen = names.map((name) => ({ name, ...look(name) }));
        const missing = seen.flatMap((f) => f.missing);
        return {
          at,
          verdict: names.length === 0 ? 'unknown' : missing.length > 0 ? 'missing' : 'ready',
          ended: seen.every((f) => f.ended),
          files: seen
            .filter((f) => f.there)
            .map((f) => ({ name: f.name, size: f.size, ...(f.slices > 0 ? { slices: f.slices } : {}) })),
          missing: missing.slice(0, 20),
          missingCount: missing.length,
        };
      },
      async search(_storage, r) {
        const isOurs = (key: string) => key.includes(r.sid) && /\.(m3u8|mp4)$/.test(key);
        // Those of the first recorder are named by Agora, and asked for where it may not have named them all.
        const isAsked = (key: string) => r.copies || /(^|\/)bak\d+_/.test(key);
        const lists = readable ? [...objects.keys()].filter((key) => isOurs(key) && isAsked(key)) : [];
        return { found: lists.map((name) => ({ name })), expected: [] };
      },
    },
    setUploads(how) {
      uploads = how;
    },
    setReadable(value) {
      readable = value;
    },
  };
}
