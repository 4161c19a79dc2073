import fc from 'fast-check';
import { parseNotification } from '../../src/agora/notification.ts';
import { outcomeRows } from '../../src/agora/outcome-rows.ts';
import { refusalOf, senseless } from '../../src/agora/outcomes.ts';
import { acquireReply, readQuery, readStop, startReply } from '../../src/agora/replies.ts';
import { plan } from '../../src/recording/planner.ts';
import type { Refusal } from '../../src/recording/ports.ts';
import { isEnded, type Session } from '../../src/recording/session.ts';
import { onAcquire } from '../../src/recording/transitions/on-acquire.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onQuery } from '../../src/recording/transitions/on-query.ts';
import { onRelease } from '../../src/recording/transitions/on-release.ts';
import { onStart } from '../../src/recording/transitions/on-start.ts';
import { onStop } from '../../src/recording/transitions/on-stop.ts';
import { passTime } from '../../src/recording/transitions/pass-time.ts';
import { readSession } from '../../src/recording/upgrade-session.ts';
import { minutes, noon, sessionIn, states } from '../../test/slack/support/sessions.ts';
import { oddBodies } from './fuzz-agora-replies.ts';
import { oddNotifications } from './fuzz-notifications.ts';
import { type Fuzz, tryAll } from './try-all.ts';

const endpoints = ['acquire', 'start', 'query', 'stop', 'remove', 'notification', 'time'] as const;
const stray = { uid: '1000000', resourceId: 'r', sid: 's', tries: 0, nextAt: noon };
const context = { healthInterval: 15_000, maxIdleTime: 300_000 };
/** What makes of a body a reply, as the adapter does. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

interface Fact {
  about: (typeof endpoints)[number];
  status: number;
  code: number | undefined;
  text: string;
  notification: Buffer;
  after: number;
}

const facts: fc.Arbitrary<Fact> = fc.record({
  about: fc.constantFrom(...endpoints),
  status: fc.constantFrom(200, 200, 200, 201, 206, 400, 404, 429, 500, 503),
  code: fc.constantFrom(undefined, ...outcomeRows.flatMap((r) => (typeof r.code === 'number' ? [r.code] : [])), 1, 999),
  text: oddBodies,
  notification: oddNotifications('s'),
  after: fc.oneof(fc.nat(minutes(30)), fc.integer({ min: -minutes(60), max: minutes(60 * 24 * 30) })),
});

/**
 * Whatever facts come to a recording in whatever state, it stays one that the store can read again, that can be planned, and that does not
 * reopen once it has ended.
 */
export const fuzzFacts: Fuzz = (how) => {
  const inputs = fc.record({
    state: fc.constantFrom(...states),
    strays: fc.constantFrom([], [stray], [{ ...stray, uid: '1000001', sid: undefined }]),
    facts: fc.array(facts, { minLength: 1, maxLength: 6 }),
  });
  return tryAll('histories of facts', inputs, how, (input) => {
    let s = sessionIn(input.state, { strays: input.strays });
    let now = noon + minutes(2);
    for (const fact of input.facts) {
      now += fact.after;
      const after = takeIn(s, fact, now);
      const text = JSON.stringify(after);
      const back = readSession(JSON.parse(text));
      if (JSON.stringify(back) !== JSON.stringify(readSession(after)))
        return 'the store would give back something else';
      if (isEnded(s) && (after.state !== s.state || after.endedAt !== s.endedAt)) {
        return `${s.state} became ${after.state}`;
      }
      plan(after, now);
      s = after;
    }
    return undefined;
  });
};

function takeIn(s: Session, { about, status, code, text, notification }: Fact, now: number): Session {
  const body = parsed(text);
  const done = status === 200 && (code === undefined || code === 0);
  const refused = (endpoint: Exclude<Fact['about'], 'notification' | 'time'>): Refusal =>
    done ? senseless(endpoint) : refusalOf(endpoint, status, code, text.slice(0, 200)).refusal;
  switch (about) {
    case 'acquire': {
      const { data } = acquireReply.safeParse(body);
      return onAcquire(s, done && data ? { class: 'done', value: data } : refused(about), now, s.uid, 1);
    }
    case 'start': {
      const { data } = startReply.safeParse(body);
      return onStart(s, done && data ? { class: 'done', value: data } : refused(about), now, {
        uid: s.uid,
        resourceId: 'resourceId' in s ? (s.resourceId ?? '') : '',
      });
    }
    case 'query': {
      const value = readQuery(body);
      return onQuery(s, done && value ? { class: 'done', value } : refused(about), now, context);
    }
    case 'stop':
      return onStop(s, done ? { class: 'done', value: readStop(body) } : refused(about), now);
    case 'remove': {
      const [first] = s.strays;
      return first ? onRelease(s, first, done ? { class: 'done', value: null } : refused(about), now) : s;
    }
    case 'notification': {
      const read = parseNotification(notification);
      return read.kind === 'notice' ? onNotice(s, read.notice, now) : s;
    }
    case 'time':
      return passTime(s, now);
  }
}
