import type { Guard } from './guard.ts';

const brokenLog = 'test/broken-log.system.test.ts';

/** What keeps the process at work whatever becomes of its log, what lets it end, and what it refuses to begin with. */
export const processGuards: readonly Guard[] = [
  {
    name: 'a line of the log that cannot be written is given up',
    promise: 'I3',
    keeps: 'A reader of the log that dies takes the bot with it: nothing is stopped any more.',
    file: 'src/log-output.ts',
    text: 'rest = error ? new Uint8Array() : rest.subarray(written);',
    instead: 'if (error) throw error;\n      rest = rest.subarray(written);',
    tests: [
      {
        file: brokenLog,
        test: '%s: it goes on, and ends on SIGTERM',
      },
    ],
    slow: true,
  },
  {
    name: 'the end of the process waits for a moment only that its log is taken',
    promise: 'I1',
    keeps: 'A bot that was told to end stays, holds its recordings for the next one, and answers nobody.',
    file: 'src/log-output.ts',
    text: 'while (performance.now() < end) {',
    instead: 'while (last.length >= 0) {',
    tests: [
      {
        file: brokenLog,
        test: '%s: it goes on, and ends on SIGTERM',
      },
    ],
    slow: true,
  },
  {
    name: 'the process ends although something throws while it does',
    promise: 'I1',
    keeps: 'A bot that was told to end stays, with its connections, or ends as if it had failed.',
    file: 'src/end-process.ts',
    text: `finally {
    // Reached only when something threw; nobody is asked a second time.
    process.exit(code);
  }`,
    instead: 'finally {\n  }',
    tests: [{ file: brokenLog, test: 'what throws while it ends does not keep it' }],
    slow: true,
  },
  {
    name: 'only so much of a log that nobody reads is kept',
    promise: 'I3',
    keeps: 'A bot whose log nobody reads for days runs out of memory.',
    file: 'src/log-output.ts',
    text: 'if (size + line.length > mostWaiting) {',
    instead: 'if (false) {',
    tests: [
      {
        file: 'test/log-output.test.ts',
        test: 'a reader who does not read costs a bounded number of lines, and is told how many were left out',
      },
    ],
  },
  {
    name: 'a list of who is allowed something names somebody',
    promise: 'I5',
    keeps: 'Whoever empties the list of a profile, so that nobody may use it, lets everybody in.',
    file: 'src/profiles/allow-list.ts',
    text: '.min(1, { error: empty })',
    instead: '',
    tests: [{ file: 'test/profiles/read-profiles.test.ts', test: 'a list of who is allowed that names nobody' }],
  },
];
