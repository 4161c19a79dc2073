import type { Agenda, Log } from '../recording/ports.ts';
import { createAgenda } from './create-agenda.ts';
import { isRedis } from './redis-address.ts';

/** The agenda that goes with the store of STORE_URL: on Redis one for all processes, else one of this process alone. */
export async function openAgenda(url: string, parts: { now: () => number; log: Log }): Promise<Agenda> {
  if (!isRedis(url)) return createAgenda(parts);
  // Loaded only by those who use it, for the sake of memory.
  const { createBullmqAgenda } = await import('./bullmq-agenda.ts');
  const { loadQueueClients } = await import('./queue-clients.ts');
  const clients = await loadQueueClients(url);
  return createBullmqAgenda({ clients: clients(), ...parts });
}
