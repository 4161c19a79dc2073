import { describe, expect, test } from 'vitest';
import { dueAt, plan } from '../../src/recording/planner.ts';
import type { Notice } from '../../src/recording/ports.ts';
import type { FileReport, RecordedFile } from '../../src/recording/recorded-files.ts';
import type { Session, SessionIn } from '../../src/recording/session.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onQuery } from '../../src/recording/transitions/on-query.ts';
import { onRelease } from '../../src/recording/transitions/on-release.ts';
import { onSalvage } from '../../src/recording/transitions/salvage.ts';
import { minutes, noon, sessionIn } from '../slack/support/sessions.ts';

/** What a recording that failed has written is looked for, and told. */
const now = noon + minutes(10);
const file: RecordedFile = { name: 's_m.m3u8' };
const context = { healthInterval: 15_000, maxIdleTime: 300_000 };
const fresh = { desired: 'recording', stopAsked: undefined, outbox: [] };

const reportOf = (verdict: FileReport['verdict'], more: Partial<FileReport> = {}): FileReport => ({
  at: now,
  verdict,
  ended: true,
  files: verdict === 'ready' ? [{ name: file.name, size: 1000, seconds: 15, slices: 1 }] : [],
  missing: verdict === 'missing' ? [file.name] : [],
  missingCount: verdict === 'missing' ? 1 : 0,
  ...more,
});
const gone = (more: object = {}): Session => {
  const over = { ended: true, failoverUids: [] };
  const s = sessionIn('recording', { ...fresh, evidence: over, files: [file], ...more });
  return onQuery(s, { class: 'gone', code: '404/404', cause: 'c', next: 'n', reason: 'r' }, now, context);
};
const uploaded: Notice = {
  noticeId: 'n',
  eventType: 31,
  sid: 's',
  channelName: 'math-101',
  uid: '1000001',
  details: { files: [file] },
};
const notes = (s: Session) =>
  s.outbox.flatMap(({ message: m }) => (m.kind === 'thread' && m.note.type === 'files' ? m.note : []));
const kinds = (s: Session) => s.outbox.map((o) => o.message.kind);
/** Looks as often as it wants to, with the same outcome each time; answers how often it looked. */
function lookOn(s: Session, report: FileReport, names: RecordedFile[] = [file], most = 100): [Session, number] {
  let t = s;
  let looks = 0;
  for (; t.salvage && looks < most; looks++) t = onSalvage(t, report, names, t.salvage.nextAt);
  return [t, looks];
}

test('the alert comes at once, and the bucket is looked into before anything is said of files', () => {
  const s = gone();
  expect(s).toMatchObject({ state: 'failed', failure: { kind: 'ended_early' }, salvage: { tries: 0, nextAt: now } });
  expect(kinds(s)).toEqual(['card', 'alert']);
  // It may be wrong, so its task is told to stop as well.
  expect(plan(s, now)).toMatchObject({ kind: 'release', stray: { sid: 's' } });
  expect(plan({ ...s, strays: [] }, now)).toEqual({ kind: 'check_files' });
  expect(dueAt({ ...s, outbox: [] })).toBe(now);
});

test('what never recorded has nothing to look for', () => {
  const refused = { class: 'gone', code: '404/404', cause: 'c', next: 'n', reason: 'r' } as const;
  const over = { ended: true, failoverUids: [] };
  const s = onQuery(sessionIn('starting', { ...fresh, evidence: over }), refused, now, context);
  expect(s.salvage).toBeUndefined();
});

describe('told at once', () => {
  test('when all was seen, with its end mark', () => {
    const [s, looks] = lookOn(gone(), reportOf('ready'));
    expect(looks).toBe(1);
    expect(notes(s)).toEqual([{ type: 'files', files: [file], proof: 'bucket' }]);
    expect(dueAt({ ...s, outbox: [], strays: [] })).toBeUndefined();
  });

  test('when all was seen, and Agora says that this is all', () => {
    const [s, looks] = lookOn(onNotice(gone(), uploaded, now), reportOf('ready', { ended: false }));
    expect(looks).toBe(1);
    expect(notes(s)).toMatchObject([{ proof: 'both' }]);
  });

  test('when the key may not read: nothing is claimed', () => {
    const [s, looks] = lookOn(gone(), reportOf('cannot_read'));
    expect(looks).toBe(1);
    expect(notes(s)).toEqual([{ type: 'files', files: [file], proof: 'none' }]);
  });
});

