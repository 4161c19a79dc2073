export interface Hosts {
  /** The base URLs to try for one call, best first. */
  order(): string[];
  failed(url: string): void;
  worked(url: string): void;
}

/** A host that failed twice in a row is asked last for so long, and then given another chance. Milliseconds. */
const restTime = 60_000;
const failuresBeforeRest = 2;

/** Agora's hosts in the order given; one that keeps failing steps back for a minute (Agora docs, REST availability). */
export function createHosts(urls: readonly string[], now: () => number): Hosts {
  const failures = new Map<string, { count: number; last: number }>();
  const resting = (url: string) => {
    const f = failures.get(url);
    return f !== undefined && f.count >= failuresBeforeRest && now() - f.last < restTime;
  };
  return {
    order: () => [...urls.filter((u) => !resting(u)), ...urls.filter(resting)],
    failed(url) {
      failures.set(url, { count: (failures.get(url)?.count ?? 0) + 1, last: now() });
    },
    worked(url) {
      failures.delete(url);
    },
  };
}
