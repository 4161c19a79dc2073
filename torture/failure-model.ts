/** One way in which things go wrong, what the bot does then, and where that is shown. */
export type FailureRow = {
  /** S: starting. H: while it records. A: time. T: stopping. U: upload. N: notifications. K: Slack. R: the store. D: deploys. */
  row: string;
  fault: string;
  answer: string;
} & ({ tests: readonly { file: string; test: string }[] } | { why: string });

const shown = (
  row: string,
  fault: string,
  answer: string,
  ...tests: (readonly [file: string, test: string])[]
): FailureRow => ({
  row,
  fault,
  answer,
  tests: tests.map(([file, test]) => ({ file, test })),
});

const processes = 'test/bot-process.system.test.ts';
const endToEnd = 'test/end-to-end.test.ts';
const transitions = 'test/recording/transitions.test.ts';
const outcomes = 'test/agora/outcomes.test.ts';
const announcer = 'test/slack/announcer.test.ts';
const contract = 'test/store/store-contract.ts';
const parts = 'test/parts.test.ts';
const recovery = 'test/recovery.test.ts';
const crashes = ['test/torture/crash-points.test.ts', 'wherever the process dies, nothing is lost'] as const;
const torn = [
  'test/torture/processes.system.test.ts',
  'two replicas, killed and cut off at random: nothing is left behind',
] as const;
const outage = [
  'test/torture/outage.test.ts',
  'half an hour without Slack: every alert once, in order, when it is back',
] as const;
const windows = [
  'test/torture/failover.test.ts',
  'a thousand failovers alarm nobody, and a recorder that is gone is told of in time',
] as const;
const orders = ['test/torture/notifications.test.ts', 'notifications in any order, and twice, end the same'] as const;

