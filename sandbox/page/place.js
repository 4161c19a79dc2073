/**
 * Where the reader is, as the address tells it: `/#user=U…&channel=C…`, or a message's own address as chat.getPermalink gives it:
 * `/archives/C…/p1784000000000100?thread_ts=…`.
 * @typedef {{ [name in 'user' | 'channel' | 'ts' | 'threadTs']?: string | undefined }} Place
 */

/** @param {URL | Location} address @returns {Place} */
export function readPlace(address) {
  const hash = new URLSearchParams(address.hash.slice(1));
  const [, channel, digits] = /^\/archives\/([^/]+)(?:\/p(\d{7,}))?/.exec(address.pathname) ?? [];
  return {
    user: hash.get('user') ?? undefined,
    channel: channel ?? hash.get('channel') ?? undefined,
    ts: digits && `${digits.slice(0, -6)}.${digits.slice(-6)}`,
    threadTs: new URLSearchParams(address.search).get('thread_ts') ?? undefined,
  };
}

/** @param {string} user @param {string} channel */
export function writePlace(user, channel) {
  history.replaceState(null, '', `/#${new URLSearchParams({ user, channel })}`);
}
