import type { Guard } from './guard.ts';

const brokenLog = 'test/broken-log.system.test.ts';
const keepSocket = 'test/slack/keep-socket.test.ts';
const operations = 'test/operations.test.ts';

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
  {
    name: "Slack's client leaves its reconnecting to who catches its failures",
    promise: 'I1',
    keeps:
      'An app-level token that was revoked ends the process at the next refresh of a socket, and no recording is looked after.',
    file: 'src/slack/socket-client.ts',
    text: 'autoReconnectEnabled: false',
    instead: 'autoReconnectEnabled: true',
    tests: [
      {
        file: keepSocket,
        test: 'an app-level token that is taken back is said, and tried again until Slack takes it',
      },
    ],
  },
  {
    name: 'a socket that ends while it is being opened rejects nobody',
    promise: 'I1',
    keeps: 'SIGTERM while Slack is away ends the process at once, and no turn under way is finished.',
    file: 'src/slack/keep-socket.ts',
    text: 'if (ending.signal.aborted) break;',
    instead: 'first.resolve();\n        if (ending.signal.aborted) throw error;',
    tests: [{ file: keepSocket, test: 'they end while one is being opened, and nothing is left uncaught' }],
  },
  {
    name: 'what nobody caught while the process ends does not cut its end short',
    promise: 'I1',
    keeps: 'A failure of no weight while the bot ends takes the turns under way with it.',
    file: 'src/main.ts',
    text: "if (ending && event === 'unhandledRejection') {",
    instead: 'if (false) {',
    tests: [{ file: brokenLog, test: 'a rejection that nobody caught while it ends does not cut its end short' }],
    slow: true,
  },
  {
    name: 'the next try of a socket is never far away',
    promise: 'I5',
    keeps: 'After an outage of an hour the bot stays deaf for a third of one.',
    file: 'src/slack/keep-socket.ts',
    text: 'return Math.min(longestWait, firstWait * 2 ** failures);',
    instead: 'return firstWait * 2 ** failures;',
    tests: [
      {
        file: keepSocket,
        test: 'the next try is soon after a first failure, and never longer than ten seconds after any other',
      },
    ],
  },
  {
    name: '/readyz says whether Slack can be heard now',
    promise: 'I5',
    keeps: 'A bot that hears no command says it is connected, and nobody looks after it.',
    file: 'src/app.ts',
    text: "return way.open ? 'connected' : 'is not connected';",
    instead: "return 'connected';",
    tests: [{ file: operations, test: 'no connection to Slack is a problem until there is one again' }],
  },
  {
    name: '/readyz says that Slack refuses the app-level token',
    promise: 'I5',
    keeps: 'A bot that will hear nothing after the next refresh of its sockets says that all is well.',
    file: 'src/app.ts',
    text: 'if (way.refused)',
    instead: 'if (false)',
    tests: [
      { file: operations, test: 'an app-level token that was taken back is a problem, until Slack takes it again' },
    ],
  },
  {
    name: 'a process that ends begins no turn from the first moment',
    promise: 'I1',
    keeps: 'While it is waited for a slow request turns are begun that the end of the process cuts off.',
    file: 'src/app.ts',
    text: 'void rest?.();',
    instead: '',
    tests: [
      {
        file: 'test/bot-process.system.test.ts',
        test: 'no turn begins while it is waited for a request; what that one woke has its turn in the next process',
      },
    ],
    slow: true,
  },
  {
    name: 'what is asked over HTTP while the process ends is answered',
    promise: 'I5',
    keeps: 'A command that SIGTERM meets is carried out, and Slack says that it failed: it is typed again.',
    file: 'src/http/create-http-server.ts',
    text: 'isOver = await Promise.race([Promise.all(answered).then(() => false), over]);',
    instead: 'isOver = true;',
    tests: [
      {
        file: 'test/http/close.test.ts',
        test: 'a request under way is answered, and then it is closed at once, kept alive or not',
      },
    ],
  },
  {
    name: 'the sockets to Slack end once what came over them is acknowledged',
    promise: 'I5',
    keeps: 'A command that SIGTERM meets is carried out, and Slack says that it failed: it is typed again.',
    file: 'src/slack/create-bolt.ts',
    text: 'if (kept.some((s) => s.stands())) await acks.settled();',
    instead: '',
    tests: [{ file: keepSocket, test: 'what came over them is acknowledged before they end' }],
  },
  {
    name: 'what comes over the sockets while they are to end is acknowledged too',
    promise: 'I6',
    keeps: 'At a deploy Slack says that a command failed which is carried out.',
    file: 'src/slack/owed-acks.ts',
    text: 'while (owed.size > 0 && !isOver) isOver',
    instead: 'if (owed.size > 0) isOver',
    tests: [{ file: keepSocket, test: 'and so is what comes over them meanwhile' }],
  },
  {
    name: 'a message of Slack’s that makes no sense ends nothing',
    promise: 'I3',
    keeps: 'One message without an event, and the process ends with all its recordings.',
    file: 'src/slack/socket-client.ts',
    text: 'await read.apply',
    instead: 'void read.apply',
    tests: [{ file: keepSocket, test: 'go on after a message that makes no sense' }],
  },
  {
    name: 'one connection to Slack is enough to begin with',
    promise: 'I4',
    keeps: 'The sixth process gets no second connection, and never says that it is ready.',
    file: 'src/slack/create-bolt.ts',
    text: 'await Promise.race(kept',
    instead: 'await Promise.all(kept',
    tests: [{ file: keepSocket, test: 'one is enough to begin with: Slack may have none for the second one' }],
  },
  {
    name: 'a connection over which Slack said nothing is not called open',
    promise: 'I4',
    keeps: 'Nobody’s commands are heard, and /readyz says that all is well.',
    file: 'src/slack/keep-socket.ts',
    text: 'heard && (',
    instead: '(',
    tests: [{ file: keepSocket, test: 'are not called open while Slack says nothing on them' }],
  },
  {
    name: 'what is no refusal of the token is not called one',
    promise: 'I4',
    keeps: 'While a workspace is moved operators make new tokens that help nobody.',
    file: 'src/slack/keep-socket.ts',
    text: 'if (code === undefined || next === undefined) {\n      refused = undefined;',
    instead: 'if (code === undefined || next === undefined) {\n      refused = code;',
    tests: [{ file: keepSocket, test: '%s is no refusal of the token' }],
  },
  {
    name: 'no connection to Slack is opened after the end',
    promise: 'I6',
    keeps: 'A process that ends takes commands that it can save nowhere.',
    file: 'src/slack/create-bolt.ts',
    text: '|| ended) return;',
    instead: ') return;',
    tests: [{ file: keepSocket, test: 'none is opened once they were ended' }],
  },
  {
    name: 'a command that could not be acknowledged is answered another way',
    promise: 'I2',
    keeps: 'Slack replaces a connection, and whoever typed the command hears nothing.',
    file: 'commands/record/index.ts',
    text: 'if (inTime && isAcked) return;',
    instead: 'if (inTime) return;',
    tests: [
      { file: keepSocket, test: 'a command whose connection ends before it is acknowledged is answered all the same' },
    ],
  },
  {
    name: 'a refusal of Slack’s is told once, for all connections',
    promise: 'I4',
    keeps: 'Each of the connections says it again with each try, and the log says nothing else.',
    file: 'src/slack/keep-socket.ts',
    text: 'if (!isTold) log.error',
    instead: 'log.error',
    tests: [{ file: keepSocket, test: 'Socket Mode that was switched off is said, with what to do' }],
  },
  {
    name: 'it is said why a connection to Slack could not be opened',
    promise: 'I4',
    keeps: 'A proxy that lets no WebSocket through is looked for for hours.',
    file: 'src/slack/keep-socket.ts',
    text: '{ cause: trouble }',
    instead: '{}',
    tests: [{ file: keepSocket, test: 'it is said why one could not be opened, or has ended' }],
  },
  {
    name: 'an answer that is no JSON does not fill the log',
    promise: 'I4',
    keeps: 'While a proxy answers for Slack with a page, a line of the log is as long as that page, four times.',
    file: 'src/log.ts',
    text: 'value.length > longestText',
    instead: 'value.length > Infinity',
    tests: [
      {
        file: 'test/log.test.ts',
        test: 'an error is written with what caused it, and not with the whole page that came instead of an answer',
      },
    ],
  },
];
