import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something is true, and gives what it was. Fails with `what` after a long while. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  patience = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + patience;
  for (;;) {
    const value = await look();
    if (value) return value as NonNullable<Exclude<T, false>>;
    if (Date.now() > end) throw new Error(`This did not happen: ${what}`);
    await delay(10);
  }
}
