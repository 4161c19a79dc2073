import type { Agenda, Log } from '../recording/ports.ts';
import { createAgenda } from './create-agenda.ts';
import { isRedis } from './redis-address.ts';

/** Fewer looks at once would let one that hangs hold up the others. */
const leastLooks = 50;

/**
 * The agenda that goes with the store of STORE_URL: on Redis one for all processes, else one of this process alone. `qps`: calls a second that
 * Agora grants; so many health checks are asked for at once, so that none waits for its rate much longer than a second.
 */
export async function openAgenda(url: string, parts: { now: () => number; log: Log; qps: number }): Promise<Agenda> {
  const { now, log, qps } = parts;
  if (!isRedis(url)) return createAgenda({ now, log, looks: Math.max(leastLooks, qps) });
  // Loaded only by those who use it, for the sake of memory.
  const { createBullmqAgenda } = await import('./bullmq-agenda.ts');
  const { loadQueueClients } = await import('./queue-clients.ts');
  const clients = await loadQueueClients(url);
  return createBullmqAgenda({ clients: clients(), now, log });
}
