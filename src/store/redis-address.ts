export interface RedisNode {
  host: string;
  port: number;
}

/** What STORE_URL says about Redis: one server, Sentinel's master of a name, or a Cluster. */
export type RedisAddress =
  | { kind: 'one'; url: string }
  | ({ kind: 'sentinel'; nodes: RedisNode[]; master: string; db: number; sentinel: Credentials } & Credentials & Tls)
  | ({ kind: 'cluster'; nodes: RedisNode[] } & Credentials & Tls);

interface Credentials {
  username?: string;
  password?: string;
}
interface Tls {
  tls: boolean;
}

const ports = { sentinel: 26_379, cluster: 6_379 };
const example = {
  one: 'redis://host:6379',
  sentinel: 'redis+sentinel://host:26379,host2:26379/mymaster',
  cluster: 'redis+cluster://host:6379,host2:6379',
};
const escapes = 'special characters of a password are written as %40 and the like';

/** True for every address that {@link readRedisAddress} is for. */
export const isRedis = (url: string): boolean => /^rediss?(\+[a-z]+)?:/.test(url);

/**
 * Reads `redis://…`, `redis+sentinel://user:password@host:26379,host2:26379/mymaster/0?sentinelPassword=…` and `redis+cluster://host,host2`;
 * `rediss` for TLS. The notations with a plus are those of other clients for Sentinel and Cluster; an URL proper has one host only.
 *
 * A problem is a sentence's end that shows nothing of the address, which may hold a password.
 */
export function readRedisAddress(url: string): RedisAddress | { problem: string } {
  const [, tls, kind] = /^redis(s?)(?:\+([a-z]+))?:\/\//.exec(url) ?? [];
  if (kind === undefined) {
    const fine = tls !== undefined && URL.canParse(url) && new URL(url).hostname !== '';
    return fine ? { kind: 'one', url } : { problem: `must be an address such as ${example.one}; ${escapes}` };
  }
  if (kind !== 'sentinel' && kind !== 'cluster') {
    return { problem: 'must begin with redis://, redis+sentinel:// or redis+cluster://, or the same with rediss' };
  }
  const wrong = { problem: `must be an address such as ${example[kind]}; ${escapes}` };
  const [, user, hosts = '', rest = ''] = /:\/\/(?:([^@/]*)@)?([^/?#@]+)((?:[/?][^#]*)?)$/.exec(url) ?? [];
  const nodes = readNodes(hosts, ports[kind]);
  const own = readCredentials(user);
  if (!nodes || !own || !URL.canParse(`redis://host${rest}`)) return wrong;
  const { pathname, searchParams } = new URL(`redis://host${rest}`);
  const path = pathname.split('/').slice(1);
  const asked = [...searchParams.keys()];
  if (kind === 'cluster') {
    if (path.some((p) => p !== '')) return { problem: 'must not name a database: a Redis Cluster has one only' };
    return asked.length > 0 ? wrong : { kind, nodes, tls: tls === 's', ...own };
  }
  const [master = '', db = '0', ...more] = path;
  if (master === '') return { problem: `must name the master that Sentinel watches, as in ${example.sentinel}` };
  const known = asked.every((name) => name === 'sentinelUsername' || name === 'sentinelPassword');
  if (!known || more.length > 0 || !/^\d{1,3}$/.test(db)) return wrong;
  const name = decode(master);
  if (name === undefined) return wrong;
  const [username, password] = [searchParams.get('sentinelUsername'), searchParams.get('sentinelPassword')];
  const sentinel = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  return { kind, nodes, master: name, db: Number(db), tls: tls === 's', sentinel, ...own };
}

/** Hosts and ports, to be shown. */
export function showRedisAddress(address: RedisAddress): string {
  if (address.kind === 'one') return new URL(address.url).host;
  return address.nodes.map((n) => `${n.host.includes(':') ? `[${n.host}]` : n.host}:${n.port}`).join(', ');
}

/** What must not be shown. */
export function redisSecrets(url: string): string[] {
  const address = isRedis(url) ? readRedisAddress(url) : undefined;
  if (!address || 'problem' in address) return [];
  if (address.kind === 'one') return [decode(new URL(address.url).password) ?? ''].filter((s) => s !== '');
  const also = address.kind === 'sentinel' ? address.sentinel.password : undefined;
  return [address.password, also].filter((s) => s !== undefined);
}

function readNodes(text: string, port: number): RedisNode[] | undefined {
  const nodes: RedisNode[] = [];
  for (const part of text.split(',')) {
    const [, host, given] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(part.trim()) ?? [];
    const number = given === undefined ? port : Number(given);
    if (host === undefined || number < 1 || number > 65_535) return undefined;
    nodes.push({ host: host.replace(/^\[|\]$/g, ''), port: number });
  }
  return nodes;
}

function readCredentials(text: string | undefined): Credentials | undefined {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  // As in URLs of Redis elsewhere: what stands alone is a name.
  const username = decode(colon < 0 ? text : text.slice(0, colon));
  const password = decode(colon < 0 ? '' : text.slice(colon + 1));
  if (username === undefined || password === undefined) return undefined;
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
