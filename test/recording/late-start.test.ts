import { describe, expect, test } from 'vitest';
import { createSession } from '../../src/recording/create-session.ts';
import type { Notice, Refusal } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { onAcquire } from '../../src/recording/transitions/on-acquire.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onRelease } from '../../src/recording/transitions/on-release.ts';
import { onStart } from '../../src/recording/transitions/on-start.ts';
import { aStart } from '../../torture/simulation/simulation.ts';
import { done, hour, refusal, scriptedSettings, start } from './support/scripted-world.ts';

/** Answers that a process gets which was frozen, while another one has gone on with another attempt. */
const now = start + 20_000;
const fresh = createSession(aStart('math-101'), 'a', start, scriptedSettings);
const second = { ...fresh, uid: '22', attempt: 2, resourceId: 'r2', acquiredAt: now, startSends: 1, takenAt: null };
const acquired = { ...second, state: 'acquired' } as Session;
const starting = { ...second, state: 'starting', sid: 's2', startedAt: now } as Session;
const first = { uid: fresh.uid, resourceId: 'r1' };
const stray = { ...first, tries: 0, nextAt: now };

test.each([acquired, starting])('the task of an earlier attempt is stopped, and takes the place of no other', (s) => {
  expect(onStart(s, done({ sid: 's1' }), now, first)).toEqual({
    ...s,
    mayHaveBegun: true,
    strays: [{ ...stray, sid: 's1' }],
  });
  for (const mayRun of ['already', 'unknown'] as const)
    expect(onStart(s, refusal(mayRun), now, first)).toEqual({ ...s, mayHaveBegun: true, strays: [stray] });
  for (const never of ['retry_same', 'retry_new_resource', 'other_uid', 'gone', 'operator_mistake'] as const)
    expect(onStart(s, refusal(never), now, first)).toBe(s);
});

test('what is known of it already is not lost, and not there twice', () => {
  const s = { ...starting, strays: [stray] };
  expect(onStart(s, done({ sid: 's1' }), now, first)).toEqual({
    ...s,
    mayHaveBegun: true,
    strays: [{ ...stray, sid: 's1' }],
  });
  expect(onStart(s, refusal('unknown'), now, first)).toBe(s);
  const known = { ...starting, strays: [{ ...stray, sid: 's1' }] };
  expect(onStart(known, done({ sid: 's1' }), now, first)).toBe(known);
});

test('the present recorder is not put out: a notification was faster than the answer, or the answer came twice', () => {
  const own = { uid: '22', resourceId: 'r2' };
  expect(onStart(starting, done({ sid: 's2' }), now, own)).toBe(starting);
  expect(onStart(starting, refusal('unknown'), now, own)).toBe(starting);
  // The same uid with another resource: whoever is put out by its uid is this one.
  expect(onStart(starting, refusal('unknown'), now, { uid: '22', resourceId: 'r1' })).toBe(starting);
});

test('after the end too', () => {
  const failure = { kind: 'cancelled', what: '', cause: '', next: '', code: '', at: now };
  const over = { ...second, state: 'failed', endedAt: now, failure } as unknown as Session;
  expect(onStart(over, done({ sid: 's2' }), now, { uid: '22', resourceId: 'r2' }).strays).toEqual([
    { uid: '22', resourceId: 'r2', sid: 's2', tries: 0, nextAt: now },
  ]);
});

test('the resource of an earlier uid is not used for another one', () => {
  const waiting = { ...fresh, uid: '22', attempt: 2 } as Session;
  expect(onAcquire(waiting, done({ resourceId: 'r1' }), now, fresh.uid)).toBe(waiting);
  expect(onAcquire(waiting, done({ resourceId: 'r2' }), now, '22')).toMatchObject({ state: 'acquired' });
});

test('two tasks that had one uid are stopped each for itself', () => {
  const two = [
    { ...stray, sid: 's1' },
    { ...stray, resourceId: 'r0', sid: 's0' },
  ];
  const s = { ...starting, strays: two } as Session;
  const [one, other] = two as [(typeof two)[0], (typeof two)[0]];
  expect(onRelease(s, one, done({ files: [] }), now).strays).toEqual([other]);
  expect(onRelease(s, one, refusal('unknown'), now).strays).toMatchObject([{ tries: 1 }, other]);
});

