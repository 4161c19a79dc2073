import { afterEach, describe, expect, test } from 'vitest';
import type { FileCheck } from '../../src/recording/file-check.ts';
import { lookForFiles } from '../../src/recording/look-for-files.ts';
import type { Recorder } from '../../src/recording/ports.ts';
import type { FileReport } from '../../src/recording/recorded-files.ts';
import type { Session, SessionIn } from '../../src/recording/session.ts';
import { onInspection } from '../../src/recording/transitions/on-inspection.ts';
import { onNotice } from '../../src/recording/transitions/on-notice.ts';
import { onRelease } from '../../src/recording/transitions/on-release.ts';
import { onStop } from '../../src/recording/transitions/on-stop.ts';
import { onSalvage } from '../../src/recording/transitions/salvage.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { card } from '../../src/slack/views/card.ts';
import { note } from '../../src/slack/views/note.ts';
import { readable } from '../slack/support/check-view.ts';
import { noon, sessionIn, someFailure } from '../slack/support/sessions.ts';
import { createScriptedWorld, done, hour, refusal, type ScriptedWorld, status } from './support/scripted-world.ts';

/** What an earlier task of a recording wrote, which was given up and had begun all the same, belongs to the recording. */
const file = { name: 'old-sid_math-101.m3u8' };
const stray = { uid: '9', resourceId: 'r0', sid: 'old-sid', tries: 0, nextAt: noon };
const stopped = done({ files: [file], uploading: 'uploaded' as const });
const there: FileCheck = {
  inspect: async (_, names) => ({
    at: noon,
    verdict: names.length > 0 ? 'ready' : 'unknown',
    ended: true,
    files: names.map((name) => ({ name, size: 1000 })),
    missing: [],
    missingCount: 0,
  }),
  search: async () => ({ found: [], expected: [] }),
};

