import { z } from 'zod';

/**
 * An object of a stored record. What it has beyond these fields is kept as it is: in a rolling deploy another release wrote it, and would miss it
 * after this one has saved the record. The types name these fields alone, so that no code leans on the others.
 */
export function kept<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strip> {
  return z.looseObject(shape) as unknown as z.ZodObject<S, z.core.$strip>;
}
