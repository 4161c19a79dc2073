import type { Log } from '../recording/ports.ts';

/** The monitor may take so long. Milliseconds. */
const patience = 5_000;

/**
 * Calls a monitor's address (healthchecks.io and the like), which raises an alarm when the calls stop: the one thing that a bot that is gone can
 * still do. Never throws. The address is a secret, so it is in no message.
 */
export function createDeadMansSwitch(url: string | undefined, log: Log): () => Promise<void> {
  return async () => {
    if (url === undefined) return;
    try {
      const response = await fetch(url, { redirect: 'follow', signal: AbortSignal.timeout(patience) });
      await response.body?.cancel();
      if (!response.ok) log.warn({ status: response.status }, 'HEARTBEAT_URL answered with an error');
    } catch (error) {
      const code = error instanceof Error ? error.name : 'unknown';
      log.warn({ code }, 'HEARTBEAT_URL could not be reached');
    }
  };
}
