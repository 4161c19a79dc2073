import type { Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../recording/ports.ts';

/** Letters of a line. */
const longest = 500;

/** Bolt's logger on top of ours. Bolt's own level is left alone: ours decides what is written. */
export function createBoltLogger(log: Log): Logger {
  const text = (parts: unknown[]) =>
    parts.map((p) => (p instanceof Error ? p.message : typeof p === 'string' ? p : JSON.stringify(p))).join(' ');
  // Bolt's debug texts end in whole requests, and those hold what people typed, addresses to answer at, and links: none of it is for a log.
  const withoutData = (line: string) => line.replace(/\s*[{[].*$/s, ' …');
  const from = { from: 'bolt' };
  // An answer that is no JSON, as a page of a proxy, stands in them as a whole.
  const line = (parts: unknown[]) => {
    const whole = text(parts);
    // No word is torn: a half of a secret is not known for one.
    return whole.length <= longest ? whole : `${whole.slice(0, longest).replace(/\S*$/, '')}…`;
  };
  return {
    debug: (...parts) => log.debug(from, withoutData(text(parts))),
    info: (...parts) => log.info(from, line(parts)),
    warn: (...parts) => log.warn(from, line(parts)),
    error: (...parts) => log.error(from, line(parts)),
    setLevel: () => undefined,
    // The strings of LogLevel are its values; asking for 'info' keeps Bolt from building debug texts that nobody reads.
    getLevel: () => 'info' as LogLevel,
    setName: () => undefined,
  };
}
