import { type Capsule, capsule } from '../../recording/capsule.ts';

/** Signs texts that the bot gives out, and knows its own again. */
export interface Sealer {
  seal(text: string): string;
  /** Undefined for what this bot has not sealed. */
  open(sealed: string): string | undefined;
}

/** Most characters of a button's value (docs.slack.dev/reference/block-kit/block-elements/button-element). */
const maxValue = 2_000;

/** The Stop button's value: the lead's id, and behind it what it takes to stop without the store, when that is known and fits. */
export function stopValue(id: string, c: Capsule | undefined, sealer: Sealer): string {
  if (!c) return id;
  const value = `${id} ${sealer.seal(JSON.stringify(c))}`;
  return value.length <= maxValue ? value : id;
}

/** What a clicked button carries. A capsule that is damaged, forged or of another recording is none. */
export function readStopValue(value: string, sealer: Sealer): { id: string; capsule: Capsule | undefined } {
  const [id = '', sealed = ''] = value.split(' ');
  const text = sealed === '' ? undefined : sealer.open(sealed);
  if (text === undefined) return { id, capsule: undefined };
  try {
    const read = capsule.safeParse(JSON.parse(text));
    return { id, capsule: read.success && read.data.id === id ? read.data : undefined };
  } catch {
    return { id, capsule: undefined };
  }
}
