import { agreement, closerBy, createClockWitness } from './clock-witness.ts';
import type { Log } from './recording/ports.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Somebody else said what time it is: the Date header of an answer, milliseconds since the epoch, cut to whole seconds. */
  heard(date: number): void;
  /**
   * What the clock says that all replicas share, milliseconds since the epoch. A machine that disagrees with it goes by it, so that a recording
   * ends at the same moment whoever looks after it; until Agora says that the machine is right. Said at the start and once a minute, for a machine
   * that drifts is followed in steps too small to be seen. After the start it is not gone by when it is further off than such a step: it may be
   * what jumped, as by a failover, so Agora is asked.
   */
  share(time: number): void;
  /** The shared clock has been gone by since the start though it is far from the machine's, and Agora has not decided between them yet. */
  doubted(): boolean;
  /** How far the machine's clock was from that of others when they were last heard, in milliseconds; undefined before. */
  skew(): number | undefined;
}

/** The machine's clock is followed through corrections up to this. Milliseconds. */
const correction = 1_000;

/**
 * The time that all deadlines go by. It runs with the machine's clock, but does not jump with it: a clock that is suddenly an hour ahead would
 * end every recording. Only when others say the same is the jump believed; after a machine slept that is as soon as Agora can be asked.
 */
export function createClock(parts: {
  log: Log;
  wall?: () => number;
  monotonic?: () => number;
  /** Told of each jump of the machine's clock or the shared one, so that somebody is asked what time it is. */
  onJump?: () => void;
  /** Told when the time that all goes by was set back, so that what was planned by it is looked at anew. */
  onSetBack?: () => void;
}): Clock {
  const { log, wall = Date.now, monotonic = () => performance.now(), onJump, onSetBack } = parts;
  let offset = wall() - monotonic();
  let skew: number | undefined;
  /** How far the machine's clock is from what is gone by, in milliseconds, as it was last said; undefined: they agree. */
  let jumped: number | undefined;
  /** How far the shared clock was from the monotonic one when it was last heard, in milliseconds; undefined before. */
  let shared: number | undefined;
  /** The shared clock is gone by, and the machine's is another. */
  let followsShared = false;
  /** How far what is gone by is from a shared clock that jumped, as it was last said, in milliseconds; undefined: it did not. */
  let strayed: number | undefined;
  /** See {@link Clock.doubted}. */
  let doubted = false;
  /** Agora said that the shared clock is wrong; until the machine's agrees with it, or Agora does. */
  let overruled = false;
  const witness = createClockWitness<'machine' | 'shared'>();
  /** Said once for each skew. */
  let wrong = false;

  function now(): number {
    const own = monotonic() + offset;
    const drift = wall() - own;
    // Else a machine that is just a correction from the shared clock would go from one to the other again and again.
    if (Math.abs(drift) <= (followsShared ? correction / 2 : correction)) {
      followsShared = false;
      offset += drift;
      jumped = undefined;
      return own + drift;
    }
    // One jump may follow another: a machine whose clock is wrong sleeps, and is set right meanwhile.
    if (jumped === undefined || Math.abs(drift - jumped) > correction) {
      jumped = drift;
      witness.forget();
      log.warn({ seconds: Math.round(drift / 1000) }, "The machine's clock jumped; deadlines go on as before");
      onJump?.();
    }
    return own;
  }

  function follow(which: 'machine' | 'shared', to: number, own: number): void {
    offset = to - monotonic();
    const off = wall() - to;
    followsShared = Math.abs(off) > correction / 2;
    jumped = followsShared ? off : undefined;
    strayed = undefined;
    witness.forget();
    const isMachine = which === 'machine';
    log.warn(
      { seconds: Math.round((isMachine ? to - own : off) / 1000) },
      isMachine
        ? "The machine's clock was set right, and is followed"
        : "The machine's clock is not Redis's; deadlines go by Redis's",
    );
  }

  return {
    now,
    skew: () => skew,
    doubted: () => doubted,
    share(time) {
      const off = wall() - time;
      const own = now();
      const apart = own - time;
      const isFirst = shared === undefined;
      shared = time - monotonic();
      if (isFirst) {
        // At the start no deadline was gone by yet.
        if (Math.abs(off) > correction) follow('shared', time, own);
        doubted = Math.abs(off) > agreement;
        return;
      }
      if (Math.abs(off) <= agreement) doubted = false;
      if (doubted) onJump?.();
      // By less than what is followed, or it would be followed and overruled in turn.
      if (Math.abs(off) <= correction / 2) overruled = false;
      if (Math.abs(apart) <= agreement) strayed = undefined;
      if (overruled || Math.abs(apart) <= correction) return;
      if (Math.abs(apart) > agreement) {
        if (strayed === undefined || Math.abs(apart - strayed) > correction) {
          log.warn({ seconds: Math.round(-apart / 1000) }, "Redis's clock jumped; deadlines go on as before");
        }
        strayed = apart;
        // Each minute anew until it is decided: Agora may be away as well.
        onJump?.();
        return;
      }
      follow('shared', time, own);
      if (apart > correction) onSetBack?.();
    },
    heard(date) {
      const own = now();
      skew = wall() - date;
      const wallAgrees = Math.abs(skew) < agreement;
      const times = { machine: wall(), shared: shared === undefined ? own : monotonic() + shared };
      const others = (['machine', 'shared'] as const).filter((name) => Math.abs(times[name] - own) > correction);
      const right = witness.heard(date, own, new Map(others.map((name) => [name, times[name]])));
      if (right || closerBy(date, own, times.machine) > agreement) doubted = false;
      if (right) {
        follow(right, times[right], own);
        overruled = right === 'machine' && Math.abs(times.machine - times.shared) > correction / 2;
        if (times[right] < own - correction) onSetBack?.();
      } else if (strayed !== undefined && closerBy(date, own, times.shared) > agreement) {
        strayed = undefined;
        overruled = true;
      }
      if (!wallAgrees && !wrong) {
        log.error(
          { seconds: Math.round(skew / 1000) },
          "The machine's clock is wrong, so recordings may stop at the wrong time; set it by NTP and restart the bot",
        );
      }
      wrong = !wallAgrees;
    },
  };
}
