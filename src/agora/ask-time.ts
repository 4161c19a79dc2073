import type { Transport } from './transport.ts';

/** Before each try: a machine that has just woken may have no network yet. Milliseconds. */
const pauses = [0, 1_000, 5_000, 15_000, 60_000];

/**
 * Asks Agora's hosts what time it is, for the Date header of whatever they answer, and needs no credentials for that. Gives up after some minutes:
 * the next call tells as well.
 */
export async function askTime(parts: {
  transport: Transport;
  hosts: readonly string[];
  /** Told what Agora's clock says, milliseconds since the epoch. */
  heard: (date: number) => void;
  sleep: (ms: number) => Promise<unknown>;
}): Promise<void> {
  const { transport, hosts, heard, sleep } = parts;
  for (const pause of pauses) {
    await sleep(pause);
    for (const host of hosts) {
      const answer = await transport({
        host,
        endpoint: 'query',
        method: 'GET',
        path: '/',
        customerId: '',
        customerSecret: '',
      });
      if (!('date' in answer) || answer.date === undefined) continue;
      heard(answer.date);
      return;
    }
  }
}
