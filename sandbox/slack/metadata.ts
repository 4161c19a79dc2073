import { isObject, type Json } from './composition-objects.ts';
import { failure, type Result } from './method.ts';
import type { Message } from './world.ts';

/** Slack names no number for metadata_too_large; this is the sandbox's. */
const maxLength = 16_000;

type Value = unknown;
const isPlain = (v: Value) => ['string', 'number', 'boolean'].includes(typeof v);
const isFlat = (v: Value) => isObject(v) && Object.values(v).every(isPlain);

/**
 * Reads a `metadata` argument (docs.slack.dev/messaging/message-metadata): `event_type`, and `event_payload` of plain values, or of flat
 * objects and lists of them. `{}` takes metadata away where there was some.
 */
export function readMetadata(v: unknown): { metadata: Message['metadata'] | 'none' } | Result {
  if (v === undefined) return { metadata: undefined };
  if (!isObject(v)) return failure('invalid_metadata_format');
  if (Object.keys(v).length === 0) return { metadata: 'none' };
  const { event_type, event_payload, ...others } = v;
  if (event_type === undefined || event_payload === undefined || Object.keys(others).length > 0)
    return failure('invalid_metadata_format');
  if (typeof event_type !== 'string' || event_type === '' || !isObject(event_payload) || !isTaken(event_payload))
    return failure('invalid_metadata_schema');
  if (JSON.stringify(v).length > maxLength) return failure('metadata_too_large');
  return { metadata: { event_type, event_payload } };
}

const isTaken = (payload: Json) =>
  Object.values(payload).every(
    (v) => isPlain(v) || isFlat(v) || (Array.isArray(v) && v.every((x) => isPlain(x) || isFlat(x))),
  );
