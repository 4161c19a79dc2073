import type { Log } from './recording/ports.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Somebody else said what time it is: the Date header of an answer, milliseconds since the epoch, cut to whole seconds. */
  heard(date: number): void;
  /**
   * What the clock says that all replicas share, milliseconds since the epoch. A machine that disagrees with it goes by it, so that a recording
   * ends at the same moment whoever looks after it; until Agora says that the machine is right. Said at the start and once a minute, for a machine
   * that drifts is followed in steps too small to be seen. After the start it is not gone by when it is far off: it may be what jumped.
   */
  share(time: number): void;
  /** How far the machine's clock was from that of others when they were last heard, in milliseconds; undefined before. */
  skew(): number | undefined;
}

/** The machine's clock is followed through corrections up to this. Milliseconds. */
const correction = 1_000;
/** Clocks that differ by less than this agree: a Date header is cut to seconds, and was some time on its way. Milliseconds. */
const agreement = 3_000;
/** What a machine may have drifted between two times that the shared clock was asked. Milliseconds. */
const drifted = 60_000;
/** A Date header is cut to seconds, so that on average it was half a second later. Milliseconds. */
const cutOff = 500;

/**
 * The time that all deadlines go by. It runs with the machine's clock, but does not jump with it: a clock that is suddenly an hour ahead would
 * end every recording. Only when others say the same is the jump believed; after a machine slept that is as soon as Agora can be asked.
 */
export function createClock(parts: {
  log: Log;
  wall?: () => number;
  monotonic?: () => number;
  /** Told of each jump, so that somebody is asked what time it is. */
  onJump?: () => void;
  /** Told when the time that all goes by was set back, so that what was planned by it is looked at anew. */
  onSetBack?: () => void;
}): Clock {
  const { log, wall = Date.now, monotonic = () => performance.now(), onJump, onSetBack } = parts;
  let offset = wall() - monotonic();
  let skew: number | undefined;
  /** How far the machine's clock is from what is gone by, in milliseconds, as it was last said; undefined: they agree. */
  let jumped: number | undefined;
  /** What the shared clock says was once heard. */
  let shared = false;
  /** Agora said that the machine is right and the shared clock is not; until those two agree. */
  let overruled = false;
  /** Said once for each skew. */
  let wrong = false;

  function now(): number {
    const own = monotonic() + offset;
    const drift = wall() - own;
    if (Math.abs(drift) <= correction) {
      offset += drift;
      jumped = undefined;
      return own + drift;
    }
    // One jump may follow another: a machine whose clock is wrong sleeps, and is set right meanwhile.
    if (jumped === undefined || Math.abs(drift - jumped) > correction) {
      jumped = drift;
      log.warn({ seconds: Math.round(drift / 1000) }, "The machine's clock jumped; deadlines go on as before");
      onJump?.();
    }
    return own;
  }

  return {
    now,
    skew: () => skew,
    share(time) {
      const off = wall() - time;
      const own = now();
      const isFirst = !shared;
      shared = true;
      if (Math.abs(off) <= correction) overruled = false;
      // At the start no deadline was gone by yet.
      const isOff = Math.abs(isFirst ? off : own - time) > correction;
      if (!isOff || overruled || (!isFirst && Math.abs(own - time) > drifted)) return;
      offset = time - monotonic();
      jumped = Math.abs(off) <= correction ? undefined : off;
      if (!isFirst && time < own - correction) onSetBack?.();
      log.warn({ seconds: Math.round(off / 1000) }, "The machine's clock is not Redis's; deadlines go by Redis's");
    },
    heard(date) {
      const own = now();
      skew = wall() - date;
      const wallAgrees = Math.abs(skew) < agreement;
      // Of two that agree with it the one that is closer is right.
      const isCloser = Math.abs(wall() - date - cutOff) < Math.abs(own - date - cutOff);
      if (jumped !== undefined && wallAgrees && isCloser) {
        offset = wall() - monotonic();
        jumped = undefined;
        overruled = true;
        log.warn({ seconds: Math.round((wall() - own) / 1000) }, "The machine's clock was set right, and is followed");
        if (wall() < own - correction) onSetBack?.();
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
