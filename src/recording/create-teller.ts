import type { Outbox } from './create-outbox.ts';

export interface Teller {
  /** Sends what a session owes, and what it comes to owe meanwhile. Resolves when that is sent or waits; throws StoreError. */
  tell(id: string): Promise<void>;
  /** Resolves when nothing is being sent. Never rejects. */
  settled(): Promise<void>;
}

/**
 * Tells people beside the turns of sessions: a Slack that takes its time must not hold up a stop of the same recording. One at a time for each
 * session; whoever asks meanwhile is told of the same end.
 */
export function createTeller(outbox: Outbox): Teller {
  const underWay = new Map<string, { again: boolean; done: Promise<void> }>();

  async function send(id: string, job: { again: boolean }): Promise<void> {
    try {
      do {
        job.again = false;
        await outbox.send(id);
      } while (job.again);
    } finally {
      underWay.delete(id);
    }
  }

  return {
    tell(id) {
      const before = underWay.get(id);
      if (before) {
        before.again = true;
        return before.done;
      }
      const job = { again: false, done: Promise.resolve() };
      underWay.set(id, job);
      job.done = send(id, job);
      // Whoever waits for it hears of it; without this a failure would count as unhandled where nobody does.
      job.done.catch(() => undefined);
      return job.done;
    },
    async settled() {
      while (underWay.size > 0) await Promise.allSettled([...underWay.values()].map((job) => job.done));
    },
  };
}
