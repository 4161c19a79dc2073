import type { Guard } from './guard.ts';

const goesOn = 'test/slack/outbox-goes-on.test.ts';
const lanes = 'test/slack/lanes.test.ts';
const announcer = 'test/slack/announcer.test.ts';
const actions = 'test/slack/actions.test.ts';
const operations = 'test/operations.test.ts';
const outbox = 'test/recording/create-outbox.test.ts';
const twoProcesses = 'test/slack/two-processes.test.ts';

/** What keeps one thing that Slack does not do from holding up all others. */
export const deliveryGuards: readonly Guard[] = [
  {
    name: 'a turn does not wait for a Slack that takes its time',
    promise: 'I3',
    keeps: 'While Slack takes ten seconds for each call nobody can stop the recording of which it is told.',
    file: 'src/recording/create-recordings.ts',
    text: 'return parts.sleep ? Promise.race',
    instead: 'return parts.sleep && now() < 0 ? Promise.race',
    tests: [
      {
        file: 'test/recording/slow-slack.test.ts',
        test: 'a Slack that takes for ever holds up no stop, and is told all of it, once, when it answers',
      },
    ],
  },
  {
    name: 'a card that another process drew meanwhile is drawn once more',
    promise: 'I4',
    keeps: 'An older drawing comes last, and a card says for ever that it records, with a Stop button.',
    file: 'src/recording/drawn.ts',
    text: 'if (t.revision === seen + 1) return known;',
    instead: 'if (t.revision >= seen + 1) return known;',
    tests: [
      { file: outbox, test: 'is drawn once more when Slack took an older drawing after a newer one' },
      {
        file: twoProcesses,
        test: 'shows how the recording is, though Slack takes an older drawing last',
      },
    ],
  },
  {
    name: 'and not when both have drawn the same',
    promise: 'I4',
    keeps: 'Two processes draw the same card in turn for ever, and Slack refuses the rest of the channel.',
    file: 'src/recording/drawn.ts',
    text: 'if (t.revision === seen + 1) return known;',
    instead: '',
    tests: [{ file: outbox, test: 'is not drawn once more when both have drawn the same' }],
  },
  {
    name: 'a drawing that is under way hears of an older one that came to its end',
    promise: 'I4',
    keeps: 'An older drawing that came after a newer one stays, because that one was still owed.',
    file: 'src/recording/drawn.ts',
    text: 'return { ...oweCard(known, now) };',
    instead: 'return oweCard(known, now);',
    tests: [
      {
        file: outbox,
        test: 'is drawn once more when an older drawing came after one that nobody has heard of yet',
      },
    ],
  },
  {
    name: 'a drawing of which nobody knows is followed by another one',
    promise: 'I4',
    keeps: 'A drawing that timed out comes after the newer one of another process, and stays.',
    file: 'src/recording/create-outbox.ts',
    text: "return item.message.kind === 'card' && !waits ? onDoubt(t, now(), nextAt) : t;",
    instead: 'return t;',
    tests: [
      {
        file: outbox,
        test: 'is drawn once more when nobody knows whether Slack took an older drawing after a newer one',
      },
    ],
  },
  {
    name: 'a list of files is on its way for as long as three calls',
    promise: 'I4',
    keeps: 'Slack takes nine seconds for each call, and two replicas upload the same list of files.',
    file: 'src/slack/create-turns.ts',
    text: 'file === undefined ? 1 : callsOfUpload',
    instead: '1',
    tests: [{ file: twoProcesses, test: 'that the other one uploads just now, in three slow calls, is left alone' }],
  },
  {
    name: 'a list of files that another process has begun to send is not uploaded',
    promise: 'I4',
    keeps: 'A process takes long to know where the files are, and uploads a list that another one has sent meanwhile.',
    file: 'src/slack/create-announcer.ts',
    text: 'await begunLately(turn);\n    claims.send(turn.key);\n    try {\n      await client.filesUploadV2',
    instead: 'claims.send(turn.key);\n    try {\n      await client.filesUploadV2',
    tests: [{ file: twoProcesses, test: 'that another one has uploaded while this one made it is not uploaded again' }],
  },
  {
    name: 'a list of files steps aside',
    promise: 'I4',
    keeps: 'Slack takes no files for a day, and for a day nobody hears of an alert.',
    file: 'src/recording/in-turn.ts',
    text: 'outbox.findIndex((o) => !isFileList(o))',
    instead: 'outbox.findIndex((o) => o.id)',
    tests: [
      { file: goesOn, test: 'that Slack cannot take now (%j) steps aside, and is sent when it can be' },
      { file: goesOn, test: 'an alert that comes to be owed while a list waits is told at once' },
    ],
  },
  {
    name: 'a list of files that Slack takes in no case is given up',
    promise: 'I4',
    keeps: 'Where files are forbidden a recording is never settled, and its list is tried for ever.',
    file: 'src/slack/create-announcer.ts',
    text: 'if (!isInVain && turn.refusals < mostRefusals) throw error;',
    instead: 'if (turn.refusals < mostRefusals) throw error;',
    tests: [{ file: goesOn, test: 'that Slack refuses with %s is given up, and what comes after it is told' }],
  },
  {
    name: 'nothing is given up for a refusal that may pass',
    promise: 'I4',
    keeps: 'A workspace that takes no messages for some minutes never hears of a lost recording.',
    file: 'src/slack/create-announcer.ts',
    text: 'if (refusal !== undefined) throw refusal;',
    instead: '',
    tests: [{ file: goesOn, test: '%s everywhere: nothing is given up, and all is told when it is over' }],
  },
  {
    name: 'an outage is no refusal of a channel',
    promise: 'I4',
    keeps: 'After an outage of Slack one odd answer moves the card into a direct message for good.',
    file: 'src/recording/create-outbox.ts',
    text: 'const refusals = refused ? (o.refusals ?? 0) + 1 : 0;',
    instead: 'const refusals = refused ? o.tries + 1 : o.tries + 1;',
    tests: [{ file: goesOn, test: 'one after an outage says nothing of the channel: the card is not moved' }],
  },
  {
    name: 'a card that cannot be drawn anew holds up no alert',
    promise: 'I4',
    keeps: 'A channel refuses the change of a card for reasons of its own, and its alert is never tried.',
    file: 'src/slack/create-announcer.ts',
    text: 'if (!code || !(cardGone.has(code) || unreachable.has(code) || isLasting(error, turn.refusals))) throw error;',
    instead: 'if (!code || !(cardGone.has(code) || unreachable.has(code))) throw error;',
    tests: [{ file: goesOn, test: 'a card that cannot be drawn anew holds up no alert' }],
  },
  {
    name: 'a storm leaves a channel that refuses for long',
    promise: 'I4',
    keeps: 'Eight alerts are told to a channel again and again that takes none of them, and nobody hears of any.',
    file: 'src/slack/create-together.ts',
    text: 'unfit.has(code) || isLasting(error, refusals)',
    instead: 'unfit.has(code)',
    tests: [{ file: goesOn, test: 'nor a storm in a channel that refuses for long: each goes to its own starter' }],
  },
  {
    name: 'a channel that refuses for long is left for the next place',
    promise: 'I4',
    keeps:
      'A policy of the workspace keeps the app out of a channel, and neither the starter nor operators hear of a lost recording.',
    file: 'src/slack/delivery-errors.ts',
    text: 'refusals >= lasting &&',
    instead: 'refusals >= 1e9 &&',
    tests: [{ file: goesOn, test: 'a channel that refuses with %s for long is left for the next place' }],
  },
  {
    name: 'a message that was refused after it was looked for is not waited for',
    promise: 'I4',
    keeps: 'A process waits for a message that it is not sending any more, and so does all that comes after it.',
    file: 'src/slack/create-announcer.ts',
    text: '    begun.add(key);\n',
    instead: '',
    tests: [{ file: goesOn, test: 'a message that was refused after it was looked for is not waited for' }],
  },
  {
    name: 'a storm says of each cause what to do',
    promise: 'I4',
    keeps: 'Fifty alerts send people to fifty cards, and none of these says what to do.',
    file: 'src/slack/views/alert-digest.ts',
    text: '...(i < mostCauses ? [why] : []),',
    instead: '',
    tests: [{ file: goesOn, test: 'a storm says of each cause what to do, once' }],
  },
  {
    name: 'a clock that was set back holds no channel',
    promise: 'I4',
    keeps: 'A clock was an hour ahead and is set right, and for an hour nothing is told.',
    file: 'src/slack/lanes.ts',
    text: 'if (lane.lastSent > at + spacing) {',
    instead: 'if (lane.lastSent > at + 1e15) {',
    tests: [
      { file: lanes, test: 'a clock that was set back holds nobody' },
      { file: lanes, test: 'nor what Slack asked for by the clock that was wrong' },
    ],
  },
  {
    name: 'who may act is asked anew after a clock was set back',
    promise: 'I5',
    keeps: 'Somebody who was taken off the list acts on for as long as the clock was wrong.',
    file: 'src/slack/memory.ts',
    text: 'Math.abs(now() - entry.at)',
    instead: '(now() - entry.at)',
    tests: [{ file: 'test/slack/permissions.test.ts', test: 'an answer is believed for five minutes' }],
  },
  {
    name: 'a warning that reached nobody is not taken for told',
    promise: 'I4',
    keeps: 'The app is not in ALERT_CHANNEL, and for a month nobody hears that a record cannot be read.',
    file: 'src/recording/tell-once.ts',
    text: 'Math.min(ms, nowhereFor)',
    instead: 'Math.max(ms, nowhereFor)',
    tests: [{ file: announcer, test: '%s: it is not told, and tried again' }],
  },
  {
    name: 'a profile that is gone opens its recordings to nobody',
    promise: 'I5',
    keeps: 'Somebody renames a profile, and whoever could not stop its recordings now can.',
    file: 'src/slack/allow-of.ts',
    text: '?? r.allow ?? [r.startedBy]',
    instead: '?? []',
    tests: [{ file: actions, test: 'the profile of a recording is gone: %s' }],
  },
  {
    name: 'who is allowed is kept with the recording',
    promise: 'I5',
    keeps: 'A profile is taken out of profiles.yml, and only who started its recordings can stop them.',
    file: 'src/recording/create-session.ts',
    text: '...(r.allow === undefined ? {} : { allow: [...r.allow] }),',
    instead: '',
    tests: [{ file: 'test/profiles-in-use.test.ts', test: 'the list of a profile stays with its recordings' }],
  },
  {
    name: 'who started a recording can stop it from where its card is',
    promise: 'I3',
    keeps: 'The channel that may record is archived, and nobody can stop what records there.',
    file: 'src/slack/as-starter.ts',
    text: 'return actor.user === s.startedBy ? { ...actor, channel: s.channel } : actor;',
    instead: 'return s.channel ? actor : actor;',
    tests: [
      {
        file: actions,
        test: 'RECORD_ALLOWED names a channel that is archived: who started it stops it from where the card is',
      },
    ],
  },
  {
    name: 'a token that is refused at a start does not end what records',
    promise: 'I3',
    keeps: 'An admin takes the app away, the process is started anew and ends at once, and nobody stops what runs.',
    file: 'src/app.ts',
    text: 'if (sessions === 0) return onFatal(error);',
    instead: 'return onFatal(error);',
    tests: [
      {
        file: operations,
        test: 'a token that is refused at a restart: what records is looked after all the same, and only without any is it the end',
      },
    ],
  },
  {
    name: 'files that a message may not hold are owed as a list',
    promise: 'I2',
    keeps: 'Sixteen files are told with "and 5 more, in the thread", and in the thread there are none.',
    file: 'src/recording/transitions/owe-files.ts',
    text: 'length * limits.signedLink + 3 * letters > limits.lettersInMessage ||',
    instead: '',
    tests: [
      {
        file: 'test/recording/transitions.test.ts',
        test: 'whoever named them, files that a message may not hold come as a list of their own',
      },
    ],
  },
];
