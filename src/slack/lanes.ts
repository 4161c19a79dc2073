/** Slack takes about one post a second and channel (docs.slack.dev/apis/web-api/rate-limits). Milliseconds. */
const spacing = 1_000;
/** Who was told to come back and does not is not waited for longer than this. Milliseconds. */
const patience = 5_000;
/** What is never asked for again is forgotten after this. Milliseconds. */
const forgotten = 10 * 60_000;

export interface Lanes {
  /**
   * May this be sent into the channel now? 0: yes, it is its turn. Else the milliseconds until it may ask again; its place is kept. `shared`: the
   * place that all of a kind have together, because one of them goes for many.
   */
  enter(channel: string, key: string, shared?: string): number;
  /** Slack wants nothing in this channel for so long, ms. Others are not held up. */
  hold(channel: string, ms: number): void;
}

interface Lane {
  /** When the next place is. */
  next: number;
  lastSent: number;
  heldUntil: number;
  /** Who has a place, and when it is. */
  places: Map<string, number>;
}

/** A queue for each channel: first come, first served, one message a second. It waits for nobody; who has to wait is told for how long. */
export function createLanes(now: () => number): Lanes {
  const lanes = new Map<string, Lane>();
  const laneOf = (channel: string): Lane => {
    const known = lanes.get(channel);
    if (known) return known;
    const lane = { next: 0, lastSent: -Infinity, heldUntil: 0, places: new Map<string, number>() };
    lanes.set(channel, lane);
    return lane;
  };

  return {
    enter(channel, own, shared = own) {
      const at = now();
      const lane = laneOf(channel);
      // Its clock was set back: what was planned by it would hold the channel for as long as it was wrong.
      if (lane.lastSent > at + spacing) {
        Object.assign(lane, { next: 0, lastSent: -Infinity, heldUntil: 0 });
        lane.places.clear();
      }
      const key = lane.places.has(own) ? own : shared;
      for (const [k, place] of lane.places) if (place < at - forgotten) lane.places.delete(k);
      let place = lane.places.get(key);
      if (place === undefined) {
        place = Math.max(at, lane.next, lane.heldUntil);
        lane.places.set(key, place);
        lane.next = place + spacing;
      }
      const mine = place;
      // Somebody before it is about to come.
      const before = [...lane.places.values()].some((p) => p < mine && p > at - patience);
      const wait = Math.max(mine - at, lane.heldUntil - at, lane.lastSent + spacing - at, before ? spacing / 4 : 0);
      if (wait > 0) return wait;
      lane.places.delete(key);
      lane.lastSent = at;
      return 0;
    },
    hold(channel, ms) {
      const lane = laneOf(channel);
      lane.heldUntil = Math.max(lane.heldUntil, now() + ms);
    },
  };
}
