/** A call to Slack that has had no answer after this (see createBolt) is over. Milliseconds. */
const oneCall = 10_000;
/** Slack may still take a call that is over, and clocks differ. Milliseconds. */
const someMore = 10_000;
/** What was written down longer ago than this is not sent: others may look for it before it is there. Milliseconds. */
const fresh = 5_000;
/** How soon to ask again about a message that this very process is sending. Milliseconds. */
const soon = 1_000;
/** Milliseconds. */
const forgotten = 3_600_000;

/**
 * What this process has written down as being sent, so that it can be told from what another process sends at this moment. Keys are those of
 * messages, unique for ever; times are those that were written down, ms since the epoch.
 */
export interface Claims {
  /** This process has written down that it is going to send it. */
  begin(key: string, at: number): void;
  /** It is sent just now. */
  send(key: string): void;
  /** It was written down so lately that it has time to arrive before anybody looks for it. */
  isFresh(key: string): boolean;
  /** This process is done with it, whatever came of it. */
  end(key: string): void;
  /** Slack has refused it, or it was looked for in vain: it certainly is not there. */
  notThere(key: string): void;
  /** This process has sent it, and does not know that it is not there. */
  isSent(key: string): boolean;
  /** When this process wrote down what certainly is not there; undefined: it did not, or nobody knows, or it is not done with it. */
  inVain(key: string): number | undefined;
  /**
   * How long it may still be on its way, from this process or from another one, which looks as if it were not there. Ms; 0: it is not. `calls`: so many
   * calls to Slack, one after the other, send it.
   */
  wait(key: string, sentAt: number | undefined, calls: number): number;
}

export function createClaims(now: () => number): Claims {
  const begun = new Map<string, { at: number; over: boolean; inVain: boolean }>();
  return {
    begin(key, at) {
      begun.set(key, { at, over: false, inVain: true });
      for (const [k, claim] of begun) if (claim.over && claim.at < now() - forgotten) begun.delete(k);
    },
    send(key) {
      const claim = begun.get(key);
      if (claim) claim.inVain = false;
    },
    isFresh(key) {
      const claim = begun.get(key);
      return claim !== undefined && Math.abs(now() - claim.at) < fresh;
    },
    end(key) {
      const claim = begun.get(key);
      if (claim) claim.over = true;
    },
    notThere(key) {
      const claim = begun.get(key);
      if (claim) claim.inVain = true;
    },
    isSent: (key) => begun.get(key)?.inVain === false,
    inVain(key) {
      const claim = begun.get(key);
      return claim?.over && claim.inVain ? claim.at : undefined;
    },
    wait(key, sentAt, calls) {
      const claim = begun.get(key);
      if (claim && !claim.over) return soon;
      if (sentAt === undefined || claim?.at === sentAt) return 0;
      const age = now() - sentAt;
      const onItsWay = calls * oneCall + someMore;
      // The other one's clock may be ahead of this one's.
      return Math.abs(age) < onItsWay ? onItsWay - age : 0;
    },
  };
}
