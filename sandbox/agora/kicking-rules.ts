import type { Answer } from './rest.ts';
import type { Task } from './task.ts';
import { kickBody } from './validate.ts';

export interface KickingRules {
  /** POST /dev/v1/kicking-rule. `now`: virtual ms. */
  create(body: unknown, tasks: readonly Task[], now: number): Answer;
  /** Whether no rule keeps this uid out of this channel. */
  mayJoin(cname: string, uid: string, at: number): boolean;
}

/** A rule with no time of its own lasts an hour. Minutes. */
const defaultMinutes = 60;

/**
 * Channel Management's rules that put users out of channels (Agora docs, create rules). Only a channel together with a uid is played here:
 * the other filters hit a whole channel or App ID, which nobody who drives recordings means to.
 */
export function createKickingRules(appId: string): KickingRules {
  const rules: { cname: string; uid: string; until: number }[] = [];
  let lastId = 1_000;
  const refuse = (message: string): Answer => ({ status: 400, body: { message } });

  return {
    create(body, tasks, now) {
      const problem = kickBody(body, '');
      if (problem) return refuse(problem);
      const rule = body as {
        appid: string;
        cname?: string;
        uid?: number;
        ip?: string;
        time?: number;
        time_in_seconds?: number;
        privileges: string[];
      };
      if (rule.appid !== appId) return refuse('invalid appid');
      const { cname = '', uid, ip = '' } = rule;
      if (ip !== '' || cname === '' || uid === undefined)
        return refuse('the sandbox plays only rules with cname and uid and without ip');
      lastId += 1;
      if (rule.privileges.includes('join_channel')) {
        for (const task of tasks) if (task.cname === cname && task.uidInChannel() === String(uid)) task.kick(now);
        rules.push({ cname, uid: String(uid), until: now + banSeconds(rule) * 1000 });
      }
      return { status: 200, body: { status: 'success', id: lastId } };
    },
    mayJoin: (cname, uid, at) => !rules.some((r) => r.cname === cname && r.uid === uid && at < r.until),
  };
}

/** Seconds win over minutes; too short and too long ones are fitted in; 0 puts out and does not ban. */
function banSeconds(rule: { time?: number; time_in_seconds?: number }): number {
  const { time = defaultMinutes, time_in_seconds: seconds } = rule;
  if (seconds !== undefined) return seconds === 0 ? 0 : Math.min(Math.max(seconds, 10), 86_430);
  return Math.min(time, 1_440) * 60;
}
