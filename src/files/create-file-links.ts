import type { Storage } from './bucket.ts';
import { consoleUrl } from './console-url.ts';
import { objectUrl } from './object-url.ts';
import { longestLink, signLink } from './sign-link.ts';

/** How a file can be reached; the same shape as Slack's views want it. */
interface Link {
  location: string;
  open?: string;
  download?: string;
  watch?: string;
  console?: string;
  until: number;
}

/**
 * Links to the files of recordings: where each lies, a signed link that opens it for a while, and the bot's own player for lists. What cannot be
 * signed has its location alone, and so have all files of a bucket that the key may not read: anything can be signed, but would answer 403.
 */
export function createFileLinks(parts: {
  storageOf(storage: string): Storage | undefined | Promise<Storage | undefined>;
  now(): number;
  /** Milliseconds. */
  ttl: number;
  /** Address of the player's page for one list of one recording; undefined where there is no player. */
  watchUrl?: ((r: { session: string; key: string; until: number }) => string) | undefined;
  /** Whether the bucket refuses to show this object to the key. */
  isRefused(storage: Storage, key: string): Promise<boolean>;
}) {
  const { storageOf, now, ttl, watchUrl, isRefused } = parts;
  return {
    /** Where they lie. */
    async places(s: { recipe: { storage: string } }, names: readonly string[]): Promise<Map<string, string>> {
      const storage = await storageOf(s.recipe.storage);
      return new Map(storage ? names.map((name) => [name, objectUrl(storage, name)]) : []);
    },

    async of(
      s: { id: string; recipe: { storage: string }; report?: { verdict: string } | undefined },
      names: readonly string[],
    ): Promise<Map<string, Link>> {
      const storage = await storageOf(s.recipe.storage);
      const links = new Map<string, Link>();
      const [first] = names;
      if (!storage || first === undefined) return links;
      // Asked where nobody has looked yet, and where the key could not read: it may be another one by now.
      const inDoubt = s.report === undefined || s.report.verdict === 'cannot_read';
      const closed = inDoubt && (await isRefused(storage, first));
      const at = now();
      // A link that is signed with temporary credentials dies with them, whatever it says itself.
      const keysEnd = storage.read ? undefined : storage.until;
      const until = Math.min(at + Math.min(ttl, longestLink * 1000), keysEnd ?? Infinity);
      const seconds = (until - at) / 1000;
      for (const name of names) {
        const shown = consoleUrl(storage, name);
        const place = { location: objectUrl(storage, name), ...(shown ? { console: shown } : {}), until };
        if (closed) {
          links.set(name, place);
          continue;
        }
        const open = await signLink(storage, name, { method: 'GET', now: at, seconds });
        const saved = await signLink(storage, name, {
          method: 'GET',
          now: at,
          seconds,
          downloadName: name.split('/').at(-1),
        });
        const watched = /\.(m3u8|mp4)$/i.test(name) ? watchUrl?.({ session: s.id, key: name, until }) : undefined;
        links.set(name, {
          ...place,
          ...(open.ok ? { open: open.url } : {}),
          ...(saved.ok ? { download: saved.url } : {}),
          ...(watched ? { watch: watched } : {}),
        });
      }
      return links;
    },
  };
}
