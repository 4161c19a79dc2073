import { matching } from './fields.ts';

/** `${NAME}`: a variable of the environment in place of a secret. A recipe is kept in the store and shown to people, so it never holds one. */
const pattern = /^\$\{([A-Za-z_][A-Za-z0-9_]{0,127})\}$/;

/** The variable that a text refers to; undefined when it is no reference. */
export function referredName(v: unknown): string | undefined {
  return typeof v === 'string' ? pattern.exec(v)?.[1] : undefined;
}

export const referenceRule = `must be a reference to a variable of the environment in quotes, such as "\${NAME}"; a secret itself is not taken here`;

export const secretReference = matching(pattern, referenceRule);