describe('one that Agora takes no order for any more', () => {
  const stray1 = { ...stray, sid: 's1', missingCount: 9, missingSince: 0 };
  const s = { ...starting, strays: [stray1] } as Session;
  const late = s.maxStopAt + 25 * hour;
  const gone = refusal('gone', '404/404');
  const kick = { ...first, tries: 0, nextAt: late, kickedSince: late };
  const alerts = (t: Session) => t.outbox.flatMap(({ message: m }) => (m.kind === 'alert' ? [m.failure.what] : []));

  test.each([gone, refusal('unknown', '503/-')])('is put out of the channel, looked for, and told (%j)', (reply) => {
    const after = onRelease(s, stray1, reply, late);
    expect(after.strays).toEqual([kick]);
    expect(after.earlierSids).toEqual(['s1']);
    expect(alerts(after)).toEqual([expect.stringContaining('cannot be controlled any more')]);
  });

  test('under all its uids, after a failover of the session’s own', () => {
    const own = { uid: '22', resourceId: 'r2', sid: 's2', missingCount: 9, missingSince: 0, tries: 0, nextAt: now };
    const moved = { ...starting, evidence: { ...starting.evidence, failoverUids: ['99'] }, strays: [own] } as Session;
    expect(onRelease(moved, own, gone, late).strays.map((t) => t.uid)).toEqual(['22', '99']);
  });

  test('is tried for a day, and then people hear that it is not any more', () => {
    let t = { ...s, strays: [kick] } as Session;
    const fail = (at: number) => {
      const [left] = t.strays;
      if (left) t = onRelease(t, left, refusal('unknown', '503/-'), at);
    };
    for (let n = 0; n < 20; n++) fail(late + n * hour);
    expect(t.strays).toHaveLength(1);
    expect(alerts(t)).toEqual([
      expect.stringMatching(
        /^A recorder .* that cannot be controlled any more could not be put out of the channel yet/,
      ),
    ]);
    fail(late + 25 * hour);
    expect(t.strays).toEqual([]);
    expect(alerts(t).at(-1)).toContain('it is not tried any more');
  });

  test('goes on being put out, whatever notifications say of it', () => {
    const after = onRelease(s, stray1, gone, late);
    const notice = {
      ...{ noticeId: 'n', eventType: 11, at: late, channelName: 'math-101', details: {} },
      ...{ sid: 's1', uid: first.uid },
    };
    expect(onNotice(after, notice as unknown as Notice, late).strays).toEqual([kick]);
  });

  test('is put out once, whoever else does so meanwhile', () => {
    const after = onRelease(s, stray1, gone, late);
    expect(onRelease(after, stray1, gone, late + 1_000)).toBe(after);
    const out = onRelease(after, kick, done(null), late);
    expect(onRelease(out, stray1, gone, late + 1_000)).toBe(out);
  });

  test('is out once, and given up once, whoever else asks for it meanwhile', () => {
    const out = onRelease({ ...s, strays: [kick] } as Session, kick, done(null), late);
    expect(out.strays).toEqual([]);
    for (const reply of [done(null), refusal('unknown', '503/-')])
      expect(onRelease(out, kick, reply, late + 25 * hour)).toBe(out);
  });

  test('what the session’s own wrote until then is looked for, and again once it is out', () => {
    const own = { uid: '22', resourceId: 'r2', sid: 's2', missingCount: 9, missingSince: 0, tries: 0, nextAt: now };
    const failure = { kind: 'lost', what: 'w', cause: 'c', next: 'n', code: '404/404', at: now } as const;
    const lost = { ...second, state: 'failed', sid: 's2', endedAt: now, failure, strays: [own] } as unknown as Session;
    const kicked = onRelease(lost, own, gone, late);
    expect(kicked.salvage).toEqual({ tries: 0, nextAt: late });
    const { salvage: _, ...told } = kicked;
    const out = onRelease(told as Session, kicked.strays[0] ?? own, done(null), late + hour);
    expect(out).toMatchObject({ strays: [], salvage: { tries: 0, nextAt: late + hour } });
  });

  test('says why it was not stopped before: the bot was down, or Agora refused it', () => {
    const cause = (reply: Refusal) =>
      onRelease(s, stray1, reply, late).outbox.flatMap(({ message: m }) =>
        m.kind === 'alert' ? [m.failure.cause] : [],
      );
    expect(cause(gone)).toEqual([expect.stringContaining('because the bot was down')]);
    const refused = refusal('operator_mistake', '401/-');
    expect(cause(refused)).toEqual([refused.cause]);
  });

  describe('is not said to run on when it is known to be over', () => {
    const said = { uid: first.uid, evidence: { ...starting.evidence, ended: true } };
    const failing = (t: Session, at: number) => onRelease(t, kick, refusal('operator_mistake'), at);

    test('its token has run out: it is not tried any more', () => {
      const after = failing({ ...s, tokenUntil: fresh.maxStopAt, strays: [kick] } as Session, late);
      expect([after.strays, alerts(after)]).toEqual([[], []]);
    });

    test('a notification said so, which may be about another one: it is tried on', () => {
      let t = { ...s, ...said, strays: [kick] } as Session;
      for (let n = 0; n < 20; n++) {
        const [left] = t.strays;
        if (left) t = onRelease(t, left, refusal('operator_mistake'), late + n * hour);
        expect([t.strays.length, alerts(t)]).toEqual([1, []]);
      }
      t = failing(t, late + 25 * hour);
      expect([t.strays, alerts(t)]).toEqual([[], []]);
    });
  });

  test('is over where its token has ended it, or where it was asked in time', () => {
    expect(onRelease({ ...s, tokenUntil: s.maxStopAt } as Session, stray1, gone, late).strays).toEqual([]);
    expect(onRelease(s, stray1, gone, now).strays).toEqual([]);
  });
});
