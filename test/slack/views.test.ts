import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHelp, helpView } from '../../commands/record/help.ts';
import { subcommands } from '../../commands/record/index.ts';
import { type Failure, type Note, note as noteShape } from '../../src/recording/messages.ts';
import type { Session } from '../../src/recording/session.ts';
import { extendAnswer, stopAnswer } from '../../src/slack/actions/sentences.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { alert } from '../../src/slack/views/alert.ts';
import { paragraph, type View } from '../../src/slack/views/blocks.ts';
import { card } from '../../src/slack/views/card.ts';
import { note } from '../../src/slack/views/note.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { buttonsOf, problemsOf, readable } from './support/check-view.ts';
import { minutes, noon, sessionIn, someFailure, someFiles, states } from './support/sessions.ts';

const url = (name: string) => `https://bucket.example/${name.split('/').map(encodeURIComponent).join('/')}`;
const links = new Map(someFiles(200).map((f) => [f.name, { location: url(f.name), until: noon }]));
const draw = (s: Session, elsewhere = false) =>
  card({ lead: s, parts: [s] }, { links, sealer: createSealer('x'), elsewhere });

const alertOf = (s: Session, failure: Failure, elsewhere: boolean, now: number, parts = [s]) =>
  alert({ lead: parts[0] as Session, parts }, s, failure, elsewhere, now);

const notes: Note[] = [
  { type: 'recording', at: noon },
  { type: 'warning', stopAt: noon },
  { type: 'extended', by: 'U0BEN', stopAt: noon },
  { type: 'stop_asked', by: 'U0BEN', at: noon + minutes(31) },
  { type: 'stop_asked', by: null, at: noon + minutes(45) },
  { type: 'checking', code: '404/404' },
  { type: 'back' },
  { type: 'credentials', until: 1_700_000_000_000 },
  { type: 'push_again' },
  { type: 'moved', newUid: '77' },
  { type: 'retrying', code: '500/1', cause: 'Agora has trouble of its own.' },
  { type: 'new_attempt', attempt: 2, code: '400/53' },
  { type: 'backuped' },
  { type: 'upload_slow', files: someFiles(2) },
  { type: 'upload_slow', files: someFiles(2).map((f) => ({ ...f, expected: true as const })) },
  { type: 'upload_slow', files: [], patterns: ['sid_m__uid_s_<uid>__uid_e_audio.m3u8'] },
  { type: 'files', files: someFiles(1), proof: 'agora' },
  { type: 'files', files: someFiles(2), proof: 'bucket' },
  { type: 'files', files: someFiles(2), proof: 'both' },
  { type: 'file_list' },
  { type: 'missing_files', missing: ['a.ts', 'b.ts'], count: 2 },
  { type: 'files', files: someFiles(2), proof: 'none' },
  { type: 'empty' },
  { type: 'stuck', failure: someFailure },
  { type: 'cancelled' },
  { type: 'part', part: 2, role: 'twin' },
  { type: 'part', part: 2, role: 'next' },
  { type: 'part', part: 2, role: 'replacement' },
  { type: 'rolled', at: noon },
  { type: 'queued', place: 2, code: '400/406' },
  { type: 'changed', by: 'U0BEN', what: 'layout' },
  { type: 'changed', by: null, what: 'subscribe' },
  { type: 'changed', by: 'U0BEN', what: 'onhold' },
  {
    type: 'changed',
    by: 'U0BEN',
    what: 'layout',
    to: { layout: { mixedVideoLayout: 2, maxResolutionUid: '7' }, layoutName: 'vertical' },
  },
  {
    type: 'changed',
    by: 'U0BEN',
    what: 'subscribe',
    to: { subscribe: { videoUidList: { unSubscribeVideoUids: ['7'] } } },
  },
  { type: 'changed', by: 'U0BEN', what: 'onhold', to: { onhold: true } },
  { type: 'changed', by: 'U0BEN', what: 'pushed', to: { pushed: true } },
  { type: 'change_refused', by: 'U0BEN', what: 'layout', code: '400/1028', cause: 'It is wrong.', next: 'Mend it.' },
];

