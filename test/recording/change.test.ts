import { afterEach, describe, expect, test } from 'vitest';
import { createPartsKeeper } from '../../src/recording/create-parts-keeper.ts';
import { createPart, createSession } from '../../src/recording/create-session.ts';
import { plan } from '../../src/recording/planner.ts';
import type { Refusal } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { askChange, nextChange, onChange } from '../../src/recording/transitions/change.ts';
import { onQuery } from '../../src/recording/transitions/on-query.ts';
import { followLead } from '../../src/recording/transitions/parts.ts';
import { createEmbeddedRig, type EmbeddedRig } from '../store/embedded-rig.ts';

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

  const confirmed = (s: Session) => onChange(s, 'onhold', s.wanted, { class: 'done', value: null }, now);
  const notes = (s: Session) => s.outbox.flatMap(({ message: m }) => (m.kind === 'thread' ? [m.note] : []));

  /** A recorder that was lost, and the one that took its place. */
  async function twoRecorders() {
    rig = await createEmbeddedRig(':memory:');
    const { store } = rig;
    const other = { id: 'id.2', part: 2, role: 'replacement', after: 'id', made: true, done: false } as const;
    const failure = { kind: 'lost', what: 'w', cause: 'c', next: 'n', code: '404/404', at: now } as const;
    const ended = { state: 'failed', endedAt: now, failure, applied: { onhold: false } };
    const lost = { ...lead, ...ended, others: [other] } as unknown as Session;
    await store.create(lost);
    await store.create(runs(createPart(lost, other, now)));
    return { store, ...createPartsKeeper({ store, wake: () => undefined, now: () => now }) };
  }
  let rig: EmbeddedRig | undefined;
  afterEach(async () => {
    await rig?.close();
    rig = undefined;
  });

  test('a pause whose answers were lost is as Agora says, and is not taken back by anybody', () => {
    const resumed = confirmed(
      askChange({ ...lead, applied: { onhold: true } } as Session, { onhold: false }, 'U1', now),
    );
    const asked = askChange(resumed, { onhold: true }, 'U1', now);
    const refusal = { class: 'operator_mistake', code: '400/2', cause: 'c', next: 'n', reason: 'r' } as const;
    const refused = onChange(asked, 'onhold', asked.wanted, refusal, now);
    const paused = onQuery(refused, answer(true), now, context) as Session;
    expect(paused.applied).toEqual({ onhold: true });
    expect(nextChange(paused)).toBeUndefined();
    expect(nextChange(askChange(paused, { onhold: false }, 'U1', now))).toBe('onhold');
  });

  test('one that Agora has lost is sent again, some times, and then it is told', () => {
    const twin = { id: 'id.2', part: 2, role: 'twin', after: 'id', made: true, done: false } as const;
    let s = confirmed(askChange({ ...lead, others: [twin] } as Session, { onhold: true }, 'U1', now));
    for (let n = 0; n < 3; n++) {
      s = onQuery(s, answer(false), now, context);
      expect(nextChange(s)).toBe('onhold');
      expect(s.wanted).toEqual({ onhold: true });
      s = confirmed(s);
      expect(s.applied).toEqual({ onhold: true });
    }
    s = onQuery(s, answer(false), now, context);
    expect(nextChange(s)).toBeUndefined();
    expect(s.applied).toEqual({ onhold: false });
    expect(notes(s).at(-1)).toMatchObject({
      type: 'change_refused',
      cause: expect.stringContaining('goes on all the same'),
    });
    // The other recorder is told nothing, and whoever asks anew is heard.
    const part = followLead(runs(createPart(lead, twin, now)), s, now);
    expect(nextChange(part)).toBeUndefined();
    expect(nextChange(askChange(s, { onhold: true }, 'U1', now))).toBe('onhold');
  });

  test('one that another recorder of the wish could not have is asked for anew, and heard', async () => {
    const { store, report, follow } = await twoRecorders();
    const gaveUp = async (how: (s: Session) => Session) => {
      await store.update('id.2', how);
      await report('id.2');
      await follow('id.2');
      expect(nextChange((await store.get('id.2')) as Session)).toBeUndefined();
    };
    const asked = async (onhold: boolean) => {
      const before = await store.get('id');
      expect(await store.update('id', (s) => askChange(s, { onhold }, 'U1', now))).not.toEqual(before);
      await follow('id.2');
      return nextChange((await store.get('id.2')) as Session);
    };
    expect(await asked(true)).toBe('onhold');
    await gaveUp((s) => onChange(s, 'onhold', s.wanted, refusal, now));
    expect(await asked(true)).toBe('onhold');
    await gaveUp((s) => {
      let t = confirmed(s);
      for (let n = 0; n < 4; n++) {
        t = onQuery(t, answer(false), now, context);
        if (nextChange(t)) t = confirmed(t);
      }
      return t;
    });
    expect(await asked(true)).toBe('onhold');
    // A recorder that took over began on hold, which the one before it knows nothing of.
    await gaveUp((s) => onQuery(onChange(s, 'onhold', s.wanted, refusal, now), answer(true), now, context));
    expect(await asked(false)).toBe('onhold');
  });

  test('one that another recorder could not have says nothing of a wish that is newer', async () => {
    const { store, report, follow } = await twoRecorders();
    await store.update('id', (s) => askChange(s, { onhold: true }, 'U1', now));
    await follow('id.2');
    await store.update('id.2', (s) => onChange(s, 'onhold', s.wanted, refusal, now));
    // Its process dies before it says so, and the next one hears first what people want now.
    await store.update('id', (s) => askChange(s, { onhold: false }, 'U1', now));
    await follow('id.2');
    await report('id.2');
    expect((await store.get('id'))?.wanted).toEqual({ onhold: false });
  });

  test('one that Agora has lost for a moment is sent again as often the next time', () => {
    let s = confirmed(askChange(lead as Session, { onhold: true }, 'U1', now));
    for (let n = 0; n < 9; n++) {
      s = confirmed(onQuery(s, answer(false), now, context));
      s = onQuery(s, answer(true), now, context);
    }
    expect(s.applied).toEqual({ onhold: true });
    expect(notes(s).some((m) => m.type === 'change_refused')).toBe(false);
  });

  test('of one that did not, nothing is said', () => {
    const proved = onQuery(lead, answer(false), now, context);
    expect(proved.applied).toEqual({});
    expect(proved.outbox).toEqual([]);
  });
});
