import { z } from 'zod';
import { nearestName } from './nearest-name.ts';

/** Fields as they were given: nothing is known about their types, because rules between fields run whatever else is wrong. */
export type Given = Readonly<Record<string, unknown>>;
export type Complain = (at: readonly (string | number)[], message: string) => void;

export const isGiven = (v: unknown): v is Given => typeof v === 'object' && v !== null && !Array.isArray(v);

/** The fields of something that may be none; what is no object has none. */
export const given = (v: unknown): Given => (isGiven(v) ? v : {});

interface FieldsOptions {
  /** Rules between fields. */
  rules?: (v: Given, complain: Complain) => void;
  /** Fields that exist but not here, and what to say of them. */
  elsewhere?: Readonly<Record<string, string>>;
}

/** An object of exactly these fields; one that is not known is refused with the name that was probably meant. */
export function fields<S extends z.core.$ZodLooseShape>(shape: S, options: FieldsOptions = {}) {
  const { rules, elsewhere = {} } = options;
  const names = Object.keys(shape);
  const unknown = (name: string) => {
    if (Object.hasOwn(elsewhere, name)) return elsewhere[name];
    const near = nearestName(name, names);
    return near ? `is not known; did you mean ${near}?` : `is not known; known here: ${names.join(', ')}`;
  };
  const schema = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys ?? []).map(unknown).join('\n')
        : mustBe('must be a set of fields')(issue),
  });
  return schema.superRefine(
    (v, context) => {
      if (!rules || !isGiven(v)) return;
      rules(v, (at, message) => context.addIssue({ code: 'custom', path: [...at], message }));
    },
    // Also when fields are wrong, so that nobody has to come back twice.
    { when: () => true },
  );
}

/** An error that says what a value must be, and that it is missing when it is. */
export function mustBe(what: string): (issue: { input?: unknown }) => string {
  return (issue) => (issue.input === undefined ? `is missing; it ${what}` : what);
}

/** `unit`: said after the range. */
export function integer(low: number, high: number, unit = '') {
  const error = mustBe(`must be a whole number from ${low} to ${high}${unit && ` ${unit}`}`);
  return z.int({ error }).min(low, { error }).max(high, { error });
}

/** A number from 0 to 1. */
export function share() {
  const error = mustBe('must be a number from 0 to 1');
  return z.number({ error }).min(0, { error }).max(1, { error });
}

export function oneOf<const T extends string | number>(...values: readonly T[]) {
  const [last = '', ...first] = values.map(String).reverse();
  const error = mustBe(first.length > 0 ? `must be ${first.reverse().join(', ')} or ${last}` : `must be ${last}`);
  return z.literal(values, { error });
}

/** A text; `what` says what it must look like. */
export function matching(pattern: RegExp, what: string) {
  const error = mustBe(what);
  return z.string({ error }).regex(pattern, { error });
}

export function bool() {
  return z.boolean({ error: mustBe('must be true or false') });
}

/** A list of 1 to `most` items. */
export function listOf<T extends z.ZodType>(item: T, most: number, what: string) {
  const error = mustBe(`must be a list of 1 to ${most} ${what}`);
  return z.array(item, { error }).min(1, { error }).max(most, { error });
}

/** Agora's user ids are whole numbers in a text; 0 is nobody's (Agora docs, rest-api/acquire). `also`: one more text that is taken. */
export function uid(also?: string) {
  const error = mustBe(`must be a uid in quotes from "1" to "4294967295"${also === undefined ? '' : `, or "${also}"`}`);
  return z
    .string({ error })
    .refine((v) => v === also || (/^[1-9]\d{0,9}$/.test(v) && Number(v) <= 4_294_967_295), { error });
}

/** An address that Agora fetches a picture from. */
export function imageUrl() {
  return matching(/^https?:\/\/[^\s/?#]+\S*$/i, 'must be an http or https address').max(1024, {
    error: 'must be an address of at most 1024 characters',
  });
}
