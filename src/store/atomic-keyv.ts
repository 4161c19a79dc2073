import type Keyv from 'keyv';

/**
 * A Keyv with the two things that Keyv lacks: set-if-absent and compare-and-set, each one step against every other writer. Values are JSON
 * text. `ttl` in milliseconds; none means for good.
 */
export interface AtomicKeyv {
  keyv: Keyv<string>;
  setIfAbsent(key: string, value: string, ttl?: number): Promise<boolean>;
  /** Writes `value` only if `expected` is what is there now. */
  compareAndSet(key: string, expected: string, value: string, ttl?: number): Promise<boolean>;
  /** Deletes only if `expected` is what is there now. */
  compareAndDelete(key: string, expected: string): Promise<boolean>;
  /** All live keys that begin so. Used at boot and for lists, never per tick. */
  keys(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}
