import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileCheck } from '../../src/files/create-file-check.ts';
import { expectFiles } from '../../src/files/predict-files.ts';
import { lookForFiles } from '../../src/recording/look-for-files.ts';
import { plan } from '../../src/recording/planner.ts';
import type { Notice } from '../../src/recording/ports.ts';
import type { FileReport, RecordedFile } from '../../src/recording/recorded-files.ts';
import type { Session, SessionIn } from '../../src/recording/session.ts';
import { onInspection } from '../../src/recording/transitions/on-inspection.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onSalvage } from '../../src/recording/transitions/salvage.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { card } from '../../src/slack/views/card.ts';
import { note } from '../../src/slack/views/note.ts';
import { type S3Server, startS3 } from '../files/support/start-s3.ts';
import { readable } from '../slack/support/check-view.ts';
import { minutes, noon, sessionIn, someFailure } from '../slack/support/sessions.ts';

/** Files that are named, or come, after a recording has ended: nobody says that they were seen before they were. */
const now = noon + minutes(30);
const list: RecordedFile = { name: 's_math-101.m3u8' };
const film: RecordedFile = { name: 's_math-101_0.mp4' };
const reportOf = (files: readonly RecordedFile[], more: Partial<FileReport> = {}): FileReport => ({
  at: now,
  verdict: 'ready',
  ended: true,
  files: files.map(({ name }) => ({ name, size: 1000 })),
  missing: [],
  missingCount: 0,
  ...more,
});
const gone = (name: string): Partial<FileReport> => ({ verdict: 'missing', missing: [name], missingCount: 1 });
const silent: Partial<FileReport> = { verdict: 'unknown', ended: false };
const uploaded = (files: RecordedFile[]): Notice => ({
  noticeId: 'n',
  eventType: 31,
  sid: 's',
  channelName: 'math-101',
  uid: '1000001',
  details: { files },
});
const evidence = { ended: true, failoverUids: [] };
const recipe = sessionIn('failed').recipe;
const films = { ...recipe, recordingFileConfig: { avFileType: ['hls', 'mp4'] } };
const pictures = { ...recipe, mode: 'individual', snapshotConfig: { captureInterval: 5, fileType: ['jpg'] } };
const done = (more: object = {}): Session =>
  sessionIn('completed', { proof: 'bucket', files: [list], report: reportOf([list]), evidence, ...more });
const failed = (more: object = {}): Session =>
  sessionIn('failed', { files: [list], evidence, salvage: { tries: 0, nextAt: now }, ...more });

const notes = (s: Session) =>
  s.outbox.flatMap(({ message: m }) => (m.kind === 'thread' && m.note.type === 'files' ? m.note : []));
const told = (s: Session): string =>
  notes(s)
    .map((n) => note(s, n, new Map()).text)
    .join('\n');
const shown = (s: Session): string =>
  readable(card({ lead: s, parts: [s] }, { links: new Map(), sealer: createSealer('x'), elsewhere: false }));

