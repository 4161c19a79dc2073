import { describe, expect, test } from 'vitest';
import type { Refusal } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { askStop } from '../../src/recording/transitions/ask-stop.ts';
import { onAcquire } from '../../src/recording/transitions/on-acquire.ts';
import { beforeStart, onStart } from '../../src/recording/transitions/on-start.ts';
import { passTime } from '../../src/recording/transitions/pass-time.ts';
import { note } from '../../src/slack/views/note.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { minutes, noon, sessionIn } from '../slack/support/sessions.ts';

/** Of a start that nobody has answered for no more is said than that. */
const now = noon;
const refusal = (kind: Refusal['class'], code: string): Refusal => ({
  class: kind,
  code,
  cause: 'C.',
  next: 'N.',
  reason: '',
});
const lost = refusal('unknown', 'timeout');
const taken = refusal('already', '201/7');
const busy = refusal('retry_same', '429/-');
const wrong = refusal('operator_mistake', '400/2');

/** Starts are sent, and answered so; when an attempt is given up, the next one has its resource. */
function sends(answers: readonly Refusal[], from: Session = sessionIn('acquired', { stopAsked: undefined })): Session {
  return answers.reduce((s, answer) => {
    const ready =
      s.state === 'requested' ? onAcquire(s, { class: 'done', value: { resourceId: `r${s.attempt}` } }, now, s.uid) : s;
    const sent = beforeStart(ready, now, false);
    return sent.state === 'acquired' ? onStart(sent, answer, now, sent) : sent;
  }, from);
}
const failureOf = (s: Session) => {
  if (s.state !== 'failed') throw new Error(`It is ${s.state}`);
  return s.failure;
};
/** What the card and the thread say. */
const said = (s: Session) =>
  [
    stateWords(s).words,
    ...s.outbox.flatMap(({ message: m }) => (m.kind === 'thread' ? [note(s, m.note, new Map()).text] : [])),
  ].join('\n');

describe('a person stops it', () => {
  test.each<[string, Session]>([
    ['Agora said that it runs, and its sid is not known', passTime(askStop(sends([taken]), 'U', now), now + 16_000)],
    ['its answers were lost', sends([lost, lost], askStop(sends([lost, lost]), 'U', now))],
    ['another attempt was about to begin', askStop(sends([lost, lost, lost, lost]), 'U', now)],
  ])('%s: nobody says that nothing was recorded', (_, s) => {
    expect(failureOf(s)).toMatchObject({ kind: 'cancelled', what: expect.stringContaining('not known whether') });
    expect(s.outbox.map((o) => o.message.kind)).not.toContain('alert');
    expect(said(s)).toMatch(/^Stopped; it is not known whether it began/);
    expect(said(s)).toContain('A recorder of it that may run is being put out of the channel. If Agora names files');
    expect(said(s)).not.toMatch(/no files|before it began/);
  });

  test.each<[string, Session]>([
    ['was not sent', askStop(sends([]), 'U', now)],
    ['was refused', sends([refusal('retry_new_resource', '500/502')], askStop(sends([]), null, now))],
    ['was refused each time', askStop(sends([busy, busy, busy, busy]), 'U', now)],
  ])('a start that %s recorded nothing', (_, s) => {
    expect(s.mayHaveBegun).toBeUndefined();
    expect(failureOf(s).what).toMatch(/before it began|did not begin before/);
    expect(said(s)).not.toContain('not known');
  });

  test('files of it that turn up are spoken of', () => {
    const s = sends([lost, lost], askStop(sends([lost, lost]), 'U', now));
    expect(stateWords({ ...s, files: [{ name: 'a.m3u8' }] }).words).toBe('Stopped; and yet there are files');
  });
});

describe('its time is over', () => {
  test('with a start that nobody answered for: the bot was not down, and it may have begun', () => {
    const s = passTime(askStop(sends([taken]), null, now), now + 16_000);
    expect(failureOf(s)).toMatchObject({ kind: 'start_unproved', code: 'deadline' });
    expect(`${failureOf(s).what} ${failureOf(s).cause}`).not.toMatch(/did not begin|bot was down/);
    expect(s.outbox.map((o) => o.message.kind)).toContain('alert');
  });

  test.each<[string, Refusal]>([
    ['its recorder', refusal('retry_new_resource', '500/502')],
    ['its uid', refusal('other_uid', '400/53')],
  ])('and Agora has refused %s just now: the bot was not down', (_, answer) => {
    const due = askStop({ ...sessionIn('acquired', { stopAsked: undefined }), startSends: 1 } as Session, null, now);
    const s = onStart(due, answer, now, { uid: due.uid, resourceId: 'r' });
    expect(failureOf(s)).toMatchObject({ kind: 'start_refused', cause: 'Agora did not let it begin.' });
  });
});

describe('all attempts are over', () => {
  const all = (answer: Refusal) => sends(Array.from({ length: 16 }, () => answer));

  test('and nobody has answered: that is no refusal', () => {
    const f = failureOf(all(lost));
    expect(f).toMatchObject({ kind: 'start_unproved', code: 'timeout' });
    expect(f.what).toBe('It is not known whether the recording began: Agora has not said what became of its start.');
    expect(f.next).toMatch(/^N\. A recorder of it that may run is being put out/);
  });

  test('and each was refused: it did not begin', () => {
    expect(failureOf(all(busy))).toMatchObject({
      kind: 'start_refused',
      what: 'The recording did not begin: Agora did not let it begin.',
    });
  });

  test('the last one was refused, and an earlier one may have taken effect', () => {
    const f = failureOf(sends([lost, wrong]));
    expect(f.kind).toBe('start_unproved');
    expect(f.what).toMatch(/Agora refused the last start, and has not said what became of an earlier one\.$/);
    // The same answer, saved twice, is not that of the start before.
    const once = sends([busy]);
    const twice = once.state === 'acquired' ? onStart(once, busy, now, once) : once;
    expect(failureOf(sends([lost, wrong], twice)).kind).toBe('start_unproved');
  });

  test('Agora was never reached at all', () => {
    let s: Session = sessionIn('requested', { stopAsked: undefined });
    for (let n = 0; n < 4; n++) s = onAcquire(s, refusal('retry_same', 'timeout'), now + minutes(n), s.uid);
    expect(failureOf(s).what).toBe('The recording did not begin: Agora could not be reached, or did not answer.');
  });

  test('a page is in no channel to be put out of', () => {
    const recipe = { ...sessionIn('acquired').recipe, mode: 'web' };
    const page = sends(
      Array.from({ length: 16 }, () => lost),
      sessionIn('acquired', { stopAsked: undefined, recipe }),
    );
    expect(failureOf(page).next).toContain('is stopped as soon as its sid is known');
  });
});