test('a list without its end mark is whole when it does not grow any more: a recorder that died writes none', () => {
  const growing = reportOf('ready', { ended: false });
  const first = onSalvage(gone(), growing, [file], now);
  expect(notes(first)).toEqual([]);
  expect(first.salvage?.nextAt).toBeGreaterThan(now);
  const grown = reportOf('ready', { ended: false, files: [{ name: file.name, size: 2000, slices: 2 }] });
  const second = onSalvage(first, grown, [file], now + minutes(1));
  expect(notes(second)).toEqual([]);
  const third = onSalvage(second, { ...grown, at: now + minutes(3) }, [file], now + minutes(3));
  // Two looks that are near to each other see the same, too.
  expect(notes(lookOn(gone(), growing, [file], 2)[0])).toEqual([]);
  expect(notes(third)).toMatchObject([{ proof: 'bucket' }]);
  expect(third.report?.files[0]?.size).toBe(2000);
});

describe('what is missing is looked for more than once, and then told as it is', () => {
  test('a file that Agora named', () => {
    const [s, looks] = lookOn(gone(), reportOf('missing'));
    expect(looks).toBe(4);
    expect(notes(s)).toEqual([{ type: 'files', files: [file], proof: 'none' }]);
    expect(s.salvage).toBeUndefined();
  });

  test('one that was only expected: there is none', () => {
    const [s] = lookOn(gone({ files: [] }), reportOf('missing'), [{ ...file, expected: true }]);
    expect(s.files).toEqual([]);
    expect(notes(s)).toEqual([{ type: 'files', files: [], proof: 'none' }]);
  });

  test('one that Agora holds in its backup: hourly, for three days', () => {
    const s = gone({ evidence: { ended: true, failoverUids: [], uploaded: 'backuped', uploadFailed: true } });
    const [early] = lookOn(s, reportOf('missing'), [file], 20);
    expect(early.salvage).toBeDefined();
    const [late, looks] = lookOn(s, reportOf('missing'), [file], 200);
    expect(looks).toBeGreaterThan(70);
    expect(looks).toBeLessThan(80);
    expect(notes(late)).toHaveLength(1);
    expect(notes(lookOn(early, reportOf('ready'))[0])).toMatchObject([{ proof: 'bucket' }]);
  });
});

test('files that nobody had named are told of', () => {
  const found = { name: 'bak0_s_m.m3u8' };
  const report = reportOf('ready', { files: [{ name: file.name }, { name: found.name }] });
  const [s] = lookOn(gone(), report, [file, found]);
  expect(notes(s)[0]?.files).toEqual([file, found]);
});

describe('when Agora says after all that it is uploaded', () => {
  const told = lookOn(gone(), reportOf('missing'))[0];

  test('it is looked into again and told, and the state stays; the same said twice is once', () => {
    const late = onNotice({ ...told, outbox: [] }, uploaded, now + minutes(60));
    expect(late).toMatchObject({ state: 'failed', salvage: { tries: 0 } });
    expect(onNotice(late, uploaded, now + minutes(61))).toBe(late);
    const [s] = lookOn(late, reportOf('ready'));
    expect(notes(s)).toMatchObject([{ proof: 'both' }]);
    expect(onNotice(s, uploaded, now + minutes(62))).toBe(s);
  });

  test('or that it holds files in its backup, which it brings over by itself', () => {
    const late = onNotice({ ...told, outbox: [] }, { ...uploaded, eventType: 32 }, now + minutes(60));
    expect(late.salvage).toEqual({ tries: 0, nextAt: now + minutes(60) });
    expect(lookOn(late, reportOf('missing'), [file], 20)[0].salvage).toBeDefined();
  });

  test('it changes the card only, where all was seen before', () => {
    const whole = lookOn(gone(), reportOf('ready'))[0];
    const late = onNotice({ ...whole, outbox: [] }, uploaded, now + minutes(60));
    expect(late.salvage).toBeUndefined();
    expect(kinds(late)).toEqual(['card']);
  });
});

test('one that was called lost and then answered to its stop has written on until then', () => {
  const stray = { uid: '1000001', resourceId: 'r', sid: 's', tries: 0, nextAt: now };
  const lost = { ...lookOn(gone(), reportOf('ready'))[0], strays: [stray] } as SessionIn<'failed'>;
  const again = onRelease(lost, stray, { class: 'done', value: null }, now);
  expect(again.salvage).toEqual({ tries: 0, nextAt: now });
  // What was seen before is no sign that nothing more comes.
  const open = reportOf('ready', { ended: false });
  expect(lookOn({ ...again, report: open }, open)[1]).toBe(3);
  const unknown = { class: 'already', code: 'c', cause: 'c', next: 'n', reason: 'r' } as const;
  expect(onRelease(lost, stray, unknown, now)).toMatchObject({ strays: [] });
  expect(onRelease(lost, stray, unknown, now).salvage).toBeUndefined();
});