describe('a recording that is done, of which Agora names more', () => {
  const late = onNotice(done(), uploaded([list, film]), now);

  test('is looked into once more, and the card does not say that all was seen', () => {
    expect(late).toMatchObject({ state: 'completed', files: [list, film], salvage: { tries: 0, nextAt: now } });
    expect(plan(late, now)).toEqual({ kind: 'check_files' });
    expect(shown(late)).toMatch(/Done, not all files seen in the bucket; looking for them/);
    expect(shown(late)).toMatch(/seen in the bucket but for those that are marked/);
    expect(shown(late)).toMatch(/mp4` \(confirmed by Agora, not seen\)/);
    expect(shown(late)).not.toMatch(/, all seen|Ready/);
  });

  test('is told with them when they were seen', () => {
    const s = onSalvage(late, reportOf([list, film]), [list, film], now);
    expect(s).toMatchObject({ state: 'completed', proof: 'both', endedAt: noon + minutes(22) });
    expect(s.salvage).toBeUndefined();
    expect(told(s)).toBe(
      'Agora said more after the end, so I have looked into the bucket once more, and seen all of it: 2 files.',
    );
    expect(shown(s)).toMatch(/Ready, files seen in the bucket.*Files, all seen in the bucket/s);
    // The same again is no news.
    expect(onNotice(s, uploaded([list, film]), now)).toBe(s);
  });

  test.each<[string, Partial<FileReport>, RegExp, RegExp]>([
    [
      'are not there',
      gone(film.name),
      /of 2 files, a file is not there, `s_math-101_0\.mp4`/,
      /mp4` \(not in the bucket/,
    ],
    ['cannot be looked for', silent, /of 2 files, I could not see all/, /mp4` \(confirmed by Agora, not seen/],
  ])('and what was seen stays seen when they %s', (_, more, words, mark) => {
    let s = late;
    for (let n = 0; n < 4; n++) s = onSalvage(s, reportOf(more === silent ? [] : [list], more), [list, film], now);
    expect(s.salvage).toBeUndefined();
    expect(told(s)).toMatch(words);
    expect(shown(s)).toMatch(mark);
    expect(shown(s)).toMatch(/m3u8` \(1 kB\)/);
    expect(shown(s)).not.toMatch(/, all seen|Ready/);
  });

  test('names a copy that was found to be none of its files: nothing is to be looked for', () => {
    const copy = { name: 's_math-101_1_2.m3u8' };
    const s = done({
      report: reportOf([list], { superseded: [copy.name] }),
      evidence: { ...evidence, uploaded: 'uploaded' },
    });
    expect(onNotice(s, uploaded([list, copy]), now)).toBe(s);
  });

  test('and only its word that this is all leaves it as it is', () => {
    const s = onNotice(done(), uploaded([list]), now);
    expect(s).toMatchObject({ evidence: { uploaded: 'uploaded' } });
    expect(s.salvage).toBeUndefined();
  });
});

describe('a recording that failed, of which Agora names more', () => {
  const whole = onSalvage(failed(), reportOf([list]), [list], now);

  test('is looked into again, and not shown as seen until then', () => {
    expect(whole.salvage).toBeUndefined();
    const late = onNotice({ ...whole, outbox: [] }, uploaded([list, film]), now);
    expect(late.salvage).toEqual({ tries: 0, nextAt: now });
    expect(shown(late)).not.toMatch(/, all seen/);
    const s = onSalvage(late, reportOf([list, film]), [list, film], now);
    expect(told(s)).toMatch(/all of it seen: 2 files/);
  });

  test('while it is looked into: the look that did not know of them does not end it', () => {
    const named = onNotice(failed(), uploaded([list, film]), now);
    const s = onSalvage(named, reportOf([list]), [list], now);
    expect(s.salvage).toBeDefined();
    expect(notes(s)).toEqual([]);
    // Who has no more patience tells what was not seen.
    const last = { ...s, salvage: { tries: 3, nextAt: now } } as Session;
    const end = onSalvage(last, reportOf([list]), [list], now);
    expect(told(end)).toMatch(/1 of them was named later, and I have not seen it there\./);
    expect(shown(end)).not.toMatch(/, all seen/);
  });

  test('or that was told of by a version that did not look: its card marks them', () => {
    const s = { ...whole, files: [list, film], outbox: [] } as Session;
    expect(shown(s)).toMatch(/mp4` \(not confirmed\)/);
    expect(shown(s)).toMatch(/not all seen in the bucket/);
  });
});

describe('a list with its end mark is not all', () => {
  test('where films are to come', () => {
    const first = onSalvage(failed({ recipe: films }), reportOf([list]), [list], now);
    expect(first.salvage).toBeDefined();
    expect(onSalvage(first, reportOf([list, film]), [list, film], now).salvage).toBeUndefined();
  });

  test('where pictures are to come', () => {
    const picture = { name: 's_math-101__uid_s_1__uid_e_video_20261123120000.jpg' };
    const s = onSalvage(failed({ recipe: pictures }), reportOf([list, picture]), [list, picture], now);
    expect(s.salvage).toBeDefined();
  });

  test('nor is it when Agora has not said that it is uploaded', () => {
    const s = sessionIn('uploading', {
      recipe: films,
      files: [list],
      evidence,
      slowTold: true,
    }) as SessionIn<'uploading'>;
    expect(onInspection(s, reportOf([list]), [list], now).state).toBe('uploading');
    expect(onInspection(s, reportOf([list, film]), [list, film], now)).toMatchObject({
      state: 'completed',
      proof: 'bucket',
    });
    // Nobody is there any more who could bring them, and nothing has come for long.
    const still = { ...s, goneSince: now - minutes(31), report: reportOf([list]) };
    expect(onInspection(still, reportOf([list]), [list], now)).toMatchObject({ state: 'completed', proof: 'bucket' });
  });
});

test('an upload that is named further while it is looked into is looked into again', () => {
  const s = sessionIn('uploading', { files: [list, film], evidence: { ...evidence, uploaded: 'uploaded' } });
  const after = onInspection(s, reportOf([list]), [list], now);
  expect(after).toMatchObject({ state: 'uploading', nextAt: now });
  expect(onInspection(after, reportOf([list, film]), [list, film], now).state).toBe('completed');
});

describe('pictures in a real bucket', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
  });
  afterEach(() => s3.close());

  test('are not all there because the first look finds some', async () => {
    const put = (n: number) => s3.put(`s_math-101__uid_s_1__uid_e_video_2026112312000${n}.jpg`, 'x');
    const parts = {
      fileCheck: createFileCheck(() => s3.bucket, Date.now),
      expectFiles: (r: Parameters<typeof expectFiles>[0] | object) => expectFiles({ prefix: [], ...r } as never),
    };
    const look = async (s: Session) => {
      const { report, files } = await lookForFiles(s as SessionIn<'failed'>, parts);
      return onSalvage(s, report, files, s.salvage?.nextAt ?? now);
    };
    put(0);
    let s = failed({ recipe: pictures, files: [], failure: someFailure });
    s = await look(s);
    expect(notes(s)).toEqual([]);
    put(1);
    while (s.salvage) s = await look(s);
    expect(notes(s)).toMatchObject([{ files: [{}, {}], proof: 'bucket' }]);
    // A third one comes, and Agora says that now all is there.
    put(2);
    s = onNotice({ ...s, outbox: [] }, uploaded([]), now + minutes(60));
    while (s.salvage) s = await look(s);
    expect(notes(s)).toMatchObject([{ files: [{}, {}, {}], proof: 'both' }]);
  });
});