describe('in the whole bot', () => {
  let world: ScriptedWorld;
  afterEach(() => world.close());
  const request = { channelName: 'math-101', duration: hour, team: 'T', channel: 'C', by: 'U' };
  /** A start of which Agora says that it runs, without its sid; then somebody stops it. */
  async function stopUnknown(agora: Partial<Recorder>): Promise<{ id: string; uid: string }> {
    world = createScriptedWorld(
      {
        acquire: async () => done({ resourceId: 'R1' }),
        start: async () => refusal('already', '201/7'),
        remove: async () => refusal('unknown', '504/-'),
        ...agora,
      },
      { fileCheck: there },
    );
    const { session } = await world.recordings.start(request);
    await world.recordings.settled();
    await world.recordings.stop(session.id, 'U');
    await world.pass(30);
    return { id: session.id, uid: session.uid };
  }
  const hear = (noticeId: string, uid: string, files: { name: string }[] = []) =>
    world.recordings.accept({
      noticeId,
      eventType: files.length > 0 ? 31 : 40,
      sid: 'old-sid',
      channelName: 'math-101',
      uid,
      details: files.length > 0 ? { files } : {},
    });
  async function notes(id: string): Promise<string[]> {
    const s = await world.store.get(id);
    if (!s) throw new Error('It is gone');
    return world.told.flatMap(({ message: m }) => (m.kind === 'thread' ? [note(s, m.note, new Map()).text] : []));
  }

  test('the stop of a recorder that was given up names files: they are looked for and told', async () => {
    const { id, uid } = await stopUnknown({ stop: async () => stopped });
    expect(await notes(id)).not.toContainEqual(expect.stringContaining('no files'));
    await hear('n1', uid);
    await world.pass(120);
    expect(await world.store.get(id)).toMatchObject({ state: 'failed', strays: [], files: [file] });
    expect(world.told.filter((t) => t.message.kind === 'thread').at(-1)?.message).toMatchObject({
      note: { type: 'files', files: [file], proof: 'bucket' },
    });
  });

  test('one that was put out before its sid was known: Agora names its files', async () => {
    let resources = 0;
    const own = { name: 'new-sid_math-101.m3u8' };
    const stops: string[] = [];
    world = createScriptedWorld(
      {
        acquire: async () => done({ resourceId: `R${++resources}` }),
        start: async ({ resourceId }) =>
          resourceId === 'R1' ? refusal('unknown', '504/62') : done({ sid: 'new-sid' }),
        remove: async () => done(null),
        query: async () => status(5),
        stop: async ({ sid }) => {
          stops.push(sid);
          return done({ files: [own], uploading: 'uploaded' as const });
        },
      },
      { fileCheck: there },
    );
    const { session } = await world.recordings.start(request);
    await world.pass(100);
    expect(await world.store.get(session.id)).toMatchObject({ state: 'recording', attempt: 2, strays: [] });
    await hear('n1', session.uid, [file]);
    await world.pass(10);
    expect(await world.store.get(session.id)).toMatchObject({ state: 'recording', earlierSids: ['old-sid'] });
    expect(await world.store.bySid('old-sid')).toMatchObject({ id: session.id });
    await world.recordings.stop(session.id, 'U');
    await world.pass(120);
    expect(await world.store.get(session.id)).toMatchObject({ state: 'completed', files: [file, own] });
    // It is told of, and nothing is made of it at Agora.
    expect([resources, stops]).toEqual([2, ['new-sid']]);
  });

  test('one that was put out, of a recording that has ended without a sid: the promised files are told', async () => {
    const { id, uid } = await stopUnknown({
      start: async () => refusal('unknown', '504/62'),
      remove: async () => done(null),
    });
    expect(await world.store.get(id)).toMatchObject({ state: 'failed', strays: [] });
    expect((await notes(id)).join()).toContain('If Agora names files of it, they are shown here.');
    await world.recordings.accept({
      noticeId: 'n0',
      eventType: 40,
      sid: 'old-sid',
      channelName: 'math-101',
      uid,
      details: {},
    });
    await world.recordings.accept({
      noticeId: 'n1',
      eventType: 31,
      sid: 'other',
      channelName: 'math-101',
      uid: '77',
      details: { files: [{ name: 'other_math-101.m3u8' }] },
    });
    await hear('n2', uid, [file]);
    await world.pass(60);
    expect(await world.store.get(id)).toMatchObject({ state: 'failed', strays: [], files: [file] });
    expect((await notes(id)).at(-1)).toBe('What was recorded until then is in the bucket, all of it seen: 1 file.');
  });

  test('a notification that comes when it is out already names files: they are told as well', async () => {
    const { id, uid } = await stopUnknown({ stop: async () => refusal('uploading', '206/50') });
    await hear('n1', uid);
    await world.pass(1_000, 10);
    const before = world.told.length;
    await hear('n2', uid, [file]);
    await world.pass(60);
    expect(world.told.slice(before).map((t) => t.message)).toContainEqual({
      kind: 'thread',
      note: { type: 'files', files: [file], proof: 'bucket' },
    });
    expect((await world.store.get(id))?.salvage).toBeUndefined();
  });
});

