import { createHash } from 'node:crypto';
import { maxChannelNameBytes } from './channel-name.ts';

/** Letters of the hash that stands for what a name cannot hold. */
const printLength = 8;

/**
 * The name under which a web page is recorded when nobody gives it one: host and path, so that two pages of a host are two recordings. Agora's names
 * have no `/`, so `:` stands for it. What follows the path may be a secret, and is left out.
 */
export function pageName(address: string): string {
  if (!URL.canParse(address)) return 'web-page';
  const { host, pathname } = new URL(address);
  const full = [host, ...pathname.split('/').filter(Boolean)].join(':');
  const safe = full.replace(/[^A-Za-z0-9.:_~-]+/g, '-');
  if (safe === full && full.length <= maxChannelNameBytes) return full;
  const print = createHash('sha256').update(full).digest('hex').slice(0, printLength);
  return `${safe.slice(0, maxChannelNameBytes - printLength - 1)}-${print}`;
}
