import { setTimeout as delay } from 'node:timers/promises';

/** Slack waits for three seconds (docs.slack.dev/interactivity/handling-user-interaction), and the answer needs time to get there. Milliseconds. */
export const ackBefore = 2_500;

/**
 * Acknowledges a click once what it asks for is saved, so that one that was acknowledged is never lost; when that takes too long, Slack is answered
 * first. `work` never rejects.
 */
export async function ackWhenDone(
  ack: () => Promise<void>,
  work: Promise<unknown>,
  patience = ackBefore,
): Promise<void> {
  await Promise.race([work, delay(patience, undefined, { ref: false })]);
  await ack();
  await work;
}
