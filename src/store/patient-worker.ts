import { setTimeout as delay } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';

/** Milliseconds. */
const patience = 500;

/**
 * BullMQ's worker asks for its next job again at once when that fails, and with a client that refuses at once while Redis is away it never lets go
 * of the processor: no socket is read any more, so it never learns that Redis is back, and the whole process hangs. This one takes its time.
 */
export class PatientWorker extends Worker {
  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (!this.closing) await delay(patience);
      throw error;
    }
  }
}
