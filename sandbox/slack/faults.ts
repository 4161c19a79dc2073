/** What goes wrong with the next calls of a method. Without a number of times: with one call. */
export interface ApiFailure {
  /** A Web API method, `response_url`, `files.upload` (the address that file contents are posted to), or `*` for any of them. */
  method: string;
  /** Only calls of the Web API with this channel. */
  channel?: string;
  /** `Infinity`: until {@link Faults.clear}. */
  times?: number;
  /** An answer of Slack's with this error, e.g. `internal_error`. */
  error?: string;
  /** An HTTP status instead, e.g. 503, or 429 with Retry-After. */
  status?: number;
  /** Seconds. */
  retryAfter?: number;
  /** The connection ends before anything is done. */
  dropRequest?: boolean;
  /** Do it, and end the connection without an answer. */
  dropReplyAfterEffect?: boolean;
  /** Ms that pass before anything is done. */
  delay?: number;
  /** Ms that pass between the effect and the answer. */
  delayReply?: number;
}

export interface Faults {
  failNext(failure: ApiFailure): void;
  /** The fault that meets this call, if there is one. The oldest comes first. */
  take(method: string, channel?: unknown): ApiFailure | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  const waiting: { failure: ApiFailure; left: number }[] = [];
  return {
    failNext: (failure) => void waiting.push({ failure, left: failure.times ?? 1 }),
    take(method, channel) {
      const i = waiting.findIndex(
        ({ failure: f }) =>
          (f.method === method || f.method === '*') && (f.channel === undefined || f.channel === channel),
      );
      const found = waiting[i];
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) waiting.splice(i, 1);
      return found.failure;
    },
    clear: () => void waiting.splice(0),
  };
}
