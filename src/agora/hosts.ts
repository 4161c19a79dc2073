export interface Hosts {
  /** The host to ask now, none of `spent`; undefined when there is no other. */
  next(spent: ReadonlySet<string>): string | undefined;
  failed(url: string): void;
  worked(url: string): void;
  /** It failed twice in a row, less than a minute ago. */
  resting(url: string): boolean;
}

/** A host that failed twice in a row steps back for so long, and is then tried first again. Milliseconds. */
const restTime = 60_000;
const failuresBeforeRest = 2;

/**
 * Agora's hosts, which stand in for each other (Agora docs, REST availability): the first in the order given that does not rest. When all rest,
 * the one that has rested longest. What one call learns of a host holds for all calls.
 */
export function createHosts(urls: readonly string[], now: () => number): Hosts {
  const failures = new Map<string, { count: number; last: number }>();
  const hadEnough = (url: string) => (failures.get(url)?.count ?? 0) >= failuresBeforeRest;
  const restOver = (url: string) => {
    const since = now() - (failures.get(url)?.last ?? Number.NEGATIVE_INFINITY);
    // A clock that was set back must not let a host rest for hours.
    return since < 0 || since >= restTime;
  };
  const resting = (url: string) => hadEnough(url) && !restOver(url);

  return {
    resting,
    next(spent) {
      const left = urls.filter((u) => !spent.has(u));
      const awake = left.find((u) => !resting(u));
      if (awake === undefined) {
        return left.sort((a, b) => (failures.get(a)?.last ?? 0) - (failures.get(b)?.last ?? 0))[0];
      }
      const f = failures.get(awake);
      // One call finds out whether it has recovered; until it knows, the others go elsewhere.
      if (f && hadEnough(awake)) f.last = now();
      return awake;
    },
    failed(url) {
      failures.set(url, { count: (failures.get(url)?.count ?? 0) + 1, last: now() });
    },
    worked(url) {
      failures.delete(url);
    },
  };
}
