import { referredName } from './secret-reference.ts';

/** Fields of Agora's requests that hold a secret. */
export const secretFields: ReadonlySet<string> = new Set([
  'secret',
  'salt',
  'rtmpUrl',
  'token',
  'accessKey',
  'secretKey',
  'stsToken',
]);

/** The same value for people's eyes: in place of each secret its `${NAME}`, or three dots where the secret itself stands. */
export function hideSecrets<T>(value: T): T {
  const hide = (v: unknown, secret: boolean): unknown => {
    if (v === undefined || v === null) return v;
    if (secret) return referredName(v) === undefined ? '•••' : v;
    if (Array.isArray(v)) return v.map((item) => hide(item, false));
    if (typeof v !== 'object') return v;
    return Object.fromEntries(Object.entries(v).map(([name, item]) => [name, hide(item, secretFields.has(name))]));
  };
  return hide(value, false) as T;
}
