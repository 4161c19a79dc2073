import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyCapsule, fillCapsule } from '../../src/recording/capsule.ts';
import { createSession } from '../../src/recording/create-session.ts';
import { limits } from '../../src/recording/limits.ts';
import { dueAt, plan } from '../../src/recording/planner.ts';
import type { Session, SessionIn } from '../../src/recording/session.ts';
import { controlEnd, controlHours } from '../../src/recording/transitions/control-window.ts';
import { extend } from '../../src/recording/transitions/extend.ts';
import { onAcquire } from '../../src/recording/transitions/on-acquire.ts';
import { beforeStart } from '../../src/recording/transitions/on-start.ts';
import { onStop } from '../../src/recording/transitions/on-stop.ts';
import { passTime } from '../../src/recording/transitions/pass-time.ts';

/** resourceExpiredHour: past it nothing can be stopped, so it must never pass before the end, and when it nears all the same people hear of it. */
const start = 1_000_000;
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const settingsFor = (maxDuration: number) => ({
  defaultDuration: hour,
  maxDuration,
  maxIdleTime: 5 * minute,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
});
const modes = ['mix', 'individual', 'web'] as const;
const recipe = (mode: (typeof modes)[number]) => ({ profile: 'p', project: 'default', storage: 'default', mode });

function recording(mode: (typeof modes)[number], duration: number, maxDuration: number, waited = 0): Session {
  const wish = createSession(
    { channelName: 'math', duration, team: 'T', channel: 'C', by: 'U1', recipe: recipe(mode) },
    'id',
    start,
    settingsFor(maxDuration),
  );
  const acquired = onAcquire(wish, { class: 'done', value: { resourceId: 'r' } }, start + waited, wish.uid);
  const { state: _, ...rest } = acquired as SessionIn<'acquired'>;
  return {
    ...rest,
    state: 'recording',
    sid: 's',
    startedAt: start + waited,
    recordingSince: start + waited,
    outbox: [],
  } as Session;
}

describe('the time in which Agora takes orders', () => {
  test('outlasts the latest end by hours, whatever the length, the mode, the queue and the extensions', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...modes),
        fc.integer({ min: 30_000, max: 60 * day }),
        fc.integer({ min: 30_000, max: 60 * day }),
        fc.integer({ min: 0, max: 10 * hour }),
        fc.array(fc.integer({ min: minute, max: 10 * day }), { maxLength: 8 }),
        (mode, duration, maxDuration, waited, extensions) => {
          let s = recording(mode, duration, maxDuration, Math.min(waited, duration));
          for (const ms of extensions) s = extend(s, ms, 'U1', start + waited);
          const end = controlEnd(s) ?? 0;
          const hours = controlHours(s, start);
          expect(hours).toBeGreaterThanOrEqual(1);
          expect(hours).toBeLessThanOrEqual(720);
          // Near enough to warn only after a whole day in which every stop failed, or most of one at Agora's own limit.
          expect(end - limits.controlWarn).toBeGreaterThan(s.stopAt + 10 * hour);
        },
      ),
    );
  });

  test('is kept with the session: no other setting and no other version moves it', () => {
    const s = recording('web', hour, 8 * hour);
    expect(controlEnd(s)).toBe(start + 32 * hour);
    expect(controlEnd({ ...s, maxStopAt: s.maxStopAt + 10 * day } as Session)).toBe(start + 32 * hour);
    // A record of an older version does not say it, and it follows from what it says.
    const { controlUntil: _, ...older } = s;
    expect(controlEnd(older as Session)).toBe(start + 32 * hour);
  });

  test('of a recording that comes back from its button is that of its start, whatever MAX_DURATION is by then', () => {
    const s = recording('mix', hour, 8 * hour);
    const capsule = fillCapsule(s, [s]);
    if (!capsule) throw new Error('no capsule');
    const [back] = emptyCapsule(capsule, 'U2', { channel: 'C', ts: '1' }, start + 9 * day, settingsFor(hour));
    expect(back && controlEnd(back)).toBe(start + 32 * hour);
  });
});

