import type { Guard } from './guard.ts';

const lateStart = 'test/recording/late-start.test.ts';

/** Recorders that Agora takes no order for any more: they are put out of their channel. */
export const outOfControlGuards: readonly Guard[] = [
  {
    name: 'a recorder that Agora takes no order for any more is put out of the channel',
    promise: 'I1',
    keeps:
      'After a day without the bot an earlier recorder is taken for gone because Agora does not answer for it any more, and bills on.',
    file: 'src/recording/transitions/on-release.ts',
    text: '&& isOutOfReach(s, stray, now)) {',
    instead: '&& now < 0) {',
    tests: [{ file: lateStart, test: 'is put out of the channel, looked for, and told (%j)' }],
  },
  {
    name: 'what is put out is tried for a day',
    promise: 'I1',
    keeps: 'One 503 to the order that puts it out, and it bills on.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'Math.max(s.maxStopAt, stray.kickedSince ?? 0)',
    instead: 's.maxStopAt',
    tests: [{ file: lateStart, test: 'is tried for a day, and then people hear that it is not any more' }],
  },
  {
    name: 'what is put out is put out under all its uids',
    promise: 'I1',
    keeps: 'The uid of before the failover is put out, and the recorder bills on under another one.',
    file: 'src/recording/transitions/on-release.ts',
    text: '? s.evidence.failoverUids : []',
    instead: '? [] : []',
    tests: [{ file: lateStart, test: 'under all its uids, after a failover of the session’s own' }],
  },
  {
    name: 'what is put out is not taken for what can be stopped',
    promise: 'I4',
    keeps:
      'With each notification of a recorder that is put out the same alert comes again, and it is put out by nobody meanwhile.',
    file: 'src/recording/transitions/on-notice.ts',
    text: ' && t.kickedSince === undefined',
    instead: '',
    tests: [{ file: lateStart, test: 'goes on being put out, whatever notifications say of it' }],
  },
  {
    name: 'what is put out is put out once',
    promise: 'I4',
    keeps: 'A process that was frozen has a recorder put out, and told of, that is out.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'return isThere ? putOut(s, stray, reply, now) : s;',
    instead: 'return putOut(s, stray, reply, now);',
    tests: [{ file: lateStart, test: 'is put out once, whoever else does so meanwhile' }],
  },
  {
    name: 'what is known to be over is not said to run on',
    promise: 'I4',
    keeps: 'People look for a recorder in the bill that ended a day ago.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'isKicked && isKnownOver(s, stray, now)',
    instead: 'false',
    tests: [
      { file: lateStart, test: 'its token has run out: it is not tried any more' },
      { file: lateStart, test: 'a notification said so, which may be about another one: it is tried on' },
    ],
  },
  {
    name: 'what a notification says is over is put out all the same',
    promise: 'I1',
    keeps: 'One 503 to the order that puts it out, and a recorder that a failover has put in its place bills on.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'const isOut = isKicked && hasTokenEnded(s, now);',
    instead: 'const isOut = isKicked && isKnownOver(s, stray, now);',
    tests: [{ file: lateStart, test: 'a notification said so, which may be about another one: it is tried on' }],
  },
  {
    name: 'what is out is out once',
    promise: 'I6',
    keeps:
      'A process that was frozen has the files of a recording looked for anew, or tells people once more of what is out.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'if (stray.kickedSince !== undefined && !s.strays.some((t) => isSame(t, stray))) return s;',
    instead: '',
    tests: [{ file: lateStart, test: 'is out once, and given up once, whoever else asks for it meanwhile' }],
  },
  {
    name: 'what the session’s own task wrote until it was put out is looked for',
    promise: 'I2',
    keeps: 'A recorder that was taken for lost went on for a day, and nobody hears of the files.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'isOwn ? wroteOn(looked, now) : looked',
    instead: 'looked',
    tests: [
      { file: lateStart, test: 'what the session’s own wrote until then is looked for, and again once it is out' },
    ],
  },
  {
    name: 'and again once it is out',
    promise: 'I2',
    keeps: 'It was put out only after hours, and what it wrote in them is not looked for.',
    file: 'src/recording/transitions/on-release.ts',
    text: "if (kickedSince !== undefined) return reply.class === 'done' ? wroteOn(s, now) : s;",
    instead: '',
    tests: [
      { file: lateStart, test: 'what the session’s own wrote until then is looked for, and again once it is out' },
    ],
  },
  {
    name: 'what is put out is so too after a clock was set back',
    promise: 'I1',
    keeps: 'The next try was planned by a clock that was a month ahead, and the recorder bills until then.',
    file: 'src/recording/transitions/far-ahead.ts',
    text: '!isAwaited(t) && t.nextAt',
    instead: 't.sid !== undefined && t.nextAt',
    tests: [
      {
        file: 'test/recording/transitions.test.ts',
        test: 'a step that is further off than any is planned was planned by a wrong clock: it is due',
      },
    ],
  },
];