/** What can fail, and which test shows what is done about it. docs/reliability.md prints it. */
export const failureRows: readonly FailureRow[] = [
  shown('S1', 'The process dies before the wish is saved', 'Nothing was acknowledged and nothing exists', crashes),
  shown(
    'S2',
    'The wish is saved, and the process dies before it acknowledges',
    'The recording begins after the restart; the same command typed again meets it',
    [processes, 'while acquire is under way'],
    crashes,
  ),
  shown(
    'S3',
    'It dies between acquire and start',
    'The resource bills nothing and lapses; another one is acquired for the same uid',
    [processes, 'while acquire is under way'],
    crashes,
  ),
  shown(
    'S4',
    'The reply to start is lost',
    'Not known is not failed: the same resource again, then a notification’s sid, then the recorder is put out and another uid records',
    [processes, 'while start is under way, and its reply is never heard'],
    [processes, 'a start whose reply was lost is put out of the channel, and another one records'],
    [outcomes, 'a lost answer is unknown where it may have taken effect, and to be repeated where not'],
    [transitions, 'a lost reply: another uid, and the old recorder is remembered until it is out'],
  ),
  shown(
    'S5',
    'It dies after start answered and before the sid is saved',
    'As when the reply was lost',
    [processes, 'while start is under way, and its reply is never heard'],
    crashes,
  ),
  shown(
    'S6',
    'Two people or two replicas start the same channel',
    'One gets it, the other a link to it',
    [contract, 'of 100 at once for one channel exactly one gets it'],
    [
      'test/store/create-session-store.test.ts',
      'a channel is never given to two, however long one of them takes between its steps',
    ],
  ),
  shown(
    'S7',
    'Agora answers 200 with a sid, and the recorder never works',
    'Recording is said after status 4 or 5 only; after 90 s of asking it is stopped, and an alert says why',
    [endToEnd, 'a wrong bucket key is an alert that names the settings, and the task is stopped'],
    [transitions, 'a start that is not proved is one alert and a stop, and fails when that is done'],
    [transitions, 'a start is not called unproved before Agora has answered'],
  ),
  shown(
    'S8',
    'No recorder is free, or Agora is overloaded',
    'It waits in a queue with its place shown, and begins by itself',
    [parts, 'those that come later wait in a queue with their place, and begin by themselves'],
    [outcomes, 'every row of the table is met by a test, and each line of Agora meets a row of its own'],
  ),
  shown(
    'S9',
    'Two attempts of one recording are alive',
    'The older one is followed until it is proved gone',
    [transitions, 'a lost reply: another uid, and the old recorder is remembered until it is out'],
    crashes,
  ),
  shown(
    'H1',
    'Agora fails over, and answers 404 for up to 90 s',
    'It is looked at again; no alert',
    [endToEnd, 'a failover of 60 seconds raises no alert'],
    [transitions, 'a failover of 90 seconds is no alert, and its end is told'],
    windows,
  ),
  shown(
    'H2',
    'The recorder is really gone',
    'One alert, after three 404s over two minutes or as soon as a notification says so; a new one if the profile wants it; what it wrote is looked for and told',
    [endToEnd, 'a recorder that dies is one alert with cause, next step and code'],
    [endToEnd, 'everybody leaves: the recorder ends by itself, and all files are seen'],
    [transitions, 'a loss takes three 404s over two minutes, and is one alert'],
    [parts, 'as often as the profile says, as parts of the same card'],
    windows,
  ),
  shown(
    'H3',
    'Agora says that the recorder failed (status 20, error events, exit status)',
    'It is asked at once, and one alert names the cause',
    [
      transitions,
      'one 404 is enough once a notification said that it is over, and none is when query says that it works',
    ],
    [endToEnd, 'a wrong bucket key is an alert that names the settings, and the task is stopped'],
  ),
  shown(
    'H4',
    'The recorder that took over writes files of its own',
    'They belong to the recording, also when nobody told of the failover',
    ['test/files/inspect-files.test.ts', 'a recorder that took over wrote a part of its own'],
    [endToEnd, 'nobody told of a failover: the files of both recorders are there'],
  ),
  shown(
    'H5',
    'The recorder’s token lapses before the end',
    'The next recorder is proved before the old one is stopped',
    [parts, 'the next recorder is proved before the old one is stopped, and one stop ends the last'],
    [parts, 'a next one that cannot start is tried again while the old one records'],
  ),
  shown(
    'H6',
    'Agora stops taking orders for the task (resourceExpiredHour)',
    'It is set past the longest possible end; an alert six hours before, and past it the recorder is put out of the channel; a first stop that comes later is not believed',
    [
      'test/recording/control-window.test.ts',
      'outlasts the latest end by hours, whatever the length, the mode, the queue and the extensions',
    ],
    ['test/control-window.test.ts', 'people hear of it in time, and past it the recorder is put out of the channel'],
    [
      'test/control-window.test.ts',
      'a first stop that comes past it is not believed where no token has ended the recorder',
    ],
  ),
  shown(
    'H7',
    'The bucket’s temporary credentials run out',
    'Fresh ones are sent each hour; an alert an hour before they run out when there are none',
    [
      'test/temporary-credentials.test.ts',
      'are sent each hour while it records, and the files are whole, far past the life of the first',
    ],
    [
      'test/temporary-credentials.test.ts',
      'are an alert an hour before they run out, to operators as well; fresh ones are still taken, and all is uploaded',
    ],
  ),
  shown('A1', 'The process is down when the stop is due', 'It stops first thing after the start', [
    processes,
    'and its deadline passes while it is dead',
  ]),
  shown('A2', 'The event loop stalls, and cron misses its slots', 'The next beat takes up all that is due', [
    endToEnd,
    'a process that stood still over the deadline stops as soon as it moves again',
  ]),
  shown(
    'A3',
    'The clock jumps',
    'Deadlines go on as before; a jump is believed when Agora says the same',
    ['test/clock.test.ts', 'does not jump %s with it, and says so once'],
    ['test/clock.test.ts', 'follows a jump when others say the same: the machine had slept, or had been wrong'],
    [
      'test/clock.test.ts',
      'goes by the clock that all replicas share where the machine disagrees, until Agora says that the machine is right',
    ],
    ['test/agora/rate-contract.ts', 'a clock that is set back, or forth, stops nobody'],
  ),
  shown(
    'A4',
    'Two hundred stops are due in the same second',
    'They go as fast as Agora takes them; a person’s click goes first',
    [
      'test/agora/rate-contract.ts',
      'under a backlog a person waits for one call at most, whenever and wherever the click comes',
    ],
  ),
  shown('A5', 'Extend and the stop cross', 'One is first, and the other is told the truth', [
    'test/slack/actions.test.ts',
    '%s: the private truth, with a link to the card, and nothing changes',
  ]),
  shown(
    'T1',
    'Stop runs into a timeout, 504, 206 or a slow upload',
    'It stays "stopping" and is asked again; it goes on after the alert too',
    [transitions, 'a stop that keeps failing is one alert, and goes on'],
    [outcomes, 'every row of the table is met by a test, and each line of Agora meets a row of its own'],
  ),
  shown(
    'T2',
    'Stop comes twice: two clicks, a command, the deadline, two replicas',
    'One effect; the second is told how it stands',
    [endToEnd, 'the same stop twice is one stop, and the second click is told the truth'],
    ['test/slack/actions.test.ts', 'two people click Stop at once: one stops it, the other is told'],
  ),
  shown('T3', 'Stop meets 404 while Agora fails over', 'It is not believed for two minutes', [
    transitions,
    'a stop that only meets 404s goes on for two minutes before it is believed',
  ]),
  shown(
    'T4',
    'It dies after stop answered and before the list of files is saved',
    'The list comes from what was seen before, from notifications and from the bucket',
    [processes, 'while the stop is under way'],
    [transitions, 'files that Agora never named are those that it should have written'],
    crashes,
  ),
  shown('T5', 'Nobody published', 'It says so; no alert', [
    endToEnd,
    'nothing published: says so, and there is no alert',
  ]),
  shown('U1', 'Files are in Agora’s backup', 'It says so, looks for them, and says when they have landed', [
    endToEnd,
    'files in the backup are said to be there, and when they have landed',
  ]),
  shown(
    'U2',
    'Nobody says that the upload is done',
    'The bucket is looked into; what is only predicted is called so; an alert after an hour',
    [transitions, 'are one alert, while Agora still has its backup; they are looked for on'],
    [transitions, 'missing files are told once, looked for on, and given up after three days'],
    [transitions, 'a key that may not read: Agora says so, and nothing more is claimed'],
  ),
  shown('U3', 'Thousands of files', 'The first ones, the counts, and the whole list as a file', [
    announcer,
    'five hundred files are taken',
  ]),
  shown('N1', 'A notification comes twice', 'One effect', orders),
  shown(
    'N2',
    'Notifications come in any order',
    'The same end',
    [transitions, 'every order of the last notifications ends the same'],
    orders,
  ),
  shown('N3', 'A notification is forged, cut or encoded anew', 'It is refused, and nothing is saved', [
    'test/http/notifications.test.ts',
    'refuses %s, and saves nothing',
  ]),
  shown('N4', 'An old notification of Agora’s is sent again', 'At worst one more question to Agora', [
    transitions,
    'has a cell for each state',
  ]),
  shown('N5', 'No notification comes at all', 'Everything is found by asking', [
    processes,
    'a start whose reply was lost is put out of the channel, and another one records',
  ]),
  shown('N6', 'Saving a notification takes long', 'Agora is told to send it again', [
    'test/http/notifications.test.ts',
    'answers 500 when it could not be saved, so that Agora sends it again',
  ]),
  shown(
    'K1',
    'Slack delivers twice, or somebody replays a request',
    'One effect; old and future-dated requests are refused',
    [recovery, 'from the past, from the future or with a wrong signature are refused; the same one twice is one'],
    ['test/commands/record-refused.test.ts', 'Slack delivers a command twice: it has one effect'],
  ),
  shown(
    'K2',
    'Slack is down while recordings fail',
    'Alerts wait, and come in order',
    [endToEnd, 'an alert waits for Slack to come back'],
    outage,
  ),
  shown(
    'K3',
    'Slack limits the rate',
    'It waits as long as Slack says, and holds up no other channel',
    [announcer, '429: waits as long as Slack says'],
    ['test/slack/lanes.test.ts', 'a channel that Slack holds is held, and no other'],
  ),
  shown(
    'K4',
    'The reply to a post is lost',
    'It is looked up before it is posted again',
    outage,
    [announcer, 'a reply that was lost: the card is found by its metadata, and not posted again'],
    ['test/slack/two-processes.test.ts', 'and not told again because Slack does not let it be looked for'],
  ),
  shown('K5', 'Somebody deleted the card', 'A new one takes its place', [
    announcer,
    'somebody deleted it: a new one takes its place',
  ]),
  shown(
    'K6',
    'The channel cannot be reached any more',
    'The starter, then ALERT_CHANNEL, then the log; the recording is looked after all the same',
    [announcer, '%s: the card goes to the person who started it, and says why'],
    [announcer, 'nor the person: ALERT_CHANNEL'],
    [announcer, 'nor that: said to be undeliverable, with every place that was tried'],
  ),
  shown(
    'K7',
    'Slack shuts the app out',
    'Recordings are looked after, nothing is dropped, operators are told',
    [processes, 'a bot whose token Slack refuses says so and ends'],
    ['test/operations.test.ts', 'a token that was taken back is a problem, until Slack lets the app in again'],
    ['test/operations.test.ts', 'an app-level token that was taken back is a problem, until Slack takes it again'],
  ),
  shown('K8', 'response_url dies after 30 minutes', 'Nothing lasting depends on it', [
    'test/commands/record-refused.test.ts',
    'saving takes too long: Slack is answered in time, and the person when it is known',
  ]),
  shown(
    'R1',
    'The store is down or frozen when somebody types or clicks',
    'An honest refusal; Stop works from the button',
    [
      'test/commands/record-refused.test.ts',
      'the store is down: an honest refusal, and an operator finds the reference',
    ],
    ['test/store/redis-adapter.system.test.ts', 'Redis freezes: everything fails soon; it thaws: everything works'],
    torn,
  ),
  shown(
    'R2',
    'Redis loses its last writes',
    'They are learned again from the button, from notifications and from Agora',
    [recovery, 'still stops %s, and the files are posted'],
    torn,
    [
      'test/store/redis-group.system.test.ts',
      'the master is killed: the store fails soon, and goes on with the other one by itself',
    ],
  ),
  shown(
    'R3',
    'Two replicas sweep at the same time',
    'Each recording has one turn',
    ['test/replicas.system.test.ts', 'record many channels: each is started, stopped and told of once'],
    ['test/slack/two-processes.test.ts', 'each is told once, whichever process has which turn'],
    torn,
  ),
  shown(
    'R4',
    'A replica is paused, and wakes in the middle of a write',
    'Its write loses, and it reads anew',
    [contract, 'two writers, 200 updates: none is lost, and no revision is used twice'],
    torn,
  ),
  shown(
    'R5',
    'A record cannot be read',
    'It is left as it is and reported, and all others go on',
    [contract, 'with %s is reported once, left as it is, and hides no other'],
    [
      'test/operations.test.ts',
      'is called although a record cannot be read, which is told once, and warned of until it was looked after',
    ],
  ),
  shown(
    'R6',
    'Redis throws keys away',
    'Records have no expiry while they matter; a wrong setting is said at the start',
    ['test/store/redis-adapter.system.test.ts', 'Redis %s'],
  ),
  shown(
    'R7',
    'The store can be read and takes no writes: a full disk, a Redis without its replicas or its memory',
    'It is called not ready, and the monitor hears nothing; no write counts that was not made',
    [
      'test/store/redis-adapter.system.test.ts',
      'Redis %s and takes no writes: ping says so each time, although all can be read',
    ],
    [
      'test/store/sqlite-adapter.test.ts',
      'that is full while several are written: none of them counts as written, and each says why',
    ],
    [
      'test/operations.test.ts',
      'a store that takes no writes is a problem until it takes them again, and all else is said all the same',
    ],
    ['test/operations.test.ts', 'is not called while the store takes no writes'],
  ),
  shown(
    'D1',
    'A deploy ends the process while recordings run',
    'What is under way is finished, and the next one goes on',
    [endToEnd, 'the bot restarts: it takes up what runs and starts nothing twice'],
    ['test/torture/processes.system.test.ts', 'replicas restarted one after the other: nobody notices'],
    [
      'test/store/bullmq-agenda.system.test.ts',
      'a process that ends while a turn takes long: another one has it at once, and not only when its lock has run out',
    ],
    torn,
  ),
  shown(
    'D2',
    'The process is killed anywhere',
    'No promise breaks',
    [processes, 'while it records'],
    [
      'test/store/sqlite-process.system.test.ts',
      'SIGKILL while it writes loses nothing that was acknowledged, and leaves nothing half done',
    ],
    crashes,
    torn,
  ),
  shown('D3', 'The version before is put back', 'A version reads its own records and those of the one before', [
    'test/recording/upgrade-session.test.ts',
    'of the version before is taken up with all that it knew',
  ]),
];
