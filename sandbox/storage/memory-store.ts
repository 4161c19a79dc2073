import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

/** What the server keeps of an object beside its bytes: `content-type` and what else came with it. */
type Metadata = Record<string, string>;

interface StoredObject {
  body: Buffer;
  md5: string;
  modified: Date;
  metadata: Metadata;
}

/** Where s3rver keeps a bucket's objects (the methods of its stores that are called for what is let through here). */
export interface MemoryStore {
  getBucket(name: string): Promise<{ name: string } | null>;
  putBucket(name: string): Promise<{ name: string } | null>;
  existsObject(bucket: string, key: string): Promise<boolean>;
  putObject(object: {
    key: string;
    content: AsyncIterable<Buffer>;
    metadata: Metadata;
  }): Promise<{ size: number; md5: string }>;
  getObject(bucket: string, key: string, range?: { start?: number; end?: number }): Promise<object | null>;
  listObjects(
    bucket: string,
    how: { prefix?: string; startAfter?: string; maxKeys: number },
  ): Promise<{ objects: object[]; commonPrefixes: string[]; isTruncated: boolean }>;
  getSubresource(bucket: string, key: string | undefined, type: string): Promise<object | null>;
  putSubresource(bucket: string, key: string | undefined, resource: { type: string }): Promise<void>;

  /** Writes an object past the server. */
  put(key: string, body: Buffer): void;
  get(key: string): Buffer | undefined;
  /** False when there was none. */
  remove(key: string): boolean;
  /** The oldest first. `size`: bytes. */
  all(): { key: string; size: number; modified: Date }[];
}

/** Past so many objects the oldest media files are dropped too: names take memory as well. */
const mostObjects = 50_000;

/**
 * One bucket in memory. An object is there whole or not at all, as at Amazon. Past `capacity` bytes the oldest media files are dropped, because a
 * sandbox must not fill a machine.
 */
export function createMemoryStore(bucket: string, capacity: number): MemoryStore {
  const objects = new Map<string, StoredObject>();
  /** Bodies by their MD5, and how many objects share each: the same film is written again and again, and takes memory once. */
  const bodies = new Map<string, { body: Buffer; sharers: number }>();
  const subresources = new Map<string, object>();
  let used = 0;

  function keep(key: string, content: Buffer, metadata: Metadata = {}): string {
    const md5 = createHash('md5').update(content).digest('hex');
    const known = bodies.get(md5) ?? { body: content, sharers: 0 };
    if (known.sharers === 0) used += content.length;
    known.sharers += 1;
    bodies.set(md5, known);
    // What is written again is the newest.
    drop(key);
    objects.set(key, { body: known.body, md5, modified: new Date(), metadata });
    makeRoom();
    return md5;
  }

  function drop(key: string): boolean {
    const object = objects.get(key);
    const shared = object && bodies.get(object.md5);
    if (object && shared) {
      shared.sharers -= 1;
      if (shared.sharers === 0) {
        bodies.delete(object.md5);
        used -= shared.body.length;
      }
    }
    return objects.delete(key);
  }

  function makeRoom(): void {
    for (const key of objects.keys()) {
      if (used <= capacity && objects.size <= mostObjects) return;
      if (/\.(ts|mp4|jpg)$/.test(key)) drop(key);
    }
  }

  /** What s3rver wants to know of an object. */
  const about = (key: string, { body, md5, modified, metadata }: StoredObject) => ({
    key,
    size: body.length,
    lastModifiedDate: modified,
    metadata: {
      // As S3 says of an object of which nobody said what it is.
      'content-type': 'binary/octet-stream',
      ...metadata,
      etag: `"${md5}"`,
      'last-modified': modified.toUTCString(),
      'content-length': body.length,
    },
  });
  const named = (name: string) => (name === bucket ? { name } : null);
  return {
    getBucket: async (name) => named(name),
    putBucket: async (name) => named(name),
    existsObject: async (_bucket, key) => objects.has(key),
    async putObject({ key, content, metadata }) {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      return { size: body.length, md5: keep(key, body, metadata) };
    },
    async getObject(_bucket, key, { start, end = Number.POSITIVE_INFINITY } = {}) {
      const object = objects.get(key);
      if (!object) return null;
      const { body } = object;
      const range = { start: start ?? 0, end: Math.min(end, Math.max(0, body.length - 1)) };
      const part = body.subarray(range.start, range.end + 1);
      return {
        ...about(key, object),
        content: range.end < range.start ? null : Readable.from([part], { objectMode: false }),
        ...(start === undefined ? {} : { range }),
      };
    },
    async listObjects(_bucket, { prefix = '', startAfter = '', maxKeys }) {
      const found = [...objects].filter(([key]) => key.startsWith(prefix) && key > startAfter);
      const page = found.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, maxKeys);
      return {
        objects: page.map(([key, object]) => about(key, object)),
        commonPrefixes: [],
        isTruncated: page.length < found.length,
      };
    },
    getSubresource: async (_bucket, _key, type) => subresources.get(type) ?? null,
    async putSubresource(_bucket, _key, resource) {
      subresources.set(resource.type, resource);
    },
    put: (key, body) => void keep(key, body),
    get: (key) => objects.get(key)?.body,
    remove: drop,
    all: () => [...objects].map(([key, { body, modified }]) => ({ key, size: body.length, modified })),
  };
}
