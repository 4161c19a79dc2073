import type Keyv from 'keyv';

/**
 * A Keyv with what Keyv lacks: several keys written in one step, and only if one of them holds what the writer thinks it holds. Either all of
 * it is there afterwards or nothing is, whatever crashes in between and whoever else writes. Values are text.
 */
export interface AtomicKeyv {
  /** For reading. */
  keyv: Keyv<string>;
  /** Does all of `writes` if `key` holds `expected`; `undefined`: if nothing is there. Answers whether it did, be it that one had to be absent. */
  commit(key: string, expected: string | undefined, writes: readonly Write[]): Promise<boolean>;
  /** All live keys that begin so, in order, or only the last `most` of them. Used at boot, by the audit and for lists, never per tick. */
  keys(prefix: string, most?: number): Promise<string[]>;
  /** Afterwards everything fails. */
  close(): Promise<void>;
}

/**
 * `delete` removes the key only if it holds that value. `ttl` in milliseconds; none means for good. `absent`: nothing of the commit is done when
 * there is anything under the key.
 */
export type Write =
  | { key: string; set: string; ttl?: number }
  | { key: string; delete: string }
  | { key: string; absent: true };
