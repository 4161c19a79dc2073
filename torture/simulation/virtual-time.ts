/** Time that passes only when it is told to. Milliseconds since the epoch. */
export interface VirtualTime {
  now(): number;
  /** Resolves when so much virtual time has passed. */
  sleep(ms: number): Promise<void>;
  /** Something was done: whoever waits for quiet waits on. */
  stir(): void;
  /** Resolves when nothing happens any more without time passing. */
  quiet(): Promise<void>;
  /** When the next sleeper wants to wake. */
  nextWake(): number | undefined;
  /** Moves the time to `at`, waking who sleeps until then, each at its own time. */
  moveTo(at: number): Promise<void>;
}

/** Rounds of the event loop without a stir after which it is quiet. All is in this process, so one hop is one round. */
const quietRounds = 4;

export function createVirtualTime(start: number): VirtualTime {
  let time = start;
  let stirs = 0;
  let sleepers: { at: number; wake: () => void }[] = [];
  const round = () => new Promise<void>((resolve) => setImmediate(resolve));

  async function quiet(): Promise<void> {
    let seen = stirs;
    for (let rounds = 0; rounds < quietRounds; rounds++) {
      await round();
      if (stirs !== seen) {
        seen = stirs;
        rounds = -1;
      }
    }
  }

  const nextWake = () => (sleepers.length === 0 ? undefined : Math.min(...sleepers.map((s) => s.at)));

  return {
    now: () => time,
    stir: () => {
      stirs++;
    },
    quiet,
    nextWake,
    sleep(ms) {
      stirs++;
      return new Promise((wake) => sleepers.push({ at: time + Math.max(0, ms), wake }));
    },
    async moveTo(at) {
      for (let next = nextWake(); next !== undefined && next <= at; next = nextWake()) {
        time = Math.max(time, next);
        const awake = sleepers.filter((s) => s.at <= time);
        sleepers = sleepers.filter((s) => s.at > time);
        for (const s of awake) s.wake();
        await quiet();
      }
      time = Math.max(time, at);
    },
  };
}
