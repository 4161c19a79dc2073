import { describe, expect, test } from 'vitest';
import { createSession } from '../../src/recording/create-session.ts';
import { dueAt, plan } from '../../src/recording/planner.ts';
import type { Notice, Refusal } from '../../src/recording/ports.ts';
import type { FileReport } from '../../src/recording/recorded-files.ts';
import type { Session, SessionIn } from '../../src/recording/session.ts';
import { session as sessionShape } from '../../src/recording/session.ts';
import { askStop } from '../../src/recording/transitions/ask-stop.ts';
import { complete, fail } from '../../src/recording/transitions/end.ts';
import { extend } from '../../src/recording/transitions/extend.ts';
import { onAcquire } from '../../src/recording/transitions/on-acquire.ts';
import { onInspection } from '../../src/recording/transitions/on-inspection.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onQuery } from '../../src/recording/transitions/on-query.ts';
import { onRelease, onUnseenPage } from '../../src/recording/transitions/on-release.ts';
import { onStart } from '../../src/recording/transitions/on-start.ts';
import { onStop } from '../../src/recording/transitions/on-stop.ts';
import { passTime } from '../../src/recording/transitions/pass-time.ts';
import { queueUp } from '../../src/recording/transitions/queue.ts';
import { onSalvage } from '../../src/recording/transitions/salvage.ts';

