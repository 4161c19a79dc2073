import type { Tier } from './method.ts';

interface Rule {
  burst: number;
  perSecond: number;
  perChannel: boolean;
}

const perMinute = (n: number): Rule => ({ burst: n, perSecond: n / 60, perChannel: false });

/** Slack promises at least so many calls a minute and method, and about one post a second and channel with some room for bursts. */
const rules: Record<Tier, Rule | undefined> = {
  1: perMinute(1),
  2: perMinute(20),
  3: perMinute(50),
  4: perMinute(100),
  post: { burst: 15, perSecond: 1, perChannel: true },
  special: undefined,
};

/**
 * Seconds to wait before a call, or 0 (docs.slack.dev/apis/web-api/rate-limits). `time`: ms of the real clock, as this is about the wire.
 */
export function createRateLimits(time: () => number): (method: string, tier: Tier, channel: string) => number {
  const tokens = new Map<string, { left: number; at: number }>();
  return (method, tier, channel) => {
    const rule = rules[tier];
    if (!rule) return 0;
    const key = `${method} ${rule.perChannel ? channel : ''}`;
    const before = tokens.get(key) ?? { left: rule.burst, at: time() };
    const left = Math.min(rule.burst, before.left + ((time() - before.at) / 1000) * rule.perSecond);
    tokens.set(key, { left: left >= 1 ? left - 1 : left, at: time() });
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / rule.perSecond));
  };
}
