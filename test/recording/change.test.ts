import { describe, expect, test } from 'vitest';
import { createPart, createSession } from '../../src/recording/create-session.ts';
import { plan } from '../../src/recording/planner.ts';
import type { Refusal } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { askChange, nextChange, onChange } from '../../src/recording/transitions/change.ts';
import { onQuery } from '../../src/recording/transitions/on-query.ts';
import { followLead } from '../../src/recording/transitions/parts.ts';

/** What is wanted of a running task, and what Agora takes of it. */
const now = 1_000_000;
const minute = 60_000;
const settings = {
  defaultDuration: 30 * minute,
  maxDuration: 60 * minute,
  maxIdleTime: 5 * minute,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
const asked = { channelName: 'math', duration: 30 * minute, team: 'T', channel: 'C', by: 'U1' };
const runs = (s: Session): Session =>
  ({
    ...s,
    state: 'recording',
    resourceId: 'r',
    acquiredAt: now,
    sid: 's',
    startedAt: now,
    recordingSince: now,
    nextAt: now + 15_000,
    outbox: [],
  }) as Session;
const lead = runs(createSession(asked, 'id', now, settings));
const layout = { layout: { mixedVideoLayout: 1 }, layoutName: 'bestfit' };
const refusal: Refusal = {
  class: 'user_mistake',
  code: '400/1028',
  cause: 'It is wrong.',
  next: 'Mend it.',
  reason: 'r',
};
const notes = (s: Session) => s.outbox.flatMap((o) => (o.message.kind === 'thread' ? [o.message.note.type] : []));

describe('what Agora refuses a part', () => {
  const wish = askChange(lead, layout, 'U1', now);
  const other = { id: 'id.2', part: 2, role: 'twin', after: null, made: true, done: false } as const;

  test('is told once, and not asked for again with each turn', () => {
    const part = followLead(runs(createPart(lead, other, now)), wish, now);
    expect(plan(part, now)).toEqual({ kind: 'change', what: 'layout' });
    const refused = onChange(part, 'layout', part.wanted, refusal, now);
    expect(notes(refused)).toEqual(['change_refused']);
    expect(followLead(refused, wish, now)).toBe(refused);
    expect(plan(refused, now)).toEqual({ kind: 'wait' });
  });

  test('is no hindrance for what is asked for next, nor for the end that is moved', () => {
    const refused = onChange(followLead(runs(createPart(lead, other, now)), wish, now), 'layout', layout, refusal, now);
    const next = askChange(wish, { layout: { mixedVideoLayout: 0 }, layoutName: 'floating' }, 'U1', now);
    expect(plan(followLead(refused, next, now), now)).toEqual({ kind: 'change', what: 'layout' });
    const moved = followLead(refused, { ...wish, stopAt: wish.stopAt + minute }, now);
    expect(moved).toMatchObject({ stopAt: wish.stopAt + minute, wanted: refused.wanted });
  });
});

test('what is asked for while a part runs is said in the name of who asked, and what it began with is set again', () => {
  const other = { id: 'id.2', part: 2, role: 'replacement', after: 'id', made: true, done: false } as const;
  const wish = askChange(lead, layout, 'U1', now);
  const told = (s: Session) => onChange(s, 'layout', s.wanted, { class: 'done', value: null }, now).outbox;
  const note = (by: string | null) => [{ message: { kind: 'card' } }, { message: { note: { type: 'changed', by } } }];
  expect(told(followLead(runs(createPart(wish, other, now)), wish, now))).toMatchObject(note(null));
  expect(told(followLead(runs(createPart(lead, other, now)), wish, now))).toMatchObject(note('U1'));
});

describe('a page that began on hold', () => {
  const context = { healthInterval: 15_000, maxIdleTime: settings.maxIdleTime };
  const answer = (onhold: boolean) => ({ class: 'done' as const, value: { status: 5, files: [], onhold } });

  test('is known to be paused once Agora says so, and to be resumed', () => {
    const proved = onQuery({ ...lead, state: 'starting' } as Session, answer(true), now, context);
    expect(proved).toMatchObject({ state: 'recording', applied: { onhold: true } });
    // To pause it is nothing new, to resume it is.
    expect(askChange(proved, { onhold: true }, 'U1', now)).toBe(proved);
    const resumed = askChange(proved, { onhold: false }, 'U1', now);
    expect(plan(resumed, now)).toEqual({ kind: 'change', what: 'onhold' });
    // An answer from before that order is no news.
    expect(onQuery(resumed, answer(true), now, context).applied).toEqual({ onhold: true });
    const running = onChange(resumed, 'onhold', resumed.wanted, { class: 'done', value: null }, now);
    expect(onQuery(running, answer(false), now, context).applied).toEqual({ onhold: false });
  });

  test('what Agora says of it is so, whatever was answered to a pause', () => {
    const asked = askChange({ ...lead, state: 'recording' } as Session, { onhold: true }, 'U1', now);
    const refusal = { class: 'operator_mistake', code: '400/2', cause: 'c', next: 'n', reason: 'r' } as const;
    const refused = onChange(asked, 'onhold', asked.wanted, refusal, now);
    expect(onQuery(refused, answer(true), now, context)).toMatchObject({ applied: { onhold: true } });
    const paused = onChange(asked, 'onhold', asked.wanted, { class: 'done', value: null }, now);
    expect(paused).toMatchObject({ applied: { onhold: true } });
    const resumed = onQuery(paused, answer(false), now, context);
    expect(resumed).toMatchObject({ applied: { onhold: false } });
    // Nobody asks for it a second time, and who asked is told.
    expect(nextChange(resumed)).toBeUndefined();
    const note = { type: 'change_refused', by: 'U1', what: 'onhold', cause: 'Agora says that it goes on.' };
    expect(resumed.outbox.at(-1)?.message).toMatchObject({ kind: 'thread', note });
  });

  test('what one of two recorders does is no wish for the other', () => {
    const twin = { id: 'id.2', part: 2, role: 'twin', after: 'id', made: true, done: false } as const;
    const both = { ...lead, state: 'recording', others: [twin] } as Session;
    const asked = askChange(both, { onhold: true }, 'U1', now);
    const paused = onChange(asked, 'onhold', asked.wanted, { class: 'done', value: null }, now);
    expect(onQuery(paused, answer(false), now, context).wanted).toEqual({ onhold: true });
    expect(nextChange(onQuery(paused, answer(false), now, context))).toBeUndefined();
  });

  test('of one that did not, nothing is said', () => {
    const proved = onQuery(lead, answer(false), now, context);
    expect(proved.applied).toEqual({});
    expect(proved.outbox).toEqual([]);
  });
});
