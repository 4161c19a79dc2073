/** Answers what is wrong with a value, in the words of code 2's reason, or undefined when all is well. `path` is the value's name. */
export type Check = (value: unknown, path: string) => string | undefined;

export type Fields = Record<string, unknown>;

export const isObject = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v);

/** The fields of an object; none when it is not one. */
export const fieldsOf = (v: unknown): Fields => (isObject(v) ? v : {});

export const text: Check = (v, path) => (typeof v === 'string' ? undefined : `${path} must be string`);
export const filled: Check = (v, path) =>
  typeof v === 'string' && v !== '' ? undefined : `${path} must be a non-empty string`;
export const bool: Check = (v, path) => (typeof v === 'boolean' ? undefined : `${path} must be boolean`);
/** A JSON object whose fields are checked elsewhere. */
export const anyObject: Check = (v, path) => (isObject(v) ? undefined : `${path} must be object`);

/** A whole number from `low` to `high`; digits in a string are not one. */
export const int =
  (low: number, high: number): Check =>
  (v, path) =>
    typeof v === 'number' && Number.isInteger(v) && v >= low && v <= high ? undefined : `invalid ${path} value!`;

export const oneOf =
  (...values: unknown[]): Check =>
  (v, path) =>
    values.includes(v) ? undefined : `invalid ${path} value!`;

export const matching =
  (pattern: RegExp): Check =>
  (v, path) =>
    typeof v === 'string' && pattern.test(v) ? undefined : `invalid ${path} value!`;

export const listOf =
  (item: Check, max: number): Check =>
  (v, path) => {
    if (!Array.isArray(v)) return `${path} must be array`;
    if (v.length > max) return `${path} has too many items`;
    for (const [i, one] of v.entries()) {
      const problem = item(one, `${path}[${i}]`);
      if (problem) return problem;
    }
    return undefined;
  };

/** An object with these fields and no others; `rule` is asked when each field by itself is right. */
export const shape =
  (
    fields: Record<string, Check>,
    required: readonly string[],
    rule?: (v: Fields, path: string) => string | undefined,
  ): Check =>
  (v, path) => {
    if (!isObject(v)) return `${path || 'the body'} must be object`;
    const name = (field: string) => (path ? `${path}.${field}` : field);
    for (const field of required) if (v[field] === undefined) return `missing ${name(field)}!`;
    for (const [field, value] of Object.entries(v)) {
      const check = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (!check) return `unknown parameter ${name(field)}`;
      const problem = check(value, name(field));
      if (problem) return problem;
    }
    return rule?.(v, path);
  };