describe('one that goes on keeps them until its end', () => {
  const recording = onRelease(sessionIn('recording', { strays: [stray] }), stray, stopped, noon);

  test('and does not look for them sooner', () => {
    expect(recording).toMatchObject({ state: 'recording', strays: [], files: [file], earlierSids: ['old-sid'] });
    expect(recording.salvage).toBeUndefined();
  });

  test('they are no sign that Agora has named those of the present task', async () => {
    const stopping = { ...sessionIn('stopping'), files: [file], earlierSids: ['old-sid'] } as Session;
    const empty = done({ files: [], uploading: 'uploaded' as const });
    expect(onStop(stopping, empty, noon).evidence.uploaded).toBeUndefined();
    const uploading = { ...sessionIn('uploading'), files: [file], earlierSids: ['old-sid'] } as SessionIn<'uploading'>;
    const searched: string[] = [];
    const { files } = await lookForFiles(uploading, {
      fileCheck: {
        ...there,
        search: async (_, { sid, copies }) => {
          searched.push(`${sid} ${copies}`);
          return { found: sid === 'old-sid' ? [{ name: 'bak0_old-sid_math-101.m3u8' }] : [], expected: [] };
        },
      },
      expectFiles: ({ sid }) => ({ names: [`${sid}_math-101.m3u8`], patterns: [] }),
    });
    expect(searched).toEqual(['s true', 'old-sid true']);
    expect(files).toEqual([file, { name: 's_math-101.m3u8', expected: true }, { name: 'bak0_old-sid_math-101.m3u8' }]);
  });

  test('of a last one that recorded nothing, as Agora said, no file is missed', async () => {
    const s = { ...sessionIn('empty'), sid: 's', files: [file], earlierSids: ['old-sid'] } as SessionIn<'empty'>;
    const asked: string[] = [];
    const fileCheck: FileCheck = {
      ...there,
      inspect: async (storage, names) => {
        asked.push(...names);
        return there.inspect(storage, names);
      },
    };
    const expectFiles = ({ sid }: { sid: string }) => ({ names: [`${sid}_math-101.m3u8`], patterns: [] });
    expect((await lookForFiles(s, { fileCheck, expectFiles })).files).toEqual([file]);
    expect(asked).toEqual([file.name]);
    // Of an earlier one that nobody has named files of they are asked for.
    expect((await lookForFiles({ ...s, files: [] }, { fileCheck, expectFiles })).files).toEqual([
      { ...file, expected: true },
    ]);
  });

  test('also when Agora says of the present task that it recorded nothing', () => {
    const stopping = { ...sessionIn('stopping'), files: [file], earlierSids: ['old-sid'], outbox: [] } as Session;
    const s = onStop(stopping, refusal('nothing_recorded', '206/435'), noon);
    expect(s).toMatchObject({ state: 'empty', salvage: { tries: 0 } });
    const said = s.outbox.flatMap(({ message: m }) => (m.kind === 'thread' ? note(s, m.note, new Map()).text : []));
    expect(said.join()).toMatch(/I look for files of an earlier one\.$/);
    expect(said.join()).not.toContain('no files');
  });
});

describe('of one whose last task is uploaded', () => {
  const own = { name: 's_math-101.m3u8' };
  const evidence = { ended: true, failoverUids: [], uploaded: 'uploaded' };
  const uploading = (files = [own]) =>
    sessionIn('uploading', { files, evidence, earlierSids: ['old-sid'], outbox: [] });
  const report = (files: readonly { name: string }[], verdict: FileReport['verdict'] = 'ready'): FileReport => ({
    at: noon,
    verdict,
    ended: verdict === 'ready',
    files: files.map(({ name }) => ({ name, size: 1000 })),
    missing: [],
    missingCount: 0,
  });
  const said = (s: Session) =>
    s.outbox.flatMap(({ message: m }) => (m.kind === 'thread' ? note(s, m.note, new Map()).text : []));
  const shown = (s: Session) =>
    readable(card({ lead: s, parts: [s] }, { links: new Map(), sealer: createSealer('x'), elsewhere: false }));

  test('it is not said that all was seen while nothing of the earlier one was', () => {
    const s = onInspection(uploading(), report([own]), [own], noon);
    expect(s).toMatchObject({ state: 'completed', proof: 'bucket', salvage: { tries: 0 } });
    expect(said(s).join()).toMatch(/An earlier recorder of it.* I have seen no recording of that one.*still looking/);
    expect(said(s).join()).toMatch(/Agora has confirmed the upload of the last recorder only\.$/);
    expect(shown(s)).toMatch(/Done, files of its last recorder seen in the bucket; looking.*seen no recording/s);
    expect(said(s).join() + shown(s)).not.toMatch(/Ready|all of it|all seen/);
    // Where its list is there all was seen.
    const all = onInspection(uploading([own, file]), report([own, file]), [own, file], noon);
    expect(all).toMatchObject({ state: 'completed', proof: 'both' });
    expect(all.salvage).toBeUndefined();
    expect(shown(all)).toMatch(/Ready, files seen in the bucket/);
  });

  test('the earlier one is looked for until it comes, for an hour', () => {
    const done = { ...onInspection(uploading(), report([own]), [own], noon), outbox: [] };
    let s: Session = done;
    let at = noon;
    for (let looks = 0; s.salvage && looks < 20; looks++) {
      at = s.salvage.nextAt;
      s = onSalvage(s, report([own]), [own], at);
    }
    expect((at - noon) / 60_000).toBeGreaterThan(60);
    expect((at - noon) / 60_000).toBeLessThan(90);
    expect(said(s)).toHaveLength(1);
    expect(said(s).join()).toMatch(/seen these: 1 file\. .* I have seen no recording of that one in the bucket\.$/);
    expect(shown(s)).toMatch(/Done, files of its last recorder seen in the bucket\*/);
    const found = onSalvage(done, report([own, file]), [own, file], noon);
    expect(found.salvage).toBeUndefined();
    expect(said(found).join()).toMatch(/for files of an earlier recorder too, and seen all of it: 2 files\.$/);
    expect(shown(found)).toMatch(/Ready, files seen in the bucket/);
  });

  test('also where its start was never proved', () => {
    const failure = { ...someFailure, kind: 'start_unproved' as const };
    let s = onInspection({ ...uploading(), failure } as Session, report([own]), [own], noon);
    expect(s).toMatchObject({ state: 'failed', salvage: { tries: 0 } });
    expect(said(s)).toEqual([]);
    const found = onSalvage(s, report([own, file]), [own, file], noon);
    expect(said(found)).toEqual(['What was recorded until then is in the bucket, all of it seen: 2 files.']);
    let looks = 0;
    for (; s.salvage && looks < 20; looks++) s = onSalvage(s, report([own]), [own], s.salvage.nextAt);
    expect(looks).toBe(3);
    expect(said(s).join()).toMatch(
      /^What was recorded until then is in the bucket: 1 file\. .* no recording of that one/,
    );
  });

  test('Agora’s word is not passed on as if it were about the earlier one’s files', () => {
    const files = [own, file];
    const s = onInspection(uploading(files), report([], 'cannot_read'), files, noon);
    expect(s).toMatchObject({ state: 'completed', proof: 'agora' });
    expect(said(s).join()).toMatch(
      /of the last recorder is complete: 1 file\. Nobody has confirmed .* wrote: 1 file\./,
    );
    expect(shown(s)).toMatch(/`old-sid_math-101\.m3u8` \(not confirmed\)/);
    expect(shown(s)).toMatch(/`s_math-101\.m3u8` \(confirmed by Agora, not seen\)/);
  });
});

