import type { Told } from './announcer.ts';
import type { SessionStore } from './ports.ts';

/** Whoever dies while telling is followed by another one after this. Milliseconds. */
const whileTelling = 5 * 60_000;

/** Where nobody could be told it is tried again after this. Milliseconds. */
const nowhereFor = 3_600_000;

/**
 * Tells operators something once in `ms` milliseconds, whichever process comes first. That it was told is kept only afterwards, so that a process
 * that dies meanwhile leaves it to the next. True: this one has told it. Throws StoreError.
 */
export async function tellOnce(
  store: Pick<SessionStore, 'firstTime' | 'prolong' | 'forget'>,
  key: string,
  ms: number,
  tell: () => Promise<Told>,
): Promise<boolean> {
  if (!(await store.firstTime(key, whileTelling))) return false;
  const told = await tell();
  switch (told) {
    case 'told':
      await store.prolong(key, ms);
      break;
    case 'nowhere':
      // Somebody may put that right, and nobody wants to read of it each minute.
      await store.prolong(key, Math.min(ms, nowhereFor));
      break;
    case 'away':
      // It is new again.
      await store.forget(key);
  }
  return told === 'told';
}
