import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Note } from '../../src/recording/messages.ts';
import type { FileReport } from '../../src/recording/recorded-files.ts';
import type { Session } from '../../src/recording/session.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { card } from '../../src/slack/views/card.ts';
import { note } from '../../src/slack/views/note.ts';
import { problemsOf, readable } from './support/check-view.ts';
import { noon, sessionIn, someFiles } from './support/sessions.ts';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** Where only some of the files or slices were looked at, people read that, and never "all". */
type State = 'completed' | 'failed';
type Proof = Extract<Note, { type: 'files' }>['proof'];
const report = (more: Partial<FileReport>): FileReport => ({
  at: noon,
  verdict: 'ready',
  ended: true,
  files: (more.verdict ?? 'ready') === 'ready' ? someFiles(2) : [],
  missing: [],
  missingCount: 0,
  ...more,
});
const sample = { sample: { looked: 8_000, slices: 9_000 } };
const missing: Partial<FileReport> = { verdict: 'missing', missing: ['a.jpg'], missingCount: 1 };
const others = 'There are more files than these, too many to name them: those that come first in the bucket are named';
const files = someFiles(2);
const sealer = createSealer('not secret');
const draw = (parts: readonly Session[]) =>
  card({ lead: parts[0] as Session, parts }, { links: new Map(), sealer, elsewhere: false });

describe('a note and the card', () => {
  test.each<[State, Proof, Partial<FileReport>, string]>([
    [
      'completed',
      'both',
      sample,
      'Ready: Agora confirms the upload, and I have seen these in the bucket: 2 files. I have looked at 8000 of 9000 slices, evenly spread, and all of these are there.',
    ],
    [
      'completed',
      'both',
      { more: true },
      `Ready: Agora confirms the upload, and I have seen these in the bucket: 2 files. ${others}, and I have not looked at the others.`,
    ],
    ['completed', 'bucket', sample, 'complete with end mark. I have looked at 8000 of 9000'],
    ['completed', 'bucket', { ...sample, ended: false }, 'found in the bucket. I have looked at 8000 of 9000 slices'],
    ['completed', 'agora', { verdict: 'cannot_read', more: true }, `or it did not answer. ${others}.`],
    [
      'failed',
      'bucket',
      { more: true },
      `What was recorded until then is in the bucket: 2 files. ${others}, and I have not looked at the others.`,
    ],
    [
      'failed',
      'none',
      { ...missing, more: true },
      `not there, \`a.jpg\`. ${others}, and I have not looked at the others.`,
    ],
    ['failed', 'none', { verdict: 'unknown', more: true }, `nobody has confirmed it: 2 files. ${others}.`],
    ['failed', 'agora', { verdict: 'cannot_read', more: true }, `or it did not answer. ${others}.`],
  ])('%s, %s, %j: say so', (state, proof, more, wanted) => {
    const s = sessionIn(state, { files, report: report(more), ...(state === 'completed' ? { proof } : {}) });
    const said = note(s, { type: 'files', files, proof }, new Map());
    expect(said.text).toContain(wanted);
    const shown = readable(draw([s]));
    for (const words of [said.text, shown]) expect(words).not.toMatch(/all of it|every slice|all seen/);
    expect(shown).toMatch(/looked at 8000 of 9000|There are more files/);
    expect(problemsOf(said)).toEqual([]);
  });

  test('of some parts of a wish: the card says of which', () => {
    const part = (n: number, more: Partial<FileReport>) =>
      sessionIn('completed', { id: `s${n}`, part: n, proof: 'both', files, report: report(more) });
    const shown = readable(draw([part(1, {}), part(2, { more: true }), part(3, sample)]));
    expect(shown).toContain('Part 2: There are more files');
    expect(shown).toContain('Part 3: I have looked at 8000 of 9000');
    expect(shown).not.toContain('Part 1: ');
    expect(shown).not.toContain('all seen');
  });
});

describe('the list of files', () => {
  let world: SlackApp;
  beforeEach(async () => {
    world = await startSlackApp();
  });
  afterEach(() => world.close());

  test.each([
    ['all of them', {}, 'All 2 files of the recording.'],
    ['the first ones', { more: true }, `2 files of the recording. ${others}, and I have not looked at the others.`],
  ] as const)('says that it has %s', async (_what, more, wanted) => {
    const item = (id: string, message: Session['outbox'][number]['message']) => ({ id, message, tries: 0, nextAt: 0 });
    const deliver = async (s: Session, i: Session['outbox'][number]) => {
      world.clock.now += 60_000;
      return world.announcer.deliver({ lead: s, parts: [s] }, s, i, world.sending);
    };
    const s = sessionIn('completed', { files, proof: 'both', report: report(more) });
    const posted = await deliver(s, item('1', { kind: 'card' }));
    const withCard = { ...s, ...(posted.ok && posted.card ? { card: posted.card } : {}) };
    expect(await deliver(withCard, item('2', { kind: 'thread', note: { type: 'file_list' } }))).toEqual({ ok: true });
    expect(world.slack.stored().find((m) => m.files?.length)?.text).toBe(wanted);
  });
});
