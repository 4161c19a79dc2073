import fc from 'fast-check';
import { type Operation, operation } from './operation.ts';

/** Shortest and longest history. */
const length = { minLength: 50, maxLength: 70 };

/**
 * What happens, in order. Each operation may shrink to nothing at all, so that a history that broke a promise gets short enough to be read.
 */
export const history: fc.Arbitrary<Operation[]> = fc
  .array(fc.option(operation, { nil: undefined, freq: 1_000_000 }), { ...length, size: 'max' })
  .map((ops) => ops.filter((op) => op !== undefined));
