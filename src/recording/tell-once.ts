import type { SessionStore } from './ports.ts';

/** Whoever dies while telling is followed by another one after this. Milliseconds. */
const whileTelling = 5 * 60_000;

/**
 * Tells operators something once in `ms` milliseconds, whichever process comes first. That it was told is kept only afterwards, so that a process
 * that dies meanwhile leaves it to the next. True: this one has told it. Throws StoreError.
 */
export async function tellOnce(
  store: Pick<SessionStore, 'firstTime' | 'prolong' | 'forget'>,
  key: string,
  ms: number,
  tell: () => Promise<boolean>,
): Promise<boolean> {
  if (!(await store.firstTime(key, whileTelling))) return false;
  const told = await tell();
  // Slack is away: it is new again.
  await (told ? store.prolong(key, ms) : store.forget(key));
  return told;
}