describe('one that has ended', () => {
  test.each(['completed', 'failed', 'empty'] as const)('as %s looks once more', (state) => {
    const s = onRelease(sessionIn(state, { files: [], strays: [stray] }), stray, stopped, noon);
    expect(s).toMatchObject({ state, files: [file], salvage: { tries: 0, nextAt: noon } });
  });

  test('is not told of them before their list is there: Agora’s word was about the present task', () => {
    const own = { name: 's_math-101.m3u8' };
    const evidence = { ended: true, failoverUids: [], uploaded: 'uploaded' };
    const before = sessionIn('completed', { proof: 'both', files: [own], evidence, strays: [stray] });
    const s = onRelease(before, stray, refusal('uploading', '206/50'), noon);
    const report = (names: readonly { name: string }[]) => ({
      at: noon,
      verdict: 'ready' as const,
      ended: true,
      files: names.map(({ name }) => ({ name })),
      missing: [],
      missingCount: 0,
    });
    const first = onSalvage(s, report([own]), [own], noon);
    expect(first.salvage).toBeDefined();
    const told = onSalvage(first, report([own, file]), [own, file], noon);
    expect(told).toMatchObject({ state: 'completed', proof: 'both', files: [own, file] });
    expect(told.salvage).toBeUndefined();
  });

  test('asks nobody where the old one recorded nothing', () => {
    const before = sessionIn('failed', { strays: [stray] });
    const s = onRelease(before, stray, refusal('nothing_recorded', '206/435'), noon);
    expect(s).toEqual({ ...before, strays: [] });
  });

  test('takes no files of another recording, which it only stops', () => {
    const other = { ...stray, mode: 'mix' as const, project: 'default' };
    const s = onRelease(sessionIn('failed', { strays: [other] }), other, stopped, noon);
    expect(s.files).toEqual([]);
    const told = {
      noticeId: 'n',
      eventType: 31,
      sid: 'old-sid',
      channelName: 'math-101',
      uid: '9',
      details: { files: [file] },
    };
    const busy = sessionIn('failed', { strays: [other] });
    expect(onNotice(busy, told, noon)).toBe(busy);
  });
});
