import { describe, expect, test } from 'vitest';
import { createSession } from '../../src/recording/create-session.ts';
import { limits } from '../../src/recording/limits.ts';
import { dueAt, plan } from '../../src/recording/planner.ts';
import type { Refusal } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { askStop } from '../../src/recording/transitions/ask-stop.ts';
import { onCredentials } from '../../src/recording/transitions/credentials.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onQuery } from '../../src/recording/transitions/on-query.ts';
import { onStart } from '../../src/recording/transitions/on-start.ts';
import { passTime } from '../../src/recording/transitions/pass-time.ts';
import { readSession } from '../../src/recording/upgrade-session.ts';

/** When fresh credentials of the bucket are due, and when people hear that there are none. */
const start = 1_000_000;
const minute = 60_000;
const hour = 60 * minute;
const settings = {
  defaultDuration: hour,
  maxDuration: 20 * hour,
  maxIdleTime: 5 * minute,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
const fresh = createSession(
  { channelName: 'math', duration: 9 * hour, team: 'T', channel: 'C', by: 'U1' },
  'id',
  start,
  settings,
);
const acquired: Session = {
  ...fresh,
  state: 'acquired',
  resourceId: 'r',
  acquiredAt: start,
  startSends: 1,
  takenAt: null,
  outbox: [],
};
const context = { healthInterval: 15_000, maxIdleTime: settings.maxIdleTime };
const works = { class: 'done' as const, value: { status: 5, files: [] } };
const until = start + 5 * hour;
const started = onStart(acquired, { class: 'done', value: { sid: 's', credentialsUntil: until } }, start, acquired);
const recording = { ...onQuery(started, works, start + 5_000, context), outbox: [] };
const refused: Refusal = { class: 'unknown', code: 'timeout', cause: 'C.', next: 'N.', reason: '' };
const nothingFresher: Refusal = { ...refused, class: 'already', code: 'credentials' };
const alerts = (s: Session) => s.outbox.filter((o) => o.message.kind === 'alert');

describe('fresh credentials', () => {
  test('are due an hour after the start, which its end is known from', () => {
    expect(recording).toMatchObject({ state: 'recording', credentials: { until, pushAt: start + hour, told: false } });
    const quiet = { ...recording, nextAt: until };
    expect(dueAt(quiet)).toBe(start + hour);
    expect(plan(quiet, start + hour - 1)).toEqual({ kind: 'wait' });
    expect(plan(quiet, start + hour)).toEqual({ kind: 'credentials' });
  });

  test('are due at once when nobody knows the end, because the answer to the start was lost', () => {
    const noticed = onNotice(
      acquired,
      { noticeId: 'n', eventType: 40, sid: 's', uid: acquired.uid, details: {} },
      start,
    );
    expect(noticed.credentials).toBeUndefined();
    const proved = onQuery(noticed, works, start + 5_000, { ...context, temporaryCredentials: true });
    expect(proved.credentials).toMatchObject({ until: start + 4 * hour, pushAt: start + 5_000 });
    expect(onQuery(noticed, works, start + 5_000, context).credentials).toBeUndefined();
  });

  test('are due at once when Agora says that they have run out', () => {
    const s = onNotice(recording, { noticeId: 'n', eventType: 34, sid: 's', details: {} }, start + 10_000);
    expect(s.credentials?.pushAt).toBe(start + 10_000);
  });

  test('that are sent are due an hour later, and what the uploader complained of is mended', () => {
    const complained = {
      ...recording,
      evidence: { ...recording.evidence, error: { module: 1, code: 47, level: 3, message: '' } },
    };
    const s = onCredentials(complained, { class: 'done', value: { until: until + hour } }, start + hour);
    expect(s.credentials).toEqual({ until: until + hour, pushAt: start + 2 * hour, tries: 0, told: false });
    expect(s.evidence.error).toBeUndefined();
    expect(s.outbox).toEqual([]);
  });

  test('that could not be sent are tried again, sooner at first; those that are not there yet are looked for', () => {
    let s: Session = recording;
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      s = onCredentials(s, refused, start + hour);
      waits.push(((s.credentials?.pushAt ?? 0) - start - hour) / 1000);
    }
    expect(waits).toEqual([5, 15, 60, 300, 300]);
    expect(onCredentials(s, nothingFresher, start + hour).credentials).toMatchObject({
      tries: 0,
      pushAt: start + hour + limits.credentialsLook,
    });
  });

  test('are not sent to a task that has been asked to stop', () => {
    const stopping = askStop(recording, 'U1', start + minute);
    expect(plan({ ...stopping, nextAt: until } as Session, start + 2 * hour).kind).toBe('wait');
    expect(passTime(stopping, until).outbox.filter((o) => o.message.kind === 'alert')).toEqual([]);
  });
});

describe('people', () => {
  const late = until - limits.credentialsWarn;
  test('are alerted once, an hour before they run out, with what became of the last try', () => {
    const tried = onCredentials(recording, refused, late - minute);
    expect(alerts(passTime(tried, late - 1))).toEqual([]);
    expect(alerts(passTime(tried, late))).toEqual([]);
    expect(plan(tried, late).kind).toBe('credentials');
    const told = passTime(onCredentials(tried, refused, late), late);
    expect(alerts(told)[0]?.message).toMatchObject({
      kind: 'alert',
      failure: {
        kind: 'credentials_expiring',
        what: expect.stringMatching(/run out in 60 min/),
        cause: 'C.',
        code: 'timeout',
      },
    });
    expect(alerts(passTime(told, late + 1))).toHaveLength(1);
    // It is known after a restart.
    expect(readSession(JSON.parse(JSON.stringify(told))).credentials).toEqual(told.credentials);
  });

  test('are told when fresh ones are in force after all', () => {
    const told = passTime(onCredentials(recording, refused, late), late);
    expect(alerts(told)).toHaveLength(1);
    const saved = onCredentials(told, { class: 'done', value: { until: until + hour } }, late + minute);
    expect(saved.outbox.at(-1)?.message).toMatchObject({ kind: 'thread', note: { type: 'credentials' } });
    expect(saved.credentials?.told).toBe(false);
  });

  test('hear nothing when all is recorded and uploaded by then', () => {
    const soonOver = { ...recording, stopAt: until - limits.credentialsTail };
    expect(alerts(passTime(soonOver, soonOver.stopAt - 1))).toEqual([]);
    // Somebody extends it.
    const tried = onCredentials({ ...soonOver, stopAt: until }, refused, late);
    expect(alerts(passTime(tried, late))).toHaveLength(1);
  });

  test('hear nothing from a bot that was down, before it has tried', () => {
    expect(passTime(recording, late + 5 * minute)).toBe(recording);
    expect(plan(recording, late + 5 * minute).kind).toBe('credentials');
    const sent = onCredentials(recording, { class: 'done', value: { until: until + 4 * hour } }, late + 5 * minute);
    expect(alerts(passTime(sent, late + 5 * minute))).toEqual([]);
  });
});
