import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { serializeError } from '../../src/log.ts';

export interface CapturedLog {
  log: Logger;
  entries: { level: number; msg: string; [key: string]: unknown }[];
  /** Everything that was written, as text. */
  text(): string;
}

/** A real pino log whose lines can be looked at. */
export function captureLog(level = 'debug'): CapturedLog {
  const entries: CapturedLog['entries'] = [];
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      entries.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return {
    log: pino({ level, serializers: { err: (error: Error) => serializeError(error) } }, stream),
    entries,
    text: () => lines.join(''),
  };
}
