import { type Logger, pino } from 'pino';

/** JSON lines on standard output. Every secret given is blotted out of each line, wherever it got in. */
export function createLog(level: string, secrets: readonly string[]): Logger {
  // Short ones would blot out half of an innocent line.
  const hidden = secrets.filter((s) => s.length >= 6).flatMap((s) => [s, Buffer.from(s).toString('base64')]);
  return pino({
    level,
    hooks: {
      streamWrite: (line) => hidden.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line),
    },
  });
}