describe('card', () => {
  test.each<[Session, string, string]>([
    [sessionIn('requested'), '⏳', 'Starting'],
    [sessionIn('acquired'), '⏳', 'Starting'],
    [sessionIn('acquired', { desired: 'stopped' }), '⏳', 'Stopping'],
    [sessionIn('starting'), '⏳', 'Starting'],
    [sessionIn('recording'), '🔴', 'Recording'],
    [sessionIn('suspect', { missingCount: 1 }), '🔴', 'Recording'],
    [sessionIn('suspect', { missingCount: 2 }), '🟠', 'Checking: Agora does not find the recorder at the moment'],
    [sessionIn('stopping'), '⏳', 'Stopping'],
    [sessionIn('stopping', { failure: someFailure }), '🔴', 'Not proved, stopping for safety'],
    [sessionIn('uploading'), '⬆️', 'Stopped, uploading'],
    [sessionIn('uploading', { slowTold: true }), '⬆️', 'Stopped, upload not confirmed yet'],
    [
      sessionIn('uploading', { slowTold: true, failure: { ...someFailure, kind: 'upload_unproved' } }),
      '🟠',
      'Stopped, upload not confirmed yet',
    ],
    [sessionIn('backuped'), '🟠', "Stopped, files in Agora's backup, on their way to the bucket"],
    [sessionIn('completed'), '✅', 'Done, Agora confirms the files'],
    [sessionIn('completed', { proof: 'bucket' }), '✅', 'Ready, files seen in the bucket'],
    [sessionIn('empty'), '⚪', 'Done, nothing was recorded because nobody published'],
    [sessionIn('failed'), '❌', 'Ended early'],
    [sessionIn('failed', { salvage: { tries: 0, nextAt: noon } }), '❌', 'Ended early; looking for its files'],
    [sessionIn('failed', { failure: { ...someFailure, kind: 'start_refused' } }), '❌', 'Failed'],
    [sessionIn('failed', { failure: { ...someFailure, kind: 'cancelled' } }), '⚪', 'Stopped before it began'],
  ])('$state says $state in a sign and in words', (s, sign, words) => {
    expect(stateWords(s)).toEqual({ sign, words });
    expect(problemsOf(draw(s))).toEqual([]);
    const text = readable(draw(s));
    for (const part of [sign, words, '`math-101`', '<@U0ANA>']) expect(text).toContain(part);
    expect(draw(s).text).toContain('math-101');
  });

  const warned = { warnAt: null };
  const atMax = { stopAt: noon + minutes(120) };
  const nearMax = { stopAt: noon + minutes(110) };
  const live = ['requested', 'acquired', 'starting', 'recording', 'suspect'] as const;
  test.each<[string, Session, string[]]>([
    ...live.map((state): [string, Session, string[]] => [state, sessionIn(state), ['stop_recording']]),
    ...live.map((state): [string, Session, string[]] => [
      `${state}, warned`,
      sessionIn(state, warned),
      ['stop_recording', 'extend_recording_15_min', 'extend_recording_1_h'],
    ]),
    [
      'warned, 10 min left',
      sessionIn('recording', { ...warned, ...nearMax }),
      ['stop_recording', 'extend_recording_15_min'],
    ],
    ['warned, at the longest', sessionIn('recording', { ...warned, ...atMax }), ['stop_recording']],
    ['start asked and stopped', sessionIn('acquired', { desired: 'stopped' }), []],
    ...(['stopping', 'uploading', 'backuped', 'completed', 'failed', 'empty'] as const).map(
      (state): [string, Session, string[]] => [state, sessionIn(state), []],
    ),
  ])('%s: has exactly the buttons that can do something', (_name, s, buttons) => {
    expect(buttonsOf(draw(s))).toEqual(buttons);
  });

  test('Stop asks first, is marked as dangerous and carries the session', () => {
    const [stop] = draw(sessionIn('recording')).blocks.flatMap((b) => (b.type === 'actions' ? b.elements : []));
    expect(stop).toMatchObject({
      type: 'button',
      style: 'danger',
      value: expect.stringMatching(/^session-1 [A-Za-z0-9_-]+$/),
      text: { text: 'Stop recording' },
      confirm: { style: 'danger', confirm: { text: 'Stop recording' }, text: { type: 'plain_text' } },
    });
  });

  test.each<[Session, RegExp]>([
    [sessionIn('requested'), /Asked for at <!date\^\d+.*stops by itself at <!date/],
    [sessionIn('recording'), /Recording since <!date.*stops by itself at <!date/],
    [sessionIn('recording', warned), /Stops soon/],
    [sessionIn('stopping'), /stopped by <@U0BEN>/],
    [sessionIn('stopping', { stopAsked: { by: null, at: noon, safety: false } }), /stopped at its time/],
    [sessionIn('stopping', { stopAsked: { by: null, at: noon, safety: true } }), /stopped for safety/],
    [sessionIn('completed'), /From <!date.* until <!date.*\(20 min\), stopped by <@U0BEN>/],
  ])('says since when and until when', (s, wanted) => {
    expect(readable(draw(s))).toMatch(wanted);
  });

  test('shows where each file is, and its key', () => {
    const text = readable(draw(sessionIn('completed')));
    for (const f of someFiles(2)) {
      expect(text).toContain(`<https://bucket.example/${f.name}|${f.name.split('/')[1]}>\\n\`${f.name}\``);
    }
    expect(draw(sessionIn('completed')).text).toMatch(/2 files\.$/);
  });

  test('says what happened, why, what to do and the code when it failed', () => {
    expect(readable(draw(sessionIn('failed')))).toMatch(
      /The recording is lost\..*Likely cause.*died.*What to do.*Start it again.*Code.*`404\/404`/,
    );
  });

  test('a cancelled one is no failure', () => {
    const s = sessionIn('failed', { failure: { ...someFailure, kind: 'cancelled' } });
    expect(readable(draw(s))).not.toContain('Likely cause');
  });

  test.each([1, 20, 21, 500])('%i files with the longest names fit, whole, and the rest is counted', (n) => {
    const files = Array.from({ length: n }, (_, i) => ({
      name: `${'p'.repeat(60)}/0123456789abcdef0123456789abcdef_${'&'.repeat(64)}_${i}.mp4`,
    }));
    const view = draw(sessionIn('completed', { files }));
    expect(problemsOf(view)).toEqual([]);
    const text = readable(view);
    const shown = files.filter((f) => text.includes(`\`${f.name.replaceAll('&', '&amp;')}\``)).length;
    const more = Number(/and (\d+) more, in the thread/.exec(text)?.[1] ?? 0);
    expect(shown + more).toBe(n);
    expect(shown).toBeGreaterThanOrEqual(Math.min(n, 5));
  });

  test.each([
    [29, 'next', false],
    [29, 'next', true],
    [58, 'twin', true],
  ] as const)('%i recorders of a wish of a month fit, the others %s, with doubts: %s', (n, role, doubts) => {
    const parts = Array.from({ length: n }, (_, i) => {
      const files = Array.from({ length: 3 }, (__, k) => ({
        name: `classes/2026/${String(i).padStart(2, '0')}23456789abcdef0123456789abcdef_math-101_${k}.m3u8`,
      }));
      return sessionIn('completed', {
        ...{
          id: `s-${i}`,
          part: i + 1,
          lead: i === 0 ? null : 's-0',
          role: i === 0 ? 'first' : role,
          proof: 'both',
          files,
        },
        report: {
          ...{ at: noon, verdict: 'ready', ended: true, missing: [], missingCount: 0 },
          files: files.map((f) => ({ name: f.name, size: 1e9, seconds: 80_000, slices: 5_700 })),
          ...(doubts ? { sample: { looked: 8_000, slices: 17_000 } } : {}),
        },
      });
    });
    const link = (name: string) => ({
      location: `https://b.s3.us-east-1.amazonaws.com/${name}`,
      open: `https://b.s3.us-east-1.amazonaws.com/${name}?X-Amz-Signature=${'a'.repeat(340)}`,
      until: noon + minutes(60),
    });
    const links = new Map(parts.flatMap((p) => p.files).map((f) => [f.name, link(f.name)]));
    const [lead] = parts;
    if (!lead) throw new Error('There is none.');
    const view = card({ lead, parts }, { links, sealer: createSealer('x'), elsewhere: false });
    expect(problemsOf(view)).toEqual([]);
    const shown = parts.flatMap((p) => p.files).filter((f) => readable(view).includes(`\`${f.name}\``)).length;
    expect(shown).toBeGreaterThanOrEqual(3);
    expect(readable(view)).toContain(`and ${n * 3 - shown} more, in the thread`);
  });

  test('of people in tracks of their own: whole ones to watch, by uid, and single tracks person by person', () => {
    const track = (uid: string, trackType: string) => ({
      name: `sid_m__uid_s_${uid}__uid_e_${trackType === 'audio_and_video' ? 'av' : trackType}.m3u8`,
      uid,
      trackType,
    });
    const kinds = ['audio', 'video', 'audio_and_video'];
    const files = [
      { name: 'sid_m__uid_s_9__uid_e_video_20270101000000000.jpg' },
      ...['20', '3'].flatMap((uid) => kinds.map((kind) => track(uid, kind))),
    ];
    const links = new Map(
      files.map((f) => [
        f.name,
        {
          location: `https://b/${f.name}`,
          open: `https://b/${f.name}?s`,
          ...(f.name.endsWith('.m3u8') ? { watch: `https://w/${f.name}` } : {}),
          until: noon + minutes(90),
        },
      ]),
    );
    const s = sessionIn('completed', { files });
    const view = card({ lead: s, parts: [s] }, { links, sealer: createSealer('key'), elsewhere: false });
    expect(problemsOf(view)).toEqual([]);
    const buttons = view.blocks.flatMap((b) => (b.type === 'actions' ? b.elements : []));
    expect(buttons.map((b) => ('text' in b ? b.text?.text : ''))).toEqual(['Watch uid 3', 'Watch uid 20', 'New link']);
    const text = readable(view);
    expect(text).toMatch(/6 lists, 1 picture/);
    expect(text).toMatch(
      /uid_s_3__uid_e_av[\s\S]*uid_s_20__uid_e_av[\s\S]*uid_s_3__uid_e_video[\s\S]*uid_s_3__uid_e_audio[\s\S]*uid_s_20__uid_e_video[\s\S]*\.jpg/,
    );
    expect(text).toMatch(/links are good until <!date\^/);
  });

  const linkedTo = (names: readonly string[], more: object = {}) =>
    new Map(
      names.map((name) => [
        name,
        {
          location: `https://b/${name}`,
          open: `https://b/${name}?s`,
          download: `https://b/${name}?d`,
          until: noon,
          watch: `https://w/${name}`,
          ...more,
        },
      ]),
    );
  const labels = (view: View) =>
    view.blocks.flatMap((b) => (b.type === 'actions' ? b.elements : [])).map((b) => ('text' in b ? b.text?.text : ''));
  const finished = (parts: Session[], more: object = {}) =>
    card(
      { lead: parts[0] as Session, parts },
      {
        links: linkedTo(
          parts.flatMap((p) => p.files.map((f) => f.name)),
          more,
        ),
        sealer: createSealer('key'),
        elsewhere: false,
      },
    );

  test('a list is watched, and its film is downloaded; a film alone is both', () => {
    const film = { name: 's_m_0.mp4' };
    expect(labels(finished([sessionIn('completed', { files: [{ name: 's_m.m3u8' }, film] })]))).toEqual([
      'Watch',
      'Download',
      'New link',
    ]);
    expect(labels(finished([sessionIn('completed', { files: [film] })]))).toEqual(['Watch', 'Download', 'New link']);
  });

  test('of several recorders each list has its part, and where a part has more than one, a number', () => {
    const lead = sessionIn('completed', { files: [{ name: 's1_m.m3u8' }] });
    const twin = sessionIn('completed', {
      id: 'session-1.2',
      part: 2,
      role: 'twin',
      lead: lead.id,
      files: [{ name: 's2_m.m3u8' }],
    });
    expect(labels(finished([lead, twin]))).toEqual(['Watch part 1', 'Watch part 2', 'New link']);
    const more = { ...twin, files: [...twin.files, { name: 'bak0_s2_m.m3u8' }] };
    expect(labels(finished([lead, more]))).toEqual(['Watch 1', 'Watch 2', 'Watch 3', 'New link']);
  });

  describe('of a recording that ended early, what was found of it', () => {
    const files = [{ name: 's_m.m3u8' }, { name: 'bak0_s_m.m3u8' }];
    const seen = files.map((f) => ({ ...f, size: 2_000_000, seconds: 60, slices: 4 }));
    const report = { at: noon, verdict: 'ready', ended: true, files: seen, missing: [], missingCount: 0 };
    const less = {
      ...report,
      verdict: 'missing',
      files: seen.slice(0, 1),
      missing: ['bak0_s_m.m3u8'],
      missingCount: 1,
    };
    test.each<[string, Record<string, unknown>, RegExp]>([
      ['all', { report }, /Files of what was recorded until then, all seen in the bucket \(2 lists, 4\.0 MB\):/],
      [
        'not yet',
        { salvage: { tries: 0, nextAt: noon } },
        /Files that should be in the bucket, not confirmed \(2 lists\):/,
      ],
      [
        'some, and it is looked on',
        { report: { ...report, ended: false }, salvage: { tries: 1, nextAt: noon } },
        /Files of what was recorded until then \(2 lists, 4\.0 MB\); I am still looking into the bucket:/,
      ],
      [
        'some',
        { report: less },
        /not all seen in the bucket:.*\|s_m\.m3u8> \(1 min, .*bak0_s_m\.m3u8> \(not in the bucket\)/s,
      ],
    ])('%s', (_, more, wanted) => {
      const view = finished([sessionIn('failed', { files, ...more })]);
      expect(readable(view)).toMatch(wanted);
      expect(problemsOf(view)).toEqual([]);
    });
  });

  test('of a recording that was made again: what was lost is not said to be seen, and the heading names it', () => {
    const lost = sessionIn('failed', { files: [{ name: 's1_m.m3u8' }] });
    const again = sessionIn('completed', {
      id: 'session-1.2',
      part: 2,
      role: 'replacement',
      lead: lost.id,
      files: [{ name: 's2_m.m3u8' }],
      proof: 'both',
    });
    const text = readable(
      finished([
        { ...lost, stopAsked: undefined, groupStop: { by: 'U0BEN', at: noon } } as Session,
        { ...again, recordingSince: noon + minutes(9) } as Session,
      ]),
    );
    // From the first part's beginning, by who stopped it, and without a length that would have a gap in it.
    const begun = (noon + minutes(1)) / 1000;
    expect(text).toMatch(new RegExp(`From <!date\\^${begun}\\^[^>]*> until <!date[^>]*>, stopped by <@U0BEN>`));
    expect(text).toContain('*Ready, files seen in the bucket* (part 1: ended early)');
    expect(text).toContain('Files (2 lists), seen in the bucket but for those that are marked:');
    expect(text).toMatch(/s1_m\.m3u8> \(not confirmed\)/);
    expect(text).not.toMatch(/s2_m\.m3u8> \(/);
    expect(text).not.toContain('all seen');
    const told = sessionIn('completed', { ...again, proof: 'agora' });
    const first = sessionIn('completed', { files: [{ name: 's1_m.m3u8' }], proof: 'both' });
    expect(readable(finished([first, told]))).toMatch(/s2_m\.m3u8> \(confirmed by Agora, not seen\)/);
  });

  test("leads to the vendor's console where there is one", () => {
    const s = sessionIn('completed', { files: [{ name: 's_m.m3u8' }] });
    expect(readable(finished([s], { console: 'https://console.example/b?p=1' }))).toContain(
      'finds them <https://console.example/b?p=1|in its console>.',
    );
    expect(readable(finished([s]))).not.toContain('console');
  });

  test('says what is in force: layout, streams, pause and push, of every one of 32 uids', () => {
    const uids = Array.from({ length: 32 }, (_, i) => String(4_000_000_000 + i));
    const applied = {
      layout: { mixedVideoLayout: 1 },
      subscribe: { audioUidList: { subscribeAudioUids: uids } },
      onhold: true,
      pushed: true,
    };
    const text = readable(draw(sessionIn('recording', { applied })));
    expect(text).toContain(`layout best fit · audio of \`${uids.join(', ')}\` only · pushed to RTMP · *paused*`);
    const service = {
      serviceName: 'rtmp_publish_service',
      serviceParam: { outputs: [{ rtmpUrl: 'rtmp://a.example.com/k' }] },
    };
    const recipe = {
      profile: 'p',
      project: 'default',
      storage: 'default',
      mode: 'web',
      extensionServiceConfig: { extensionServices: [service] },
    };
    expect(readable(draw(sessionIn('recording', { recipe })))).toContain('pushed to RTMP');
    expect(readable(draw(sessionIn('recording')))).not.toMatch(/pushed|layout/);
  });

  test('says how many people are recorded at most, where Agora could record more', () => {
    const of = (mode: string, recordingConfig: object) =>
      readable(
        draw(
          sessionIn('recording', {
            recipe: { profile: 'p', project: 'default', storage: 'default', mode, recordingConfig },
          }),
        ),
      );
    expect(of('individual', { subscribeUidGroup: 1 })).toContain('Profile `p`: individual · 7 people at most');
    expect(of('individual', { subscribeUidGroup: 4 })).toContain('32 people at most');
    expect(of('individual', { subscribeUidGroup: 5 })).not.toContain('at most');
    expect(of('mix', {})).not.toContain('at most');
  });

  test('a list of lists says that it has sound and picture, and no size of its own', () => {
    const file = { name: 's_m__uid_s_7__uid_e_av.m3u8', uid: '7', trackType: 'audio_and_video' };
    const report = {
      at: noon,
      verdict: 'ready',
      ended: true,
      files: [{ name: file.name, size: 0 }],
      missing: [],
      missingCount: 0,
    };
    expect(readable(draw(sessionIn('completed', { files: [file], report })))).toContain('(uid 7, audio and video)');
  });

  test.each([
    [1, '(15 s, 1 kB, 1 slice)'],
    [2, '(15 s, 1 kB, 2 slices)'],
  ])('a list says how long and how large it is, and of how many slices: %i', (slices, words) => {
    const name = 's_m.m3u8';
    const files = [{ name, size: 900, seconds: 15, slices }];
    const report = { at: noon, verdict: 'ready', ended: true, files, missing: [], missingCount: 0 };
    expect(readable(draw(sessionIn('completed', { files: [{ name }], report })))).toContain(words);
  });

  test('what nobody has named or seen is not shown as confirmed', () => {
    const s = sessionIn('completed', { files: [{ name: 'sid_m.m3u8', expected: true }], proof: 'agora' });
    expect(readable(draw(s))).toMatch(
      /has named no files; these are the names that they should have[\s\S]*\(expected, not seen\)/,
    );
  });

  test('says why it is not where the recording was started', () => {
    expect(readable(draw(sessionIn('recording'), true))).toContain('I cannot post in <#C0CLASSES>');
    expect(readable(draw(sessionIn('recording')))).not.toContain('cannot post');
  });

  test('is the same at any time: nothing on it ticks', () => {
    expect(draw(sessionIn('recording'))).toEqual(draw(sessionIn('recording')));
  });
});

describe('links that are signed with long temporary keys', () => {
  const names = ['p/math-101.m3u8', 'p/math-101_0.mp4'];
  const s = sessionIn('completed', { files: names.map((name) => ({ name })), proof: 'both' });
  test.each([2_000, 2_899, 2_999, 3_001, 5_000])('of %i characters: each file is named and can be found', (length) => {
    const at = (name: string) => `https://bucket.example/${name}`;
    const signed = (name: string) => `${at(name)}?t=`.padEnd(length, 'x');
    const long = new Map(
      names.map((n) => [n, { location: at(n), open: signed(n), download: signed(n), watch: at(n), until: noon }]),
    );
    for (const view of [
      card({ lead: s, parts: [s] }, { links: long, sealer: createSealer('x'), elsewhere: false }),
      note(s, { type: 'files', files: s.files, proof: 'both' }, long),
    ]) {
      expect(problemsOf(view)).toEqual([]);
      const text = JSON.stringify(view.blocks);
      for (const name of names) expect(text).toContain(`\`${name}\``);
      if (length > 2_900) for (const name of names) expect(text).toContain(`<${at(name)}|`);
      if (length > 2_900) expect(text).toContain('too long for Slack; this is where it lies');
      else for (const name of names) expect(text).toContain(`<${signed(name)}|`);
      // Slack takes a button's url up to 3000 characters.
      if (text.includes('Watch')) expect(text.includes('"Download"')).toBe(length <= 3_000);
    }
  });
});

describe('note', () => {
  const find = (type: Note['type'], nth = 0) => {
    const n = notes.filter((m) => m.type === type)[nth];
    if (!n) throw new Error(`No note ${type}`);
    return n;
  };
  test.each<[Note['type'], number, RegExp]>([
    ['recording', 0, /Agora confirms: `math-101` is being recorded\./],
    ['warning', 0, /stops by itself at <!date.*buttons to extend/],
    ['extended', 0, /<@U0BEN> extended the recording/],
    ['stop_asked', 0, /<@U0BEN> stopped the recording after 30 min\./],
    ['stop_asked', 1, /The time is over/],
    ['checking', 0, /`404\/404`.*up to 90 seconds/],
    ['back', 0, /Agora confirms again that/],
    ['moved', 0, /another machine.*`bak`/],
    ['retrying', 0, /trouble of its own\. I keep trying\./],
    ['new_attempt', 0, /attempt 2/],
    ['backuped', 0, /backup.*I say so here/],
    ['upload_slow', 0, /complete\. The files are expected here, but that is not proved/],
    ['upload_slow', 1, /has named no files\. They should be here, but that is not proved/],
    ['upload_slow', 2, /Their names should be `sid_m__uid_s_&lt;uid&gt;__uid_e_audio\.m3u8`, but that is not proved/],
    ['files', 0, /confirms that the upload is complete: 1 file\. I could not look into the bucket/],
    ['files', 1, /2 files found in the bucket, complete with end mark\. Agora has not confirmed/],
    ['files', 2, /Ready: Agora confirms the upload, and I have seen all of it in the bucket: 2 files\./],
    ['files', 3, /nobody has confirmed it/],
    ['file_list', 0, /comes as a file/],
    ['missing_files', 0, /2 files are not in the bucket: `a\.ts`, `b\.ts`\./],
    ['empty', 0, /no files/],
    ['stuck', 0, /^The recording is lost\. Start it again\.$/],
    ['cancelled', 0, /before anything was recorded/],
    ['part', 0, /second recorder is started beside the first \(part 2\)/],
    ['part', 1, /token of the recorder runs out soon.*part 2/],
    ['part', 2, /in place of the lost one \(part 2\)/],
    ['rolled', 0, /next recorder has taken over/],
    ['queued', 0, /number 2 in the queue.*`400\/406`/],
    ['changed', 0, /<@U0BEN> changed the layout\. Agora has confirmed it\./],
    ['changed', 1, /^Set again: whose streams are recorded/],
    ['changed', 2, /<@U0BEN> changed the recording to running/],
    // What was in force then, whatever is now.
    ['changed', 3, /<@U0BEN> changed the layout to vertical \(uid `7` large\)\./],
    ['changed', 4, /changed whose streams are recorded: video of all but `7`\./],
    ['changed', 5, /changed the recording to paused/],
    ['changed', 6, /changed where the page is pushed to by RTMP/],
    ['change_refused', 0, /What <@U0BEN> asked for is not in force: It is wrong\. Mend it\. \(`400\/1028`\)/],
  ])('%s %i', (type, nth, wanted) => {
    const view = note(sessionIn('recording'), find(type, nth), links);
    expect(view.text).toMatch(wanted);
    expect(problemsOf(view)).toEqual([]);
  });

  test('every kind is tried above', () => {
    expect(new Set(notes.map((n) => n.type))).toEqual(new Set(noteShape.options.map((o) => o.shape.type.value)));
  });

  test('of a page that began on hold it is not said that it is being recorded', () => {
    const s = sessionIn('recording', { applied: { onhold: true } });
    expect(note(s, { type: 'recording', at: noon }, links).text).toMatch(/works, and is paused\. .*`resume`/);
  });

  test('a list that was found without its end mark is not called complete with it', () => {
    const report = { at: noon, verdict: 'ready', ended: false, files: someFiles(2), missing: [], missingCount: 0 };
    const { text } = note(
      sessionIn('completed', { report }),
      { type: 'files', files: someFiles(2), proof: 'bucket' },
      links,
    );
    expect(text).toMatch(/^2 files found in the bucket, with every slice\. A list has no end mark: .* Agora has not/);
  });

  describe('of a recording that failed, what was found of it', () => {
    const files = [{ name: 'a.m3u8' }];
    const report = { at: noon, verdict: 'ready', ended: true, files, missing: [], missingCount: 0 };
    const gap = { ...report, verdict: 'missing', files: [], missing: ['a.ts', 'b.ts'], missingCount: 2 };
    const unread = { ...report, verdict: 'cannot_read', files: [] };
    type Files = Extract<Note, { type: 'files' }>;
    test.each<[string, object | undefined, Files['files'], Files['proof'], RegExp]>([
      ['all', report, files, 'bucket', /is in the bucket, all of it seen: 1 file\.$/],
      ['and Agora says so', report, files, 'both', /all of it seen: 1 file\. Agora confirms the upload\.$/],
      ['without its end', { ...report, ended: false }, files, 'bucket', /seen: 1 file\. A list has no end mark/],
      ['with gaps', gap, files, 'none', /is not all in the bucket: 2 files are not there, `a\.ts`, `b\.ts`\.$/],
      ['unread', unread, files, 'none', /should be in the bucket, but nobody has confirmed it: 1 file\.$/],
      ['unread, as Agora says', unread, files, 'agora', /^Agora confirms that the upload is complete: 1 file\./],
      ['told by an older version', undefined, files, 'none', /nobody has confirmed it: 1 file\.$/],
      ['nothing', gap, [], 'none', /^There are no files of it: I have looked for them in the bucket/],
      ['nothing to look for', undefined, [], 'none', /^I know of no files of it/],
    ])('%s', (_, seen, found, proof, wanted) => {
      const view = note(
        sessionIn('failed', { files: found, report: seen }),
        { type: 'files', files: found, proof },
        links,
      );
      expect(view.text).toMatch(wanted);
      expect(problemsOf(view)).toEqual([]);
    });

    test('names the part', () => {
      const s = sessionIn('failed', { part: 2, report });
      expect(note(s, { type: 'files', files, proof: 'bucket' }, links).text).toMatch(/^Part 2: What was recorded/);
    });
  });

  test('a warning at the longest does not promise buttons', () => {
    const s = sessionIn('recording', { stopAt: noon + minutes(120), warnAt: null });
    expect(note(s, { type: 'warning', stopAt: s.stopAt }, links).text).toMatch(/cannot be extended any more/);
  });

  test('files come with their places', () => {
    for (const n of notes) {
      if (!('files' in n)) continue;
      for (const f of n.files) expect(readable(note(sessionIn('completed'), n, links))).toContain(`<${url(f.name)}|`);
    }
  });
});

describe('alert', () => {
  test('what, cause, next step and code; and where it is from when read elsewhere', () => {
    const here = alertOf(sessionIn('failed'), someFailure, false, someFailure.at);
    expect(here.text).toBe('Problem with the recording of math-101: The recording is lost. Start it again.');
    expect(readable(here)).toMatch(/Likely cause.*What to do.*Code/);
    expect(readable(here)).not.toContain('<#C0CLASSES>');
    expect(readable(alertOf(sessionIn('failed'), someFailure, true, someFailure.at))).toContain(
      'started by <@U0ANA> in <#C0CLASSES>',
    );
  });

  test('says when another recorder goes on, and only then', () => {
    const text = (s: Session, parts: Session[]) => readable(alertOf(s, someFailure, false, someFailure.at, parts));
    const other = { id: 'session-1.2', part: 2, role: 'replacement', after: 'session-1', made: false, done: false };
    const replaced = sessionIn('failed', { others: [other] });
    expect(text(replaced, [replaced])).toContain('Another recorder goes on beside it or in its place');
    const over = sessionIn('failed', { others: [{ ...other, made: true, done: true }] });
    const part = sessionIn('failed', { id: other.id, part: 2, role: 'replacement', lead: 'session-1' });
    expect(text(over, [over, part])).not.toContain('Another recorder');
    expect(text(part, [over, part])).not.toContain('Another recorder');
    // A twin is lost, and the first records on.
    expect(text(part, [sessionIn('recording'), part])).toContain('Another recorder goes on');
    const stopped = sessionIn('recording', { groupStop: { by: 'U0BEN', at: noon } });
    expect(text(part, [stopped, part])).not.toContain('Another recorder');
  });

  test('one that had to wait says when it happened', () => {
    const late = alertOf(sessionIn('failed'), someFailure, false, someFailure.at + 600_000);
    expect(readable(late)).toMatch(/This happened at <!date.*could not be told sooner/);
    expect(readable(alertOf(sessionIn('failed'), someFailure, false, someFailure.at + 60_000))).not.toContain(
      'happened at',
    );
  });

  test('pings nobody', () => {
    expect(readable(alertOf(sessionIn('failed'), someFailure, false, someFailure.at))).not.toMatch(
      /<!(?:channel|here|everyone)|<@/,
    );
  });
});

test('help is made of the subcommands, under the name of the command', () => {
  const text = readable(helpView('/rec', subcommands));
  for (const s of subcommands) expect(text).toContain(s.summary);
  expect(text).toContain('/rec start &lt;channel&gt; [--for 45m]');
  expect(problemsOf(helpView('/rec', subcommands))).toEqual([]);
  expect(createHelp(() => []).name).toBe('help');
});

/** Legal and illegal names, made of what could do harm. */
const wild = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<!channel>',
        '<!here|x>',
        '<@U0ANA>',
        '<https://evil.example|ok>',
        '&lt;',
        '&',
        '`',
        '*',
        '_',
        '|',
        '>',
      ),
      fc.constantFrom('@channel', '#general', '\u202e', '\u200b', '\n', '\u2028', '\u0000', '🎬'),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ minLength: 100, maxLength: 700 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('whatever it is called', () => {
  test('nothing that people or Agora supplied pings, links, hides or breaks a message', () => {
    const everywhere = (t: string): View[] => {
      const failure = { ...someFailure, what: `${t}.`, cause: t, next: `${t}.`, code: t };
      const files = [{ name: `a/${t}` }, ...someFiles(25)];
      const all = states.map((state) =>
        sessionIn(state, {
          channelName: t,
          files,
          ...(state === 'failed' || state === 'recording' ? { failure } : {}),
        }),
      );
      const [s] = all as [Session];
      return [
        ...all.map((x) => draw(x, true)),
        ...notes.map((n) =>
          note(
            s,
            {
              ...n,
              ...('files' in n ? { files } : {}),
              ...('code' in n ? { code: t } : {}),
              ...('cause' in n ? { cause: t } : {}),
              ...('failure' in n ? { failure } : {}),
            } as Note,
            links,
          ),
        ),
        alertOf(s, failure, true, 0),
        ...(['asked', 'stopping', 'ended'] as const).map((k) => paragraph(stopAnswer(k, s, 'https://x.example/'))),
        ...(['extended', 'capped', 'at_max'] as const).map((k) => paragraph(extendAnswer(k, s, undefined))),
      ];
    };
    fc.assert(
      fc.property(wild, (t) => {
        for (const view of everywhere(t)) {
          expect(problemsOf(view).filter((p) => !p.startsWith('not a sentence'))).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
