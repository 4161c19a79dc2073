import { StoreError } from '../recording/ports.ts';
import type { Metrics } from './create-metrics.ts';

/** Times each call of a port, and says how it went: a reply's class, a delivery, `ok`, or the error's code. */
export function observePort<P extends object>(name: string, port: P, metrics: Metrics): P {
  const wrapped = Object.entries(port).map(([operation, method]) => {
    if (typeof method !== 'function') return [operation, method];
    return [
      operation,
      (...args: unknown[]) => {
        const started = performance.now();
        const told = (outcome: string) =>
          metrics.observe(
            'recorder_port_duration_seconds',
            { port: name, operation, outcome },
            (performance.now() - started) / 1000,
          );
        const answer: unknown = method.apply(port, args);
        if (!(answer instanceof Promise)) return answer;
        return answer.then(
          (value: unknown) => {
            told(outcomeOf(value));
            return value;
          },
          (error: unknown) => {
            const code = error instanceof StoreError ? error.code : 'error';
            told(code.toLowerCase());
            if (code === 'STORE_TIMEOUT') metrics.count('store_op_timeouts_total');
            throw error;
          },
        );
      },
    ];
  });
  return Object.fromEntries(wrapped) as P;
}

function outcomeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'ok';
  if ('class' in value && typeof value.class === 'string') return value.class;
  if ('verdict' in value && typeof value.verdict === 'string') return value.verdict;
  if ('ok' in value && value.ok === false)
    return 'retryAfterMs' in value && value.retryAfterMs === null ? 'undelivered' : 'later';
  return 'ok';
}
