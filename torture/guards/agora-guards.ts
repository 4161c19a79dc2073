import type { Guard } from './guard.ts';

const outcomes = 'test/agora/outcomes.test.ts';
const hosts = 'test/agora/hosts.test.ts';
const notifications = 'test/http/notifications.test.ts';
const pages = 'test/profiles/web-page-url.test.ts';

/** What stands between Agora and the core, and before other addresses. */
export const agoraGuards: readonly Guard[] = [
  {
    name: 'notifications are signed',
    promise: 'I5',
    keeps: 'Anybody who finds the address tells the bot that recordings have ended.',
    file: 'src/agora/notification.ts',
    text: "return timingSafeEqual(wanted, Buffer.from(r.signature, 'hex'));",
    instead: 'return wanted.length > 0;',
    tests: [{ file: notifications, test: 'refuses %s, and saves nothing' }],
  },
  {
    name: 'an answer is judged by its code',
    promise: 'I6',
    keeps: 'An answer of 206 that says "not finished" is taken for a success.',
    file: 'src/agora/call.ts',
    text: 'if (status === 200 && (code === undefined || code === 0 || code === 200)) {',
    instead: 'if (status < 300) {',
    tests: [{ file: outcomes, test: '%s %i %j is %s' }],
  },
  {
    name: 'what may have taken effect is not repeated blindly',
    promise: 'I6',
    keeps: 'A start whose answer was lost is sent again by who does not know how it stands.',
    file: 'src/agora/call.ts',
    text: '(sent && !harmless.has(endpoint)) || ',
    instead: '',
    tests: [
      { file: hosts, test: 'what may have taken effect is not repeated here, and the failures count all the same' },
    ],
  },
  {
    name: 'a timer of a busy process is set earlier by as much as it is late',
    promise: 'I3',
    keeps: 'A busy process misses its slots, and stops wait for a rate that is there.',
    file: 'src/agora/punctual-sleep.ts',
    text: 'const wanted = Math.max(0, ms - expected());',
    instead: 'const wanted = ms;',
    tests: [
      {
        file: 'test/agora/punctual-sleep.test.ts',
        test: 'after late ones it wakes in time, and again as usual when they are in time',
      },
    ],
  },
  {
    name: 'a late call counts as made when it was due',
    promise: 'I3',
    keeps: 'Each call that a busy process makes late puts off all that come after it.',
    file: 'src/agora/pace.ts',
    text: 'due !== undefined && due <= at ? due : at',
    instead: 'at',
    tests: [
      {
        file: 'test/agora/pace.test.ts',
        test: 'a call that is made late does not put off those after it',
      },
    ],
  },
  {
    name: 'no call is so late in its place that a second holds too many',
    promise: 'I6',
    keeps: 'A late call and one that is in time come into the same second, and Agora answers 429.',
    file: 'src/agora/pace.ts',
    text: 'export const tolerance = 30;',
    instead: 'export const tolerance = 60;',
    tests: [
      {
        file: 'test/agora/pace.test.ts',
        test: 'however late calls are made, no second has more',
      },
    ],
  },
  {
    name: 'a lost answer is unknown where something is at stake',
    promise: 'I1',
    keeps: 'A start whose answer was lost is taken for one that never was.',
    file: 'src/agora/outcomes.ts',
    text: "say([atStake ? 'unknown' : 'retry_same', cause, lastRows.harmless[2]], kind, words)",
    instead: "say(['retry_same', cause, lastRows.harmless[2]], kind, words)",
    tests: [
      { file: outcomes, test: 'a lost answer is unknown where it may have taken effect, and to be repeated where not' },
    ],
  },
  {
    name: 'got repeats nothing by itself',
    promise: 'I6',
    keeps: 'Calls that nobody counted eat the rate that Agora grants.',
    file: 'src/agora/http-transport.ts',
    text: 'retry: { limit: 0 },',
    instead: '',
    tests: [{ file: 'test/agora/http-transport.test.ts', test: 'is one request, whatever its status' }],
  },
  {
    name: 'got follows no redirect',
    promise: 'I8',
    keeps: 'Something between us and Agora has the customer’s secret and the keys of the bucket sent elsewhere.',
    file: 'src/agora/http-transport.ts',
    text: 'followRedirect: false,',
    instead: '',
    tests: [{ file: 'test/agora/http-transport.test.ts', test: 'that leads elsewhere is not followed' }],
  },
  {
    name: 'people come before the bot’s own looks',
    promise: 'I3',
    keeps: 'A person’s stop waits behind hundreds of health checks.',
    file: 'src/agora/rate-bucket.ts',
    text: "['person', 'start', 'overdue', 'health']",
    instead: "['health', 'overdue', 'start', 'person']",
    tests: [
      // Its tests are written in test/agora/rate-contract.ts.
      { file: 'test/agora/rate-bucket.test.ts' },
    ],
  },
  {
    name: 'a 429 of Agora’s slows the bot down',
    promise: 'I3',
    keeps: 'The bot runs into 429s for as long as somebody else uses its App ID, and stops are among what is refused.',
    file: 'src/agora/call.ts',
    text: 'if (status === 429) parts.bucket.slowDown();',
    instead: '',
    tests: [{ file: hosts, test: 'a 429 slows down all calls of its project' }],
  },
  {
    name: 'a token lives for a day at most',
    promise: 'I1',
    keeps: 'A recorder that nobody stops bills for longer than a day.',
    file: 'src/agora/token.ts',
    text: 'Math.min(Math.max(Math.ceil(r.seconds), 1), maxTokenSeconds)',
    instead: 'Math.max(Math.ceil(r.seconds), 1)',
    tests: [{ file: 'test/agora/token.test.ts', test: 'lives 24 hours at most' }],
  },
  {
    name: 'a recorder’s token is good for its uid alone',
    promise: 'I5',
    keeps: 'A token that gets out lets anybody into the channel.',
    file: 'src/agora/token.ts',
    text: 'if (!Number.isInteger(uid) || uid < 1 || uid > 4_294_967_295) return undefined;',
    instead: '',
    tests: [{ file: 'test/agora/token.test.ts', test: 'is refused for %s' }],
  },
  {
    name: 'a recorder is put out alone',
    promise: 'I5',
    keeps: 'A rule without a uid puts everybody out of the channel.',
    file: 'src/agora/requests.ts',
    text: "if (r.channelName === '' || !Number.isInteger(uid) || uid < 1) return undefined;",
    instead: '',
    tests: [
      { file: 'test/agora/requests.test.ts', test: 'a rule that would put out more than one recorder is not made' },
    ],
  },
  {
    name: 'pages on private addresses are refused',
    promise: 'I5',
    keeps: 'A recorder of Agora’s is sent to an address of a private network.',
    file: 'src/profiles/public-address.ts',
    text: 'if (!isPublic(read)) return notPublic;',
    instead: '',
    // Not the random addresses: few of them are in plain notation.
    tests: [{ file: pages, test: 'refuses %s' }],
  },
  {
    name: 'names that carry a private address are refused',
    promise: 'I5',
    keeps: 'A name such as 10-0-0-1.nip.io leads into a private network.',
    file: 'src/profiles/public-address.ts',
    text: 'if (isBelow(read, echoNames) || embedded(read).some((address) => !isPublic(address))) {',
    instead: 'if (read === typed && read !== typed) {',
    tests: [{ file: pages, test: 'refuses %s' }],
  },
  {
    name: 'a link to the player opens what it was made for only',
    promise: 'I5',
    keeps: 'A forged link opens any recording.',
    file: 'src/http/watch-token.ts',
    text: '!timingSafeEqual(bytes.subarray(0, macLength), mac(body, secret)) || ',
    instead: '',
    tests: [
      { file: 'test/http/watch-token.test.ts', test: 'no changed letter gets through, and no cut or lengthened one' },
    ],
  },
  {
    name: 'a link to the player ends',
    promise: 'I5',
    keeps: 'A link that was passed on opens a recording for ever.',
    file: 'src/http/watch-token.ts',
    text: "if (now >= expiresAt) return { ok: false, why: 'expired' };",
    instead: '',
    tests: [{ file: 'test/http/watch-token.test.ts', test: 'opens what it was made for, until it expires' }],
  },
  {
    name: 'a notification that could not be saved is answered 500',
    promise: 'I2',
    keeps: 'Agora believes that the bot knows, and sends it no more.',
    file: 'src/http/notifications-route.ts',
    text: 'const { invalid } = await handling.accept(raw);',
    instead: 'const { invalid } = await handling.accept(raw).catch(() => ({ invalid: undefined }));',
    tests: [{ file: notifications, test: 'answers 500 when it could not be saved, so that Agora sends it again' }],
  },
];
