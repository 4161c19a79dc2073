import { type Logger, pino, stdSerializers } from 'pino';
import { createLogOutput } from './log-output.ts';

/** Secrets that must not stand in any line, in the forms in which they travel. */
export interface HiddenSecrets {
  /** Hides another one from now on. */
  add(secret: string): void;
  /** The text with each of them blotted out. */
  blot(text: string): string;
}

/** Short ones would blot out half of an innocent line. */
const shortest = 6;
/** Temporary ones come and go; of those the last so many are hidden. */
const most = 300;

/** Hides secrets as they are, in Base64, as JSON and addresses write them. `fixed`: those that stay. */
export function hideSecrets(fixed: readonly string[]): HiddenSecrets {
  const always = formsOf(fixed);
  const passing: string[][] = [];
  return {
    add(secret) {
      passing.push(formsOf([secret]));
      if (passing.length > most) passing.shift();
    },
    blot: (text) => [...always, ...passing.flat()].reduce((t, secret) => t.replaceAll(secret, '[secret]'), text),
  };
}

function formsOf(secrets: readonly string[]): string[] {
  const forms = new Set(
    secrets
      .filter((s) => s.length >= shortest)
      .flatMap((s) => {
        const base64 = Buffer.from(s).toString('base64');
        const inAddress = encodeURIComponent(s);
        const inForm = new URLSearchParams({ s }).toString().slice(2);
        const json = JSON.stringify(s).slice(1, -1);
        return [s, json, base64, base64.replace(/=+$/, ''), Buffer.from(s).toString('base64url'), inAddress, inForm];
      }),
  );
  // A longer one may hold a shorter one.
  return [...forms].sort((a, b) => b.length - a.length);
}

/** Letters of each text of an error. */
const longestText = 3_000;

/**
 * How an error stands in the log: as pino writes it, and of no text more than a screen. An answer that was to be JSON and is none, as a page of a proxy, is
 * a part of the errors of some clients, several times. `blot`: see {@link HiddenSecrets}; a half of a secret would not be known for one.
 */
export function serializeError(error: Error, blot: (text: string) => string = (t) => t): unknown {
  try {
    return shortened(stdSerializers.err(error), blot, 0);
  } catch {
    return { type: 'Error', message: 'An error that cannot be written' };
  }
}

/** How deep texts are looked for. What errors carry may lead round in a circle. */
const deepest = 4;

function shortened(value: unknown, blot: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return value.length > longestText ? `${blot(value).slice(0, longestText)}…` : value;
  if (typeof value !== 'object' || value === null || depth > deepest || 'toJSON' in value) return value;
  if (Array.isArray(value)) return value.map((v) => shortened(v, blot, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, shortened(v, blot, depth + 1)]));
}

/** JSON lines on standard output. Every secret is blotted out of each line, wherever it got in. Logging never throws, whatever becomes of the output. */
export function createLog(level: string, hidden: HiddenSecrets): Logger {
  // Merely looking at it opens it, and a pipe is then never waited for. What goes wrong with it is nothing that could be told anybody.
  process.stdout.on('error', () => undefined);
  const output = createLogOutput(1);
  process.on('exit', () => output.flushSync());
  return pino(
    {
      level,
      serializers: { err: (error: Error) => serializeError(error, hidden.blot) },
      hooks: { streamWrite: hidden.blot },
    },
    output,
  );
}
