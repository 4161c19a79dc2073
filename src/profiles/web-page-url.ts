import { publicAddress } from './public-address.ts';

/** A pattern of `webPages.allow`: a host, or `*.` and a host for everything below it. */
export const hostPattern = /^(\*\.)?([a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/i;

/**
 * One sentence on why this page is not recorded; undefined when it may be. https, a public host in plain notation, no user name, no odd port;
 * with `allow` only hosts that fit one of its patterns (`*.example.com`: everything below it). Names are not looked up: Agora, not the bot, opens
 * the page.
 */
export function webPageProblem(text: string, allow: readonly string[]): string | undefined {
  const address = publicAddress(text, {
    schemes: ['https'],
    ports: ['443', '8443'],
    scheme: 'The address of a page must begin with https://.',
  });
  if (!address.ok) return address.problem;
  if (allow.length === 0 || allow.some((pattern) => fits(address.host, pattern.toLowerCase()))) return undefined;
  const [first = '', ...more] = allow;
  const shown = more.length > 0 ? `${[first, ...more.slice(0, 8)].join(', ')}${more.length > 8 ? ', …' : ''}` : first;
  return `Pages of this host are not recorded here; it must be one of ${shown}.`;
}

/** One sentence on why this RTMP address is not pushed to; undefined when it may be. The host is judged like a page's; any port is taken. */
export function rtmpProblem(url: string): string | undefined {
  const address = publicAddress(url, {
    schemes: ['rtmp', 'rtmps'],
    scheme: 'The address must begin with rtmp:// or rtmps://.',
  });
  if (!address.ok) return address.problem;
  return address.path.length > 1 ? undefined : 'The address must go on after the host, such as rtmps://host/app/key.';
}

function fits(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
