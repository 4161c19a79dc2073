import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgoraSandbox } from '../../sandbox/agora/create-agora.ts';

/** One request of a bot's, as it came in at Agora. Times in ms since the epoch. */
export interface Call {
  place: number;
  endpoint: string;
  cname: string;
  at: number;
  /** When it was answered, or the connection ended. */
  end: number;
  /** The HTTP status of the answer. */
  status: number;
}

export interface CallLog {
  /** Agora's address for each bot: so each call says whose it is. */
  urls: string[];
  /** Calls that are over. */
  all: readonly Call[];
  /** Resolves at the next answer to one of these from a bot, before that bot can have heard it. */
  next(place: number, endpoints: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A door to Agora for each bot. The sandbox remembers the newest calls only; here all are kept. */
export async function createCallLog(agora: AgoraSandbox, replicas: number): Promise<CallLog> {
  const all: Call[] = [];
  const waiting = new Set<(call: Call) => void>();
  const servers = Array.from({ length: replicas }, (_, place) =>
    createServer((request, response) => {
      const at = Date.now();
      const path = (request.url ?? '').split('?')[0] ?? '';
      const call = { place, endpoint: path.split('/').at(-1) ?? '', cname: '', at, end: at, status: 0 };
      const { end } = response;
      response.end = ((...args: Parameters<typeof end>) => {
        call.cname = nameOf(agora, path);
        for (const tell of waiting) tell(call);
        return end.apply(response, args);
      }) as typeof end;
      response.on('close', () => {
        // The bot went away before it was answered.
        call.cname ||= nameOf(agora, path);
        call.end = Date.now();
        call.status = response.statusCode;
        all.push(call);
      });
      agora.listener(request, response);
    }),
  );
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    urls: servers.map((s) => `http://127.0.0.1:${(s.address() as AddressInfo).port}`),
    all,
    next: (place, endpoints) =>
      new Promise((resolve) => {
        const tell = (call: Call) => {
          if (call.place !== place || !endpoints.includes(call.endpoint)) return;
          waiting.delete(tell);
          resolve();
        };
        waiting.add(tell);
      }),
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

function nameOf(agora: AgoraSandbox, path: string): string {
  const body = agora.requests.findLast((r) => r.path === path)?.body;
  if (typeof body === 'object' && body !== null && 'cname' in body) return String(body.cname);
  const sid = /\/sid\/([^/]+)/.exec(path)?.[1];
  return agora.ledger().find((t) => t.sid === sid)?.cname ?? '';
}

/** A time in which something was broken: one bot, or the way of all to Redis. */
export interface Trouble {
  place: number | 'all';
  from: number;
  to: number;
}

export interface Repeats {
  /** Calls that were made already, and whose answer the bot could not keep, because it was killed, frozen or cut off just then. */
  forced: Call[];
  /** Calls that were made already for no such reason. */
  needless: Call[];
}

/** A call and what is saved of it belong together for so long after its answer. Milliseconds. */
const saving = 1_000;
/** A recording is looked at every 15 s, and a query sooner than that is one too many; those of the proof at the beginning follow faster. Milliseconds. */
const soon = 14_000;
const proof = 20_000;
/** What one recording needs. */
const needed: readonly string[] = ['acquire', 'start', 'query', 'stop'];

/**
 * Which calls repeat an earlier one: a second acquire, start or stop for a recording, a query that follows another one soon, and whatever else is
 * asked to make up for a start. Each is put down to trouble only if the call that it repeats was under way, or not yet saved, while its own caller
 * or the store was in trouble; or if that one repeats an answer which was lost so, and got a 404, which a failover may give as well and which is
 * believed only after two minutes.
 */
export function countRepeats(calls: readonly Call[], troubles: readonly Trouble[]): Repeats {
  const repeats: Repeats = { forced: [], needless: [] };
  const last = new Map<string, Call>();
  const first = new Map<string, number>();
  for (const call of calls.toSorted((a, b) => a.at - b.at)) {
    const key = `${call.endpoint} ${call.cname}`;
    const isNeeded = needed.includes(call.endpoint);
    const before = isNeeded ? last.get(key) : (last.get(`start ${call.cname}`) ?? call);
    last.set(key, call);
    first.set(call.cname, first.get(call.cname) ?? call.at);
    if (!before) continue;
    if (call.endpoint === 'query') {
      const proving = call.at - (first.get(call.cname) ?? 0) < proof;
      if (proving || call.at - before.end >= soon) continue;
    }
    const hurt = troubles.some(
      (t) => (t.place === 'all' || t.place === before.place) && t.from <= before.end + saving && t.to >= before.at,
    );
    const doubted = before.status === 404 && repeats.forced.includes(before);
    repeats[hurt || doubted ? 'forced' : 'needless'].push(call);
  }
  return repeats;
}