describe('when it nears', () => {
  const s = recording('mix', hour, hour);
  const end = controlEnd(s) ?? 0;
  const stopping = (mode: (typeof modes)[number] = 'mix'): Session =>
    ({
      ...recording(mode, hour, hour),
      state: 'stopping',
      desired: 'stopped',
      stopAsked: { by: null, at: start, safety: false },
      missingCount: 0,
      missingSince: null,
      warnAt: null,
      tries: 7,
      nextAt: end + day,
      evidence: { ended: false, failoverUids: ['77'] },
    }) as Session;
  /** Its next step is just ahead. */
  const soon = (t: Session, at: number): Session => ({ ...t, nextAt: at + 1 });
  const gone = { class: 'gone', code: '404/404', cause: 'C.', next: 'N.', reason: '' } as const;
  const alerts = (t: Session) => t.outbox.flatMap((o) => (o.message.kind === 'alert' ? [o.message.failure] : []));

  test.each(modes)('a %s task that still runs is one alert six hours before, and one when it has passed', (mode) => {
    const t = stopping(mode);
    expect(dueAt(t)).toBe(end - 6 * hour);
    const before = soon(t, end - 6 * hour - 1);
    expect(passTime(before, end - 6 * hour - 1)).toBe(before);
    const warned = passTime(soon(t, end - 6 * hour), end - 6 * hour);
    expect(alerts(warned)).toMatchObject([{ kind: 'control_ending', what: expect.stringMatching(/for 6 h more/) }]);
    const waiting = soon(warned, end - 1);
    expect(passTime(waiting, end - 1)).toBe(waiting);
    expect(dueAt({ ...warned, nextAt: end + day, outbox: [] })).toBe(end);
    const over = passTime(soon(warned, end), end);
    expect(over).toMatchObject({ state: 'failed', failure: { kind: 'stop_unproved', code: 'resource expired' } });
    expect(alerts(over)).toHaveLength(2);
    // Put out of the channel under each of its uids, without a sid: a stop would be refused.
    const uids = over.strays.map((x) => [x.uid, x.sid, x.nextAt]);
    expect(uids).toEqual(mode === 'web' ? [] : [s.uid, '77'].map((uid) => [uid, undefined, end]));
  });

  test('a stop that comes late because the bot was down is made, and not called refused', () => {
    const woken = end + day;
    const due = passTime({ ...s, warnAt: null } as Session, woken);
    expect(due).toMatchObject({ state: 'stopping', tries: 0 });
    expect(alerts(due)).toEqual([]);
    expect(plan(due, woken)).toEqual({ kind: 'stop' });
    expect(passTime(due, woken)).toBe(due);
    const bounded = { ...due, tokenUntil: s.maxStopAt + 5 * minute } as Session;
    expect(alerts(passTime(onStop(bounded, gone, woken), woken))).toEqual([]);
  });

  describe('and the first stop comes later', () => {
    const woken = end + day;
    const late = (mode: (typeof modes)[number], more: object = {}): Session =>
      passTime({ ...recording(mode, hour, hour), warnAt: null, ...more } as Session, woken);
    const service = (maxRecordingHour: number) => ({
      recipe: {
        ...recipe('web'),
        extensionServiceConfig: {
          extensionServices: [{ serviceName: 'web_recorder_service', serviceParam: { maxRecordingHour } }],
        },
      },
    });

    test.each([
      ['mix', {}, 1],
      ['individual', {}, 1],
      ['web', service(100), 0],
    ] as const)('a %s task that Agora does not know may run on, and people hear of it', (mode, more, kicked) => {
      for (const code of ['404/404', '400/433']) {
        const over = onStop(late(mode, more), { ...gone, code }, woken);
        expect(over).toMatchObject({ state: 'failed', failure: { kind: 'stop_unproved', code } });
        expect(alerts(over)).toMatchObject([{ what: expect.stringMatching(/may still run and cost money/) }]);
        expect(over.strays).toHaveLength(kicked);
      }
    });

    test.each([
      ['a notification', 'mix', { evidence: { ended: true, failoverUids: [] } }],
      ['its token', 'mix', { tokenUntil: start + hour + 5 * minute }],
      ['the limit of its page', 'web', service(2)],
    ] as const)('one that %s has ended is over, and nobody is alarmed', (_what, mode, more) => {
      let s: Session = late(mode, more);
      for (const at of [0, minute, 3 * minute]) s = onStop(s, gone, woken + at);
      expect(s.state).toBe('uploading');
      expect(alerts(s)).toEqual([]);
    });
  });

  test('a token counts only if each start that may have been taken carried one', () => {
    const wish = { ...s, state: 'acquired', startSends: 0, takenAt: null } as Session;
    const sent = beforeStart(wish, start, true);
    expect(sent).toMatchObject({ tokenUntil: start + hour + 5 * minute, startSends: 1 });
    expect(beforeStart(sent, start, true)).toHaveProperty('tokenUntil');
    const without = beforeStart(sent, start, false);
    expect(without).not.toHaveProperty('tokenUntil');
    expect(beforeStart(without, start, true)).not.toHaveProperty('tokenUntil');
    expect(beforeStart({ ...sent, startSends: 0 } as Session, start, false)).not.toHaveProperty('tokenUntil');
  });

  test('also while it is thought to record', () => {
    const warned = passTime({ ...s, stopAt: end + day, warnAt: null } as Session, end - hour);
    expect(alerts(warned)).toMatchObject([{ kind: 'control_ending' }]);
    expect(passTime({ ...warned, stopAt: end + day } as Session, end)).toMatchObject({ state: 'failed' });
  });
});
