import { Redis, type RedisOptions } from 'ioredis';

/**
 * An ioredis client that gives up only when it is told to. When Sentinel announces a failover while the client is just then looking for the master,
 * ioredis ends the search with an error, and with it the client, for good: no retryStrategy is asked. This one begins anew.
 */
export class PatientRedis extends Redis {
  #given = false;

  constructor(options: RedisOptions) {
    super(options);
    this.on('end', () => {
      // No wait is given: it is not to try again, as when it was never connected.
      const wait = this.options.retryStrategy?.(1);
      if (this.#given || typeof wait !== 'number') return;
      setTimeout(() => {
        // What fails here is told by the event `error`.
        if (!this.#given) this.connect().catch(() => undefined);
      }, wait);
    });
  }

  override disconnect(reconnect = false): void {
    this.#given ||= !reconnect;
    super.disconnect(reconnect);
  }

  /** BullMQ makes its workers' connections so. */
  override duplicate(override: Partial<RedisOptions> = {}): PatientRedis {
    return new PatientRedis({ ...this.options, ...override });
  }
}
