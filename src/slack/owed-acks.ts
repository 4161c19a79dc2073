import { setTimeout as delay } from 'node:timers/promises';
import type { App, ReceiverEvent } from '@slack/bolt';

/** Slack waits for three seconds. Milliseconds. */
const patience = 3_000;

/** Knows what Slack waits for an answer to: a socket that is closed before says that a command failed which is carried out. */
export function watchAcks(app: App): { settled(): Promise<void> } {
  const owed = new Set<Promise<void>>();
  const process = app.processEvent.bind(app);
  app.processEvent = async (event: ReceiverEvent) => {
    const answered = Promise.withResolvers<void>();
    owed.add(answered.promise);
    const over = () => {
      answered.resolve();
      owed.delete(answered.promise);
    };
    const ack: ReceiverEvent['ack'] = async (response) => {
      await event.ack(response);
      over();
    };
    // What was never acknowledged will not be any more.
    await process({ ...event, ack }).finally(over);
  };
  return {
    /** Resolves once all is acknowledged, also what comes meanwhile, or after a moment. */
    async settled() {
      const over = delay(patience, true, { ref: false });
      let isOver = false;
      while (owed.size > 0 && !isOver) isOver = await Promise.race([Promise.all(owed).then(() => false), over]);
    },
  };
}
