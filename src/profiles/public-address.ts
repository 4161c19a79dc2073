import ipaddr from 'ipaddr.js';

/** Names that never leave a network or a machine, with everything below them. */
const localNames =
  'localhost localdomain local internal intranet lan corp home private arpa metadata.goog metadata.tencentyun.com metadata.packet.net metadata.platformequinix.com'.split(
    ' ',
  );

/** Services whose names stand for any address that is written into them, in many notations, or for this machine. */
const echoNames =
  'nip.io sslip.io xip.io backname.io traefik.me localtest.me lvh.me vcap.me lacolhost.com localho.st local.gd rbndr.us 1u.ms'.split(
    ' ',
  );

/** Azure's own service for the machines of a network; the address looks like a public one (Microsoft docs, what is 168.63.129.16). */
const azureService = '168.63.129.16';

interface AddressRules {
  /** Without the colon. */
  schemes: readonly string[];
  /** Besides none; left out: any. */
  ports?: readonly string[];
  /** A sentence on the scheme. */
  scheme: string;
}

/** Longest address. */
export const maxAddress = 1024;

/**
 * The parts of an address that anybody on the Internet could open, or one sentence on why it is none. Only the plain notation is taken, because
 * Agora's reader of addresses may understand another one differently. Names are not looked up: Agora opens the address and not the bot, so what a
 * name leads to is Agora's to guard, and may change between now and then.
 */
export function publicAddress(
  text: string,
  rules: AddressRules,
): { ok: true; host: string; path: string } | { ok: false; problem: string } {
  const refuse = (problem: string) => ({ ok: false, problem }) as const;
  if (text.length > maxAddress) return refuse(`An address has at most ${maxAddress} characters.`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\u0000-\u001f\u007f\\]/.test(text)) {
    return refuse('An address has no spaces, no backslashes and no characters that cannot be seen.');
  }
  const scheme = /^([a-z]+):\/\//i.exec(text)?.[1] ?? '';
  if (!rules.schemes.includes(scheme.toLowerCase())) return refuse(rules.scheme);
  const rest = text.slice(scheme.length + '://'.length);
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  if (authority.includes('@')) return refuse('An address must not have a user name or a password before the host.');
  const parts = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i.exec(authority);
  if (!parts) {
    return refuse('The host must be written with plain letters, digits, dots and hyphens; in other alphabets as xn--.');
  }
  const [, host = '', port] = parts;
  // The special scheme makes the reader turn numbers into the address that they stand for.
  const url = URL.parse(`https://${rest}`);
  if (!url) return refuse('This is not an address: check the host and the port.');
  if (port !== undefined && (Number(port) === 0 || (rules.ports && !rules.ports.includes(port)))) {
    return refuse(
      `The port must be left out${rules.ports ? ` or be ${rules.ports.join(' or ')}` : ' or be from 1 to 65535'}.`,
    );
  }
  const problem = hostProblem(host.toLowerCase(), url.hostname);
  return problem ? refuse(problem) : { ok: true, host: url.hostname, path: `${url.pathname}${url.search}` };
}

/** `typed`: in lower case; `read`: what URL makes of it, with IPv4 as four numbers and IPv6 in brackets. */
function hostProblem(typed: string, read: string): string | undefined {
  if (read.startsWith('[')) return isPublic(read.slice(1, -1)) ? undefined : notPublic;
  if (ipaddr.IPv4.isValidFourPartDecimal(read)) {
    if (!isPublic(read)) return notPublic;
    return typed === read ? undefined : 'An IP address must be written as four plain numbers with dots.';
  }
  if (read.endsWith('.')) return 'The host must not end with a dot.';
  const labels = read.split('.');
  if (read.length > 253 || labels.some((l) => l === '' || l.length > 63)) return 'The host is not a name that exists.';
  if (labels.length < 2 || isBelow(read, localNames)) {
    return 'The host must be one that the whole Internet knows, and not a name of a machine or a private network.';
  }
  if (isBelow(read, echoNames) || embedded(read).some((address) => !isPublic(address))) {
    return 'The host must not be a name that stands for the IP address written in it.';
  }
  return undefined;
}

const notPublic = 'The host must not be a private, local or reserved IP address.';

/** True for an address that is routed on the Internet and means one machine there. Whatever carries an IPv4 address inside IPv6 is none. */
function isPublic(text: string): boolean {
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || address.toString() === azureService) return false;
  if (!(address instanceof ipaddr.IPv6)) return true;
  const { parts } = address;
  // 2000::/3 is all that was ever given out (IANA, IPv6 global unicast); 5efe is ISATAP's mark (RFC 5214).
  return (parts[0] ?? 0) >> 13 === 1 && !((parts[5] ?? 0) === 0x5efe && ((parts[4] ?? 0) & 0xfdff) === 0);
}

/** `a.b` and `x.a.b` are below `a.b`. */
function isBelow(host: string, names: readonly string[]): boolean {
  return names.some((name) => host === name || host.endsWith(`.${name}`));
}

/** IPv4 addresses in a name, with dots or hyphens: `10-0-0-1.example.com`. */
function embedded(host: string): string[] {
  // Looking ahead finds those that overlap.
  return [...host.matchAll(/(?<!\d)(?=((?:\d{1,3}[.-]){3}\d{1,3})(?!\d))/g)]
    .map((m) => (m[1] ?? '').split(/[.-]/).map(Number))
    .filter((numbers) => numbers.every((n) => n <= 255))
    .map((numbers) => numbers.join('.'));
}
