/** What Slack said is believed for so long. Milliseconds. */
const believed = 5 * 60_000;

/** Asks once for each key in a while. */
export type Memory = <T>(key: string, ask: () => Promise<T>) => Promise<T>;

/** Remembers answers for five minutes, so that one person is not asked for with each click. */
export function createMemory(now: () => number): Memory {
  const known = new Map<string, { value: Promise<unknown>; at: number }>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const entry = known.get(key);
    if (entry && Math.abs(now() - entry.at) < believed) return entry.value as Promise<T>;
    const value = ask();
    known.set(key, { value, at: now() });
    // A failure is not a fact: the next one asks again.
    value.catch(() => known.delete(key));
    if (known.size > 10_000) known.delete(known.keys().next().value ?? '');
    return value;
  };
}
