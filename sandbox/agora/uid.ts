import { type Check, matching } from './check.ts';

/** A whole number from 1 to 2^32 - 1 in a string: the only kind of uid that Cloud Recording knows (Agora docs, rest-api/acquire). */
export const uid: Check = (v, path) =>
  matching(/^[1-9]\d{0,9}$/)(v, path) ?? (Number(v) <= 4_294_967_295 ? undefined : `invalid ${path} value!`);