/** Every state meets every event. The table is what the docs and the promises say, cell by cell; the code has to follow it. */
const start = 1_000_000;
const now = start + 20_000;
const minute = 60_000;
const settings = {
  defaultDuration: 30 * minute,
  maxDuration: 60 * minute,
  maxIdleTime: 5 * minute,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
const context = { healthInterval: 15_000, maxIdleTime: settings.maxIdleTime };

const fresh = {
  ...createSession(
    { channelName: 'math', duration: 30 * minute, team: 'T', channel: 'C', by: 'U1' },
    'id',
    start,
    settings,
  ),
  outbox: [],
};
const resource = { resourceId: 'r', acquiredAt: start };
const running = { ...fresh, ...resource, sid: 's', startedAt: start };
const stopped = { desired: 'stopped', stopAsked: { by: 'U1', at: start, safety: false }, warnAt: null } as const;
const file = { name: 's_math.m3u8' };

const states = {
  requested: fresh,
  unsent: { ...fresh, ...resource, state: 'acquired', startSends: 0, takenAt: null },
  sent: { ...fresh, ...resource, state: 'acquired', startSends: 2, takenAt: null },
  starting: { ...running, state: 'starting' },
  recording: { ...running, state: 'recording', recordingSince: start },
  suspect: { ...running, state: 'suspect', recordingSince: start, missingCount: 1, missingSince: start },
  stopping: {
    ...running,
    ...stopped,
    state: 'stopping',
    recordingSince: start,
    missingCount: 0,
    missingSince: null,
    files: [file],
  },
  uploading: { ...running, ...stopped, state: 'uploading', recordingSince: start, stoppedAt: start, slowTold: false },
  backuped: {
    ...running,
    ...stopped,
    state: 'backuped',
    stoppedAt: start,
    evidence: { ...fresh.evidence, uploaded: 'backuped' },
  },
  completed: { ...running, ...stopped, state: 'completed', endedAt: start, proof: 'agora', files: [file] },
  failed: {
    ...running,
    state: 'failed',
    endedAt: start,
    failure: { kind: 'lost', what: 'w', cause: 'c', next: 'n', code: '404/404', at: start },
  },
  empty: { ...running, ...stopped, state: 'empty', endedAt: start },
} satisfies Record<string, Session>;
const names = Object.keys(states) as (keyof typeof states)[];

const refusal = (kind: Refusal['class'], code = '500/500'): Refusal => ({
  class: kind,
  code,
  cause: 'C.',
  next: 'N.',
  reason: '',
});
const query = (status: number) => ({ class: 'done' as const, value: { status, files: [] } });
const stop = (uploading: 'uploaded' | 'backuped' | 'unknown') => ({
  class: 'done' as const,
  value: { files: [file], uploading },
});
const notice = (eventType: number, details: Notice['details'] = {}): Notice => ({
  noticeId: `n${eventType}`,
  eventType,
  sid: 's',
  channelName: 'math',
  uid: fresh.uid,
  details,
});

/** What time brings about where it was asked, and said, how it stands, and no stop was of use. */
const passed = (s: Session, moment: number): Session =>
  passTime({ ...s, nextAt: moment + 1, answeredAt: moment, tries: 1 }, moment);

/** What start was sent for, where nobody has gone on meanwhile. */
const sentOf = (s: Session) => ({ uid: s.uid, resourceId: 'resourceId' in s ? (s.resourceId ?? '') : '' });

type Change = (s: Session) => Session;
const acquire =
  (r: Parameters<typeof onAcquire>[1]): Change =>
  (s) =>
    onAcquire(s, r, now, s.uid);
const started =
  (r: Parameters<typeof onStart>[1]): Change =>
  (s) =>
    onStart(s, r, now, sentOf(s));
const queried =
  (r: Parameters<typeof onQuery>[1]): Change =>
  (s) =>
    onQuery(s, r, now, context);
const stopAnswer =
  (r: Parameters<typeof onStop>[1]): Change =>
  (s) =>
    onStop(s, r, now);
const told =
  (n: Notice): Change =>
  (s) =>
    onNotice(s, n, now);

/** A notification with files, as Agora sends it once they are uploaded. */
const uploadedNotice = ({ eventType, files }: { eventType: number; files: { name: string }[] }): Change =>
  told(notice(eventType, { files }));

const reportOf = (more: Partial<FileReport>): FileReport => ({
  at: now,
  verdict: 'ready',
  ended: true,
  files: [{ name: file.name, size: 1000, seconds: 15, slices: 1 }],
  missing: [],
  missingCount: 0,
  ...more,
});
const inspected =
  (more: Partial<FileReport>): Change =>
  (s) =>
    onInspection(s, reportOf(more), [file], now);

/** `.` means: the state stays. Columns in the order of `states`. */
const table: [event: string, change: Change, row: string][] = [
  //                                                                          requested unsent    sent      starting  recording suspect   stopping  uploading backuped  completed failed empty
  [
    'acquire done',
    acquire({ class: 'done', value: { resourceId: 'r2' } }),
    'acquired  .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'acquire unknown',
    acquire(refusal('unknown')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'acquire retry_same',
    acquire(refusal('retry_same')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'acquire other_uid',
    acquire(refusal('other_uid')),
    '.         requested .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'acquire user_mistake',
    acquire(refusal('user_mistake')),
    'failed    failed    .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'acquire operator_mistake',
    acquire(refusal('operator_mistake')),
    'failed    failed    .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'start done',
    started({ class: 'done', value: { sid: 's' } }),
    '.         starting  starting  .         .         .         .         .         .         .         .      .',
  ],
  [
    'start already (7)',
    started(refusal('already')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'start other_uid (53)',
    started(refusal('other_uid')),
    '.         requested requested .         .         .         .         .         .         .         .      .',
  ],
  [
    'start unknown',
    started(refusal('unknown')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'start retry_new_resource',
    started(refusal('retry_new_resource')),
    '.         requested requested .         .         .         .         .         .         .         .      .',
  ],
  [
    'start operator_mistake',
    started(refusal('operator_mistake')),
    '.         failed    failed    .         .         .         .         .         .         .         .      .',
  ],
  ...[0, 1, 2, 3, 6].map((n): [string, Change, string] => [
    `query status ${n}`,
    queried(query(n)),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ]),
  ...[4, 5].map((n): [string, Change, string] => [
    `query status ${n}`,
    queried(query(n)),
    '.         .         .         recording .         recording .         .         .         .         .      .',
  ]),
  ...[7, 8, 20].map((n): [string, Change, string] => [
    `query status ${n}`,
    queried(query(n)),
    '.         .         .         failed    failed    failed    .         .         .         .         .      .',
  ]),
  [
    'query gone',
    queried(refusal('gone', '404/404')),
    '.         .         .         .         suspect   .         .         .         .         .         .      .',
  ],
  [
    'query unknown',
    queried(refusal('unknown')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'query already (501)',
    queried(refusal('already')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'query uploaded',
    queried({ class: 'done', value: { status: 8, files: [file], uploading: 'uploaded' } }),
    '.         .         .         failed    failed    failed    .         .         uploading .         .      .',
  ],
  [
    'stop uploaded',
    stopAnswer(stop('uploaded')),
    '.         .         .         .         .         .         uploading .         .         .         .      .',
  ],
  [
    'stop backuped',
    stopAnswer(stop('backuped')),
    '.         .         .         .         .         .         backuped  .         .         .         .      .',
  ],
  [
    'stop upload unknown',
    stopAnswer(stop('unknown')),
    '.         .         .         .         .         .         uploading .         .         .         .      .',
  ],
  [
    'stop uploading (50)',
    stopAnswer(refusal('uploading')),
    '.         .         .         .         .         .         uploading .         .         .         .      .',
  ],
  [
    'stop already (49)',
    stopAnswer(refusal('already')),
    '.         .         .         .         .         .         uploading .         .         .         .      .',
  ],
  [
    'stop nothing_recorded',
    stopAnswer(refusal('nothing_recorded')),
    '.         .         .         .         .         .         uploading .         .         .         .      .',
  ],
  [
    'stop gone once',
    stopAnswer(refusal('gone', '404/404')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'stop unknown',
    stopAnswer(refusal('unknown')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'stop operator_mistake',
    stopAnswer(refusal('operator_mistake')),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    'bucket ready, with end marks',
    inspected({ verdict: 'ready', ended: true }),
    '.         .         .         .         .         .         .         completed completed .         .      .',
  ],
  [
    'bucket ready, without end marks',
    inspected({ verdict: 'ready', ended: false }),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  ...(['missing', 'cannot_read', 'unknown'] as const).map((verdict): [string, Change, string] => [
    `bucket ${verdict}, Agora silent`,
    inspected({ verdict }),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ]),
  [
    'event 1',
    told(notice(1, { errorModule: 1, errorCode: 32, errorLevel: 5 })),
    '.         starting  starting  .         .         .         .         .         .         .         .      .',
  ],
  [
    'event 11',
    told(notice(11, { exitStatus: 0 })),
    '.         starting  starting  .         .         .         .         .         .         .         .      .',
  ],
  [
    'event 12',
    told(notice(12, { newUid: '9' })),
    '.         starting  starting  .         .         .         .         .         .         .         .      .',
  ],
  [
    'event 31',
    told(notice(31, { files: [file] })),
    '.         starting  starting  .         .         .         uploading .         uploading .         .      .',
  ],
  [
    'event 32',
    told(notice(32, { files: [file] })),
    '.         starting  starting  .         .         .         .         backuped  .         .         .      .',
  ],
  [
    'event 40',
    told(notice(40)),
    '.         starting  starting  .         .         .         .         .         .         .         .      .',
  ],
  [
    'event 41',
    told(notice(41, { leaveCode: 24 })),
    '.         starting  starting  .         .         .         .         .         .         .         .      .',
  ],
  [
    'a person stops',
    (s) => askStop(s, 'U2', now),
    'failed    failed    .         stopping  stopping  stopping  .         .         .         .         .      .',
  ],
  [
    'the deadline',
    (s) => passTime(s, start + 30 * minute),
    'failed    failed    .         stopping  stopping  stopping  .         .         .         .         .      .',
  ],
  [
    'a person extends',
    (s) => extend(s, minute, 'U2', now),
    '.         .         .         .         .         .         .         .         .         .         .      .',
  ],
  [
    '90 s pass',
    (s) => passed(s, start + 90_000),
    '.         .         .         stopping  .         .         .         .         .         .         .      .',
  ],
  [
    'three days pass',
    (s) => passed(s, start + 73 * 60 * minute),
    'failed    failed    .         stopping  stopping  stopping  failed    .         failed    .         .      .',
  ],
];

const stateOf = (name: keyof typeof states) => states[name].state;

describe.each(table)('%s', (event, change, row) => {
  const cells = row.split(/\s+/);
  test('has a cell for each state', () => expect(cells).toHaveLength(names.length));
  test.each(names.map((name, i) => [name, cells[i] ?? ''] as const))('in %s: %s', (name, cell) => {
    const before: Session = structuredClone(states[name]);
    const after = change(before);
    const expected = cell === '.' ? stateOf(name) : cell;
    if (event === 'acquire other_uid' && name === 'unsent') expect(after.uid).not.toBe(before.uid);
    expect(after.state).toBe(expected);
    // Pure, whole and storable.
    expect(before).toEqual(states[name]);
    expect(sessionShape.safeParse(after).success).toBe(true);
    expect(after.revision).toBe(before.revision);
  });
});

describe('what people are told', () => {
  const alerts = (s: Session) => s.outbox.filter((o) => o.message.kind === 'alert');
  const told = (s: Session) => s.outbox.flatMap((o) => (o.message.kind === 'thread' ? [o.message.note.type] : []));

  test('a loss takes three 404s over two minutes, and is one alert', () => {
    const gone = refusal('gone', '404/404');
    let s: Session = states.recording;
    for (const at of [0, 5_000, 15_000, 60_000, 90_000, 119_000]) {
      s = onQuery(s, gone, start + at, context);
      expect(s.state).toBe('suspect');
    }
    expect(told(s)).toEqual(['checking']);
    expect(alerts(s)).toEqual([]);
    s = onQuery(s, gone, start + 120_000, context);
    expect(s.state).toBe('failed');
    expect(alerts(s)).toHaveLength(1);
  });

  test('two 404s are no loss, however long they are apart', () => {
    const gone = refusal('gone', '404/404');
    const once = onQuery(states.recording, gone, start, context);
    const twice = onQuery(once, gone, start + 10 * minute, context);
    expect(twice.state).toBe('suspect');
    expect(onQuery(twice, gone, start + 10 * minute + 1, context).state).toBe('failed');
  });

  test('a failover of 90 seconds is no alert, and its end is told', () => {
    const gone = refusal('gone', '404/404');
    let s: Session = states.recording;
    for (const at of [0, 5_000, 15_000, 30_000, 60_000, 90_000]) s = onQuery(s, gone, start + at, context);
    s = onQuery(s, query(5), start + 95_000, context);
    expect(s.state).toBe('recording');
    expect(told(s)).toEqual(['checking', 'back']);
    expect(alerts(s)).toEqual([]);
  });

  test('one 404 is enough once a notification said that it is over, and none is when query says that it works', () => {
    const over = onNotice(states.recording, notice(11, { exitStatus: 1 }), now);
    expect(onQuery(over, refusal('gone', '404/404'), now, context)).toMatchObject({
      state: 'failed',
      failure: { kind: 'ended_early', code: 'event 11: exitStatus 1' },
    });
    const works = onQuery(over, query(5), now, context);
    expect(works.state).toBe('recording');
    expect(onQuery(works, refusal('gone', '404/404'), now, context).state).toBe('suspect');
  });

  test('a stop that only meets 404s goes on for two minutes before it is believed', () => {
    let s: Session = states.stopping;
    for (const at of [0, 30_000, 60_000, 119_000]) {
      s = onStop(s, refusal('gone', '404/404'), start + at);
      expect(s.state).toBe('stopping');
    }
    expect(onStop(s, refusal('gone', '404/404'), start + 121_000).state).toBe('uploading');
  });

  test('one that was taken for stopped and still records, as after two failovers in a row, is stopped', () => {
    for (const s of [states.uploading, states.backuped]) {
      // Agora may still say so for a moment after a stop.
      expect(onQuery(s, query(5), start + 5_000, context).state).toBe(s.state);
      const found = onQuery(s, query(5), start + 45_000, context);
      expect(found).toMatchObject({ state: 'stopping', nextAt: start + 45_000, missingCount: 0 });
      expect(() => sessionShape.parse(found)).not.toThrow();
      expect(onQuery(s, query(6), start + 45_000, context).state).toBe(s.state);
    }
  });

  test('a stop that keeps failing is one alert, and goes on', () => {
    let s: Session = states.stopping;
    for (let i = 0; i < 20; i++) s = onStop(s, refusal('operator_mistake', '401/-'), now + i);
    expect(s.state).toBe('stopping');
    expect(alerts(s)).toHaveLength(1);
  });

  test.each([
    ['starting', 90],
    ['recording', 600],
  ] as const)(
    'when Agora does not say how one in state %s stands for %i s, that is one alert, and its end is told',
    (state, seconds) => {
      let s: Session = states[state];
      let at = now;
      const ask = () => {
        s = onQuery(s, refusal('unknown', 'ECONNRESET'), at, context);
      };
      ask();
      const since = at;
      for (; at - since < seconds * 1000 - 30_000; at = s.nextAt) ask();
      expect(alerts(s)).toEqual([]);
      for (; at - since < seconds * 1000 + 60_000; at = s.nextAt) ask();
      expect(alerts(s)).toMatchObject([
        { message: { failure: { kind: 'unwatched', code: 'ECONNRESET', cause: 'C.' } } },
      ]);
      expect(s.state).toBe(state);
      for (; at - since < 4 * seconds * 1000; at = s.nextAt) ask();
      expect(alerts(s)).toHaveLength(1);
      s = onQuery(s, query(4), at, context);
      expect(told(s).at(-1)).toBe(state === 'starting' ? 'recording' : 'back');
      // The next one is told anew.
      for (const end = at + 1_500_000; at < end; at = s.nextAt) ask();
      expect(alerts(s)).toHaveLength(2);
    },
  );

  test('files that were missed are looked for until they are seen, whatever is not answered in between', () => {
    const missing = { verdict: 'missing' as const, files: [], missing: ['x.ts'], missingCount: 1 };
    const says = (s: Session, ...verdicts: FileReport['verdict'][]) =>
      verdicts.reduce((t, verdict) => inspected(verdict === 'missing' ? missing : { verdict, files: [] })(t), s);
    const uploaded = says(
      queried({ class: 'done', value: { status: 8, files: [file], uploading: 'uploaded' } })(states.uploading),
    );
    expect(uploaded).toMatchObject({ state: 'uploading', evidence: { uploaded: 'uploaded' } });
    const missed = says(uploaded, 'missing', 'missing', 'unknown', 'missing');
    expect(told(missed)).toEqual(['missing_files']);
    const silent = says(missed, 'unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'cannot_read', 'missing');
    expect(silent).toMatchObject({ state: 'uploading', report: { verdict: 'missing', missing: ['x.ts'] } });
    expect(told(silent)).toEqual(['missing_files']);
    expect(says(silent, 'ready')).toMatchObject({ state: 'completed', proof: 'both' });
    // Where nothing was ever missed, silence leaves Agora's word alone.
    expect(says(uploaded, 'unknown', 'unknown', 'unknown').state).toBe('uploading');
    expect(says(uploaded, 'unknown', 'unknown', 'unknown', 'unknown')).toMatchObject({
      state: 'completed',
      proof: 'agora',
    });
    expect(says(uploaded, 'cannot_read')).toMatchObject({ state: 'completed', proof: 'agora' });
    // As the version before kept it.
    const { looks: _, ...before } = missed;
    expect(says({ ...before, tries: 7 } as Session, 'unknown', 'unknown', 'unknown', 'unknown', 'missing').state).toBe(
      'uploading',
    );
    expect(told(says({ ...before, tries: 7 } as Session, 'missing'))).toEqual(['missing_files']);
  });

  test('pictures that nobody has named are looked for until the bucket can be listed', () => {
    const uploaded = { ...states.uploading, files: [], evidence: { ...fresh.evidence, uploaded: 'uploaded' as const } };
    let s: Session = uploaded;
    for (let n = 0; n < 9; n++)
      s = onInspection(s, reportOf({ verdict: 'unknown', files: [], unlisted: true }), [], now);
    expect(s).toMatchObject({ state: 'uploading' });
    expect(onInspection(s, reportOf({}), [file], now)).toMatchObject({ state: 'completed', proof: 'both' });
    // Where there is nothing to look for Agora's word is all there is.
    expect(onInspection(uploaded, reportOf({ verdict: 'unknown', files: [] }), [], now).state).toBe('completed');
  });

  test.each<[string, object]>([
    ['Agora has named files', { files: [file] }],
    ['another recorder took over', { evidence: { ...fresh.evidence, failoverUids: ['7'] } }],
    ['Agora has said that they are uploaded', { evidence: { ...fresh.evidence, uploaded: 'uploaded' } }],
  ])('"no recorded data" is not believed when %s: the bucket is looked into', (_why, known) => {
    const s = { ...states.stopping, files: [], ...known } as Session;
    expect(stopAnswer(refusal('nothing_recorded', '206/435'))(s).state).toBe('uploading');
    const none = { ...states.stopping, files: [{ ...file, expected: true as const }] };
    expect(stopAnswer(refusal('nothing_recorded', '206/435'))(none).state).toBe('empty');
  });

  test('and files that Agora tells of afterwards are told', () => {
    const late = uploadedNotice({ eventType: 31, files: [file] })(states.empty);
    expect(late).toMatchObject({ state: 'empty', files: [file], salvage: { tries: 0 } });
    expect(plan(late, now)).toEqual({ kind: 'check_files' });
    const seen = onSalvage(late, reportOf({}), [file], now);
    expect(seen.state).toBe('empty');
    expect(told(seen)).toEqual(['files']);
    // Heard twice, told once.
    expect(uploadedNotice({ eventType: 31, files: [file] })(seen)).toBe(seen);
  });

  test('a stop for safety that keeps failing is an alert too', () => {
    let s: Session = states.starting;
    s = { ...passed(s, start + 90_000), outbox: [] };
    expect(s).toMatchObject({ state: 'stopping', failure: { kind: 'start_unproved' } });
    for (let n = 0; n < 10; n++) s = onStop(s, refusal('operator_mistake', '401/-'), now + n * 60_000);
    expect(alerts(s)).toMatchObject([{ message: { failure: { kind: 'stop_unproved', code: '401/-' } } }]);
  });

  test('a stray that Agora does not know at first, and then refuses, is an alert', () => {
    const stray = { uid: '5', resourceId: 'r', sid: 's2', tries: 0, nextAt: now };
    let s: Session = { ...states.failed, strays: [stray] } as Session;
    const answer = (r: Refusal, at: number) => {
      const [known] = s.strays;
      if (known) s = onRelease(s, known, r, at);
    };
    for (let n = 0; n < 4; n++) answer(refusal('gone', '404/404'), now + n * 5_000);
    for (let n = 0; n < 3; n++) answer(refusal('operator_mistake', '401/-'), now + 60_000 + n * 60_000);
    expect(alerts(s)).toEqual([]);
    for (let n = 3; n < 9; n++) answer(refusal('operator_mistake', '401/-'), now + 60_000 + n * 60_000);
    expect(alerts(s)).toMatchObject([{ message: { failure: { kind: 'stop_unproved', code: '401/-' } } }]);
  });

  test('a step that is further off than any is planned was planned by a wrong clock: it is due', () => {
    const hour = 60 * minute;
    const item = { id: 'o', message: { kind: 'card' as const }, tries: 0, nextAt: now + hour };
    const stray = { uid: '5', resourceId: 'r', sid: 's2', tries: 0, nextAt: now + hour };
    const unheard = { uid: '6', resourceId: 'r', mode: 'web' as const, tries: 1, nextAt: now + 8 * hour };
    const kicked = { uid: '7', resourceId: 'r', tries: 1, nextAt: now + hour, kickedSince: now + hour };
    const ahead = {
      ...states.recording,
      stopAt: now + 2 * hour,
      warnAt: now + hour,
      nextAt: now + hour,
      call: { revision: 1, until: now + hour },
      outbox: [item],
      strays: [stray, unheard, kicked],
    };
    const after = passTime(ahead, now);
    expect(after).toMatchObject({ nextAt: now, outbox: [{ nextAt: now }] });
    expect(after.strays).toMatchObject([{ nextAt: now }, unheard, { nextAt: now, kickedSince: now }]);
    expect(after.call).toBeUndefined();
    expect(after.stopAt).toBe(ahead.stopAt);
    expect(passTime(after, now)).toBe(after);
    // Files are looked for now and then only.
    const seldom = { ...states.uploading, nextAt: now + hour };
    expect(passTime(seldom, now)).toBe(seldom);
    expect(passTime({ ...seldom, nextAt: now + 3 * hour }, now).nextAt).toBe(now);
  });

  test('who slept over ten minutes asks more than once before that is an alert', () => {
    let s = onQuery(states.recording, refusal('unknown'), now, context);
    s = onQuery(s, refusal('unknown'), now + 1_200_000, context);
    expect(alerts(s)).toEqual([]);
  });

  test('a start that is not proved is one alert and a stop, and fails when that is done', () => {
    let s: Session = passed(states.starting, start + 90_000);
    expect(s).toMatchObject({ state: 'stopping', desired: 'stopped', stopAsked: { safety: true } });
    expect(alerts(s)).toHaveLength(1);
    s = onInspection(onStop(s, stop('uploaded'), now), reportOf({}), [file], now);
    expect(s).toMatchObject({ state: 'failed', failure: { kind: 'start_unproved' } });
    expect(alerts(s)).toHaveLength(1);
    expect(told(s)).toContain('files');
  });

  test('stopped before it began: no alert', () => {
    expect(alerts(askStop(states.requested, 'U2', now))).toEqual([]);
    expect(alerts(askStop(states.requested, null, now))).toHaveLength(1);
  });

  test('asking twice is asking once', () => {
    const once = askStop(states.recording, 'U1', now);
    expect(askStop(once, 'U2', now + 1)).toBe(once);
    expect(extend(once, minute, 'U2', now)).toBe(once);
  });

  test('two recorders that are being stopped at their end are not extended any more, and one that goes on alone is', () => {
    const other = { id: 'id.2', part: 2, role: 'twin', after: null, made: true, done: false } as const;
    const lead: Session = { ...states.stopping, others: [other] };
    expect(extend(lead, minute, 'U2', lead.stopAt)).toBe(lead);
    expect(extend(lead, minute, 'U2', now).stopAt).toBe(lead.stopAt + minute);
  });

  test('the warning comes five minutes before the end, or at four fifths of a short one, and anew after extending', () => {
    expect(fresh.warnAt).toBe(start + 25 * minute);
    const short = createSession(
      { channelName: 'm', duration: 10 * minute, team: 'T', channel: 'C', by: 'U' },
      'i',
      start,
      settings,
    );
    expect(short.warnAt).toBe(start + 8 * minute);
    const warned = passTime(states.recording, start + 25 * minute);
    expect(told(warned)).toEqual(['warning']);
    expect(warned.warnAt).toBeNull();
    const extended = extend(warned, 15 * minute, 'U2', start + 26 * minute);
    expect(extended).toMatchObject({ stopAt: start + 45 * minute, warnAt: start + 41.2 * minute });
    expect(extend(extended, 60 * minute, 'U2', now).stopAt).toBe(start + 60 * minute);
  });

  test('every order of the last notifications ends the same', () => {
    const facts = [
      notice(41, { leaveCode: 24 }),
      notice(11, { exitStatus: 0 }),
      notice(32, { files: [file] }),
      notice(31, { files: [file] }),
      notice(12, { newUid: '9' }),
    ];
    const orders = (items: Notice[]): Notice[][] =>
      items.length < 2 ? [items] : items.flatMap((x, i) => orders(items.toSpliced(i, 1)).map((rest) => [x, ...rest]));
    const ends = orders(facts).map((order) => {
      const s = order.concat(order).reduce<Session>((x, n) => onNotice(x, n, now), states.uploading);
      return JSON.stringify([s.state, s.files, s.evidence.uploaded, s.evidence.leaveCode]);
    });
    expect(new Set(ends).size).toBe(1);
    expect(ends[0]).toContain('"uploading",[{"name":"s_math.m3u8"}],"uploaded"');
  });

  describe('what Agora says is uploaded is called ready once it was seen', () => {
    const said = onStop(states.stopping, stop('uploaded'), now);
    const look = (s: Session, verdict: FileReport['verdict'], times: number) => {
      let t = s;
      for (let i = 0; i < times; i++)
        t = onInspection(t, reportOf({ verdict, missing: ['a.ts'], missingCount: 1 }), [file], now);
      return t;
    };
    test('seen: both say so', () => {
      expect(said.state).toBe('uploading');
      expect(look(said, 'ready', 1)).toMatchObject({ state: 'completed', proof: 'both' });
    });
    test('a key that may not read: Agora says so, and nothing more is claimed', () => {
      expect(look(said, 'cannot_read', 1)).toMatchObject({ state: 'completed', proof: 'agora' });
    });
    test('a bucket that does not answer is asked again, and then Agora’s word is passed on', () => {
      expect(look(said, 'unknown', 3).state).toBe('uploading');
      expect(look(said, 'unknown', 4)).toMatchObject({ state: 'completed', proof: 'agora' });
    });
    test('what was missed stays said while the bucket is silent, and that it names only some of its files is kept', () => {
      const silent = reportOf({ verdict: 'unknown', more: true });
      const { report } = onInspection(look(said, 'missing', 1), silent, [file], now);
      expect(report).toMatchObject({ verdict: 'missing', missing: ['a.ts'], more: true });
      const whole = reportOf({ verdict: 'unknown' });
      expect(
        onInspection({ ...said, report: { ...silent, verdict: 'missing' } }, whole, [file], now).report,
      ).not.toHaveProperty('more');
    });
    test('missing files are told once, looked for on, and given up after three days', () => {
      expect(told(look(said, 'missing', 2))).not.toContain('missing_files');
      const missed = look(said, 'missing', 9);
      expect(told(missed).filter((t) => t === 'missing_files')).toHaveLength(1);
      expect(missed.state).toBe('uploading');
      const late = passed(missed, now + 72 * 60 * minute);
      expect(late).toMatchObject({ state: 'failed', failure: { kind: 'upload_unproved' } });
      expect(look(missed, 'ready', 1)).toMatchObject({ state: 'completed', proof: 'both' });
    });
    test('a list without its end mark is whole when Agora has not known its task for half an hour, and it has not grown', () => {
      const open = (size: number) => reportOf({ ended: false, files: [{ name: file.name, size }] });
      const asked = (s: Session, at: number, known: boolean) =>
        onQuery(s, known ? query(6) : refusal('gone', '404/404'), start + at, context);
      const look = (s: Session, at: number, size: number, known = false) =>
        onInspection(asked(s, at, known), open(size), [file], start + at);
      const early = look(look(states.uploading, minute, 1), 12 * minute, 1);
      expect(early.state).toBe('uploading');
      // As long as Agora knows it, it may go on.
      const busy = look(look(states.uploading, minute, 1, true), 59 * minute, 1, true);
      expect(busy.state).toBe('uploading');
      const back = look(look(early, 30 * minute, 1, true), 32 * minute, 1);
      expect(back.state).toBe('uploading');
      const grown = look(early, 31 * minute, 2);
      expect(grown.state).toBe('uploading');
      expect(look(grown, 32 * minute, 2)).toMatchObject({ state: 'completed', proof: 'bucket' });
      // What Agora holds in its backup comes by itself.
      expect(look(look(states.backuped, 61 * minute, 1), 121 * minute, 1).state).toBe('backuped');
    });
    test('files that Agora never named are those that it should have written', () => {
      const unnamed = onInspection({ ...said, files: [] }, reportOf({}), [{ name: 'p.m3u8' }], now);
      expect(unnamed).toMatchObject({ state: 'completed', files: [{ name: 'p.m3u8' }] });
    });
  });

  describe('files that are not there an hour after the stop', () => {
    const silent = states.uploading;
    const late = passed({ ...silent, slowTold: true }, start + 60 * minute);

    test('are one alert, while Agora still has its backup; they are looked for on', () => {
      expect(passTime({ ...silent, slowTold: true }, start + 59 * minute).outbox).toEqual([]);
      expect(late).toMatchObject({ state: 'uploading', failure: { kind: 'upload_unproved' } });
      expect(alerts(late)).toHaveLength(1);
      expect(alerts(passed(late, start + 71 * 60 * minute))).toHaveLength(1);
      expect(dueAt({ ...late, outbox: [] })).toBeLessThan(start + 61 * minute);
    });

    test('are ready all the same when they have come', () => {
      expect(onInspection(late, reportOf({}), [file], now)).toMatchObject({ state: 'completed', proof: 'bucket' });
    });

    test('are another alert after three days, and then the recording has failed', () => {
      const over = passed(late, start + 72 * 60 * minute);
      expect(over).toMatchObject({ state: 'failed', failure: { kind: 'upload_unproved' } });
      expect(alerts(over)).toHaveLength(2);
      // Nobody could say so in between: it is told once.
      const asleep = passed({ ...silent, slowTold: true }, start + 80 * 60 * minute);
      expect(alerts(asleep)).toHaveLength(1);
      expect(asleep.state).toBe('failed');
    });

    test('are no alert while Agora says that it holds them in its backup', () => {
      expect(alerts(passed(states.backuped, start + 60 * minute))).toEqual([]);
    });

    test('are forgotten when it turns out that it still records', () => {
      const { failure, ...again } = onQuery(late, query(5), start + 61 * minute, context);
      expect(again.state).toBe('stopping');
      expect(failure).toBeUndefined();
    });
  });

  describe('a start that was never proved, and stopped', () => {
    const unproved = passed(states.starting, start + 91_000);
    const ended = { ...unproved.evidence, ended: true };

    test('of which Agora knows nothing: it has failed, was told of once, and its files are looked for', () => {
      const s = onStop({ ...unproved, evidence: ended }, refusal('gone', '404/404'), now);
      expect(s).toMatchObject({ state: 'failed', failure: { kind: 'start_unproved' }, salvage: { tries: 0 } });
      expect(alerts(s)).toHaveLength(1);
    });

    test('of which Agora says nothing for an hour: the same', () => {
      const uploading = onStop(unproved, stop('unknown'), start + 92_000);
      expect(uploading.state).toBe('uploading');
      const s = passed({ ...uploading, slowTold: true } as Session, start + 62 * minute);
      expect(s).toMatchObject({ state: 'failed', failure: { kind: 'start_unproved' } });
      expect(alerts(s)).toHaveLength(1);
      expect(told(s)).toContain('files');
    });
  });

  describe('a moment that came while nobody could ask, as of a process that was down', () => {
    const inVain = (s: Session, at: number) => onQuery(s, refusal('unknown'), at, context);
    const said = (s: Session, at: number) => onQuery(s, query(6), at, context);

    test('a start is not called unproved before Agora has answered', () => {
      const woken = start + 200_000;
      const slept = { ...states.starting, answeredAt: start + 85_000, nextAt: start + 100_000 };
      expect(passTime(slept, woken)).toBe(slept);
      expect(plan(slept, woken)).toEqual({ kind: 'query' });
      const silent = inVain(slept, woken);
      expect(passTime(silent, woken)).toBe(silent);
      expect(onQuery(silent, query(5), woken, context)).toMatchObject({ state: 'recording', outbox: [{}, {}] });
      expect(passTime(said(silent, woken), woken)).toMatchObject({
        state: 'stopping',
        failure: { kind: 'start_unproved' },
      });
    });

    test('a start is asked about just when it has to be proved', () => {
      for (const answer of [query(1), refusal('gone', '404/404'), refusal('unknown')]) {
        const asked = onQuery(states.starting, answer, start + 85_000, context);
        expect(asked.nextAt).toBe(start + 90_000);
      }
    });

    test('an upload is called neither slow nor late before Agora has answered and the bucket was looked into', () => {
      const woken = start + 100 * minute;
      const slept = { ...states.uploading, answeredAt: start, nextAt: start + 15_000 };
      expect(passTime(slept, woken)).toBe(slept);
      expect(plan(slept, woken)).toEqual({ kind: 'check_files' });
      const silent = inVain(slept, woken);
      expect(passTime(silent, woken)).toBe(silent);
      const slow = passTime(said(silent, woken), woken);
      expect(told(slow)).toContain('upload_slow');
      expect(passTime(slow, woken)).toBe(slow);
      expect(plan(slow, woken)).toEqual({ kind: 'check_files' });
      const seen = onInspection(slow, reportOf({}), [file], woken);
      expect(passTime(seen, woken)).toMatchObject({ state: 'completed' });
      const missed = onInspection(slow, reportOf({ verdict: 'missing' }), [file], woken);
      expect(alerts(passTime(missed, woken))).toHaveLength(1);
    });

    test('files are not given up before they were looked for once more', () => {
      const woken = start + 90 * 60 * minute;
      const slept = { ...states.uploading, slowTold: true, answeredAt: start + minute, nextAt: start + 20 * minute };
      expect(passTime(slept, woken)).toBe(slept);
      const silent = inVain(slept, woken);
      expect(passTime(silent, woken)).toBe(silent);
      expect(passTime(said(silent, woken), woken)).toMatchObject({ state: 'failed' });
    });

    test('who gets no answer for ten minutes says that', () => {
      let s: Session = { ...states.uploading, slowTold: true, answeredAt: start };
      const at = start + 60 * minute;
      s = inVain(s, at - minute);
      expect(passTime(s, at + 8 * minute)).toBe(s);
      s = inVain(s, at + 9 * minute);
      expect(alerts(passTime(s, at + 9 * minute))).toHaveLength(1);
    });
  });

  test('a next recorder that is brought in after the token of the last one has ended is an alert', () => {
    const day = 24 * 60 * minute;
    const long = {
      ...states.recording,
      stopAt: start + 2 * day,
      maxStopAt: start + 2 * day,
      rollAt: start + day - 1,
      warnAt: null,
    };
    const inTime = passTime(long, start + day - 1);
    expect(inTime.others).toMatchObject([{ role: 'next' }]);
    expect(alerts(inTime)).toEqual([]);
    const late = passTime(long, start + day + 13 * minute);
    expect(late.others).toMatchObject([{ role: 'next' }]);
    expect(alerts(late)[0]?.message).toMatchObject({ failure: { what: expect.stringMatching(/ended 13 min ago/) } });
    expect(late.failure).toBeUndefined();
  });

  test('a resourceId that was never used is thrown away for good when no recorder is free', () => {
    const old = { ...states.unsent, nextAt: start };
    expect(plan(old, now)).toEqual({ kind: 'acquire' });
    const waiting = onAcquire(old, refusal('retry_same', '400/406'), now, old.uid, 2);
    expect(waiting).toMatchObject({ state: 'requested', place: 2 });
    expect(plan(waiting, now)).toEqual({ kind: 'wait' });
    expect(queueUp(states.sent, 1, 'x', now)).toBe(states.sent);
  });

  test('a backup that has come over is looked for in the bucket, though Agora names no files', () => {
    const s = onNotice(states.backuped, notice(31), now);
    expect(s).toMatchObject({ state: 'uploading', nextAt: now, evidence: { uploaded: 'uploaded' } });
  });

  test('a word that all is uploaded is forgotten when Agora says that it still records', () => {
    const told = onNotice({ ...states.recording, files: [file] }, notice(31), now);
    const records = onQuery(told, query(5), now, context);
    expect(records.evidence.uploaded).toBeUndefined();
    // Nor is the stop left out for a word that was about something else.
    const stopping = askStop(told, 'U1', now);
    expect(onNotice(stopping, notice(33), now).state).toBe('stopping');
  });

  test('a start is given up when Agora has refused it for long and often, and not for the time in between', () => {
    const again = refusal('retry_same', '500/500');
    const waited = onAcquire({ ...fresh, requestedAt: start - 60 * minute }, again, start, fresh.uid);
    expect(waited.state).toBe('requested');
    const slept = onAcquire(waited, again, start + 10 * minute, fresh.uid);
    expect(slept.state).toBe('requested');
    expect(onAcquire(slept, again, start + 10 * minute + 3_000, fresh.uid)).toMatchObject({
      state: 'failed',
      failure: { kind: 'start_refused' },
    });
    // What was refused in a row before it waited in the queue does not count.
    const queued = onAcquire(slept, refusal('retry_same', '400/406'), start + 10 * minute, fresh.uid, 1);
    expect(onAcquire(queued, again, start + 11 * minute, fresh.uid).state).toBe('requested');
    const resource = refusal('retry_new_resource', '500/502');
    const first = onStart(
      { ...states.sent, startSends: 1, requestedAt: start - 60 * minute },
      resource,
      now,
      sentOf(states.sent),
    );
    expect(first.state).toBe('requested');
  });

  test('who never asked Agora does not say that Agora refused', () => {
    const asleep = passTime(fresh, fresh.stopAt);
    expect(alerts(asleep)[0]?.message).toMatchObject({ failure: { cause: expect.stringMatching(/bot was down/) } });
    const refused = passTime({ ...fresh, tries: 3 }, fresh.stopAt);
    expect(alerts(refused)[0]?.message).toMatchObject({ failure: { cause: 'Agora did not let it begin.' } });
  });

  describe('the warning of the end', () => {
    const twin = { id: 'id.2', part: 2, role: 'twin', after: null, made: true } as const;
    const lead = (state: 'failed' | 'uploading' | 'stopping', done: boolean): Session =>
      ({ ...states[state], others: [{ ...twin, done }], warnAt: fresh.warnAt }) as Session;
    const { warnAt, stopAt } = fresh;
    if (warnAt === null) throw new Error('no warning');

    test.each(['failed', 'uploading', 'stopping'] as const)('of one that is %s while another part records', (state) => {
      const warned = passTime(lead(state, false), warnAt);
      expect(told(warned)).toContain('warning');
      // Nobody was there at that time: it is not owed any more, and nothing is due for ever.
      const late = passTime({ ...lead(state, false), desired: 'stopped' } as Session, stopAt);
      expect(late).toMatchObject({ warnAt: null, outbox: [] });
    });

    test('is not told when nothing records any more', () => {
      for (const state of ['failed', 'uploading'] as const)
        expect(passTime(lead(state, true), warnAt)).toMatchObject({ warnAt: null, outbox: [] });
    });

    test('outlasts the first part when another one goes on', () => {
      const files = onInspection(lead('uploading', false), reportOf({}), [file], now);
      expect(files).toMatchObject({ state: 'completed', warnAt });
    });
  });

  test('a lost reply: another uid, and the old recorder is remembered until it is out', () => {
    const s = onStart({ ...states.sent, tries: 3 }, refusal('unknown', 'timeout'), now, sentOf(states.sent));
    expect(s).toMatchObject({ state: 'requested', attempt: 2, strays: [{ uid: fresh.uid, resourceId: 'r' }] });
    expect(s.uid).not.toBe(fresh.uid);
  });

  test('a stop that was asked for while the start was under way is the end when nothing was started', () => {
    const asked = askStop({ ...states.sent, startSends: 1 }, 'U1', now);
    expect(onStart(asked, refusal('retry_new_resource', '500/502'), now, sentOf(asked))).toMatchObject({
      state: 'failed',
      failure: { kind: 'cancelled' },
    });
    expect(onStart(asked, refusal('other_uid', '400/53'), now, sentOf(asked))).toMatchObject({ state: 'failed' });
  });

  test('a start that is still under way at the end of its time, and refused, is told of: nobody stopped it', () => {
    const due = askStop({ ...states.sent, startSends: 1 }, null, now);
    for (const kind of ['retry_new_resource', 'other_uid'] as const) {
      const s = onStart(due, refusal(kind, '500/502'), now, sentOf(due));
      expect(s).toMatchObject({ state: 'failed', failure: { kind: 'start_refused', code: 'deadline' } });
      expect(s.outbox.map((o) => o.message.kind)).toContain('alert');
    }
  });

  test('a uid that somebody else has is left alone', () => {
    const s = onStart({ ...states.sent, startSends: 1 }, refusal('other_uid', '400/53'), now, sentOf(states.sent));
    expect(s).toMatchObject({ state: 'requested', attempt: 2, strays: [] });
  });

  test('a stray that Agora does not know is told to stop for longer than a failover takes before that is believed', () => {
    const stray = { uid: '9', resourceId: 'r', sid: 's', tries: 0, nextAt: now };
    let s: Session = { ...states.requested, strays: [stray] };
    let at = now;
    let tries = 0;
    for (let t = s.strays[0]; t && tries < 20; t = s.strays[0], tries++) {
      at = t.nextAt;
      s = onRelease(s, t, refusal('gone', '404/404'), at);
    }
    expect(s.strays).toEqual([]);
    expect(at - now).toBeGreaterThanOrEqual(120_000);
    // Another failure in between says nothing, and what was counted is kept.
    const [asked] = onRelease({ ...s, strays: [stray] }, stray, refusal('gone', '404/404'), now).strays;
    expect(asked).toMatchObject({ missingCount: 1, missingSince: now });
    expect(onRelease({ ...s, strays: [stray] }, stray, { class: 'done', value: null }, now).strays).toEqual([]);
  });

  test('a recorder that is not put out of the channel is one alert, and tried for until a day past the latest end', () => {
    const stray = { uid: '9', resourceId: 'r', tries: 0, nextAt: now };
    const kicked = (from: number, to: number, s: Session): Session => {
      let t = s;
      for (let at = from; t.strays[0] && t.strays[0].nextAt < to; ) {
        at = Math.max(at, t.strays[0].nextAt);
        t = onRelease(t, t.strays[0], refusal('operator_mistake', '403'), at);
      }
      return t;
    };
    const day = kicked(now, fresh.maxStopAt + 23 * 60 * minute, { ...states.requested, strays: [stray] });
    expect(day.strays).toHaveLength(1);
    expect(alerts(day).map((o) => o.message)).toMatchObject([{ failure: { kind: 'stop_unproved', code: '403' } }]);
    expect(kicked(now, Infinity, day)).toMatchObject({ strays: [], outbox: day.outbox });
  });

  test('a page’s recorder whose sid nobody knows is told of, and waited for until it ends or its sid is known', () => {
    const service = { serviceName: 'web_recorder_service', serviceParam: { maxRecordingHour: 3 } };
    const recipe = {
      ...fresh.recipe,
      mode: 'web' as const,
      extensionServiceConfig: { extensionServices: [service] },
    };
    const stray = { uid: '9', resourceId: 'r', tries: 0, nextAt: now };
    const s = onUnseenPage({ ...states.requested, recipe, strays: [stray] }, stray, now);
    expect(s.strays).toEqual([{ ...stray, tries: 1, nextAt: now + 180 * minute }]);
    expect(alerts(s)[0]?.message).toMatchObject({
      failure: { kind: 'stop_unproved', what: expect.stringMatching(/for up to 3 h/) },
    });
    const known = onNotice(s, { ...notice(40), sid: 'its', uid: '9' }, now + minute);
    expect(known.strays).toEqual([{ ...stray, sid: 'its', tries: 0, nextAt: now + minute }]);
    expect(plan(known, now + minute).kind).toBe('release');
    const [waiting] = s.strays;
    expect(waiting && onUnseenPage(s, waiting, now + 180 * minute).strays).toEqual([]);
  });

  test('a recorder that is called lost is told to stop all the same', () => {
    let s: Session = states.recording;
    for (const at of [0, 60_000, 120_000]) s = onQuery(s, refusal('gone', '404/404'), start + at, context);
    expect(s).toMatchObject({ state: 'failed', strays: [{ uid: fresh.uid, resourceId: 'r', sid: 's' }] });
  });

  test.each([1, 11, 12, 31, 32, 40, 41, 70, 71])('after event %i Agora is asked at once', (eventType) => {
    const waiting = { ...states.recording, nextAt: now + minute } as Session;
    expect(onNotice(waiting, notice(eventType), now).nextAt).toBe(now);
    expect(onNotice(waiting, notice(33), now).nextAt).toBe(now + minute);
  });

  test('whoever named them, files that a message may not hold come as a list of their own', () => {
    const whole = (files: { name: string }[]) =>
      complete({ ...states.uploading, files } as SessionIn<'uploading'>, 'both', now).outbox.map(({ message: m }) =>
        m.kind === 'thread' ? m.note.type : m.kind,
      );
    const tracks = (n: number) =>
      Array.from({ length: n }, (_, i) => ({
        name: `acme/prod/0123456789abcdef0123456789abcdef_math-101__uid_s_${1000 + i}__uid_e_video.m3u8`,
      }));
    expect(whole(tracks(3))).not.toContain('file_list');
    expect(whole(tracks(12))).toContain('file_list');
    expect(whole(Array.from({ length: 21 }, (_, i) => ({ name: `${i}` })))).toContain('file_list');
  });

  test('a notification moves no deadline and stops nothing', () => {
    const wish = ({ desired, stopAt, maxStopAt, attempt, uid, stopAsked, groupStop }: Session) => {
      return { desired, stopAt, maxStopAt, attempt, uid, stopAsked, groupStop };
    };
    for (const name of names) {
      for (const type of [1, 2, 3, 11, 12, 31, 32, 40, 41, 70]) {
        const after = onNotice(
          states[name],
          notice(type, { errorLevel: 5, exitStatus: 1, newUid: '9', leaveCode: 4 }),
          now,
        );
        // Of one that is being started it may bring the sid.
        const before = after.state === 'starting' ? { ...states[name], state: 'starting' } : states[name];
        expect(wish(passTime(after, now))).toEqual(wish(before as Session));
      }
    }
  });

  test('what has ended does not end anew', () => {
    const { failure } = states.failed;
    for (const s of [states.completed, states.failed, states.empty]) expect(fail(s, failure, now)).toBe(s);
  });
});
