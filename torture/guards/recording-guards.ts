import type { Guard } from './guard.ts';

const savedFirst = 'test/recording/saved-first.test.ts';
const recordings = 'test/recording/create-recordings.test.ts';
const recipe = 'test/recording/recipe.test.ts';

/** What stands around the rules: what is saved before what, who is told, and who is looked after. */
export const recordingGuards: readonly Guard[] = [
  {
    name: 'a next recorder that never takes over is followed by another one',
    promise: 'I3',
    keeps: 'The token of the old recorder ends, and half of a long recording is never made.',
    file: 'src/recording/create-parts-keeper.ts',
    text: "(isEnded(s) || s.desired === 'stopped')",
    instead: 'isEnded(s)',
    tests: [
      {
        file: 'test/recording/next-recorder.test.ts',
        test: 'and %s is followed by another one before the token ends',
      },
    ],
  },
  {
    name: 'a notification finds a recorder whose wish is over',
    promise: 'I1',
    keeps:
      'A page whose start was never answered for is recorded, and bills, for hours though a notification told its sid.',
    file: 'src/recording/create-recordings.ts',
    text: ' ?? (await ofStray(notice))',
    instead: '',
    tests: [
      {
        file: 'test/recording/left-behind.test.ts',
        test: 'is stopped when a notification tells its sid, though its wish is over%s',
      },
    ],
  },
  {
    name: 'a Stop from the button is saved for all recorders at once',
    promise: 'I1',
    keeps: 'The process dies over the first of two recorders, and nobody stops the second.',
    file: 'src/recording/create-recordings.ts',
    text: 'const answer = await store.create(lead, others);',
    instead: 'const answer = await store.create(lead);\n      for (const s of others) await store.create(s);',
    tests: [
      {
        file: 'test/recording/left-behind.test.ts',
        test: 'is saved with all its recorders or not at all, so that the next click stops them all',
      },
    ],
  },
  {
    name: 'that something was told is kept once it was',
    promise: 'I4',
    keeps: 'The process dies while it tells of a record that cannot be read, and nobody is told for 30 days.',
    file: 'src/recording/tell-once.ts',
    text: 'store.firstTime(key, whileTelling)',
    instead: 'store.firstTime(key, ms)',
    tests: [
      {
        file: 'test/recording/left-behind.test.ts',
        test: 'is told by the next process when this one dies over it, and by one of them only',
      },
    ],
  },
  {
    name: 'a lead finds out that its last recorder is over',
    promise: 'I2',
    keeps: 'A process dies before it said so, and the channel can never be recorded again.',
    file: 'src/recording/create-parts-keeper.ts',
    text: 'await lookAfterOthers(id);',
    instead: '',
    tests: [
      {
        file: 'test/recording/left-behind.test.ts',
        test: 'finds out that it is over, though whoever ended it died before it said so',
      },
    ],
  },
  {
    name: 'a lead looks after the others as soon as a process begins',
    promise: 'I2',
    keeps: 'After a crash the channel of a recording that is over cannot be recorded for hours.',
    file: 'src/recording/take-up.ts',
    text: 'isEnded(sane) && sane.others.some((o) => !o.done) ? now() : dueAt(sane)',
    instead: 'dueAt(sane)',
    tests: [{ file: 'test/recording/left-behind.test.ts', test: 'finds it out as soon as the next process begins' }],
  },
  {
    name: 'a turn that is planned later than it is due is planned anew',
    promise: 'I3',
    keeps: 'A replica whose clock is ahead dies, and the stops that it has planned come later by as much.',
    file: 'src/recording/create-recordings.ts',
    text: 'planAnew(s, { agenda, now });',
    instead: '',
    tests: [{ file: 'test/recording/left-behind.test.ts', test: 'is had in time when it is for a stop that is near' }],
  },
  {
    name: 'a command is acknowledged once what it wants is saved',
    promise: 'I6',
    keeps: 'Somebody is told that a recording begins, the process dies, and nobody remembers it.',
    file: 'src/slack/ack-when-done.ts',
    text: 'export const ackBefore = 2_500;',
    instead: 'export const ackBefore = 0;',
    tests: [
      {
        file: 'test/commands/record-refused.test.ts',
        test: 'a command is acknowledged once it is saved, and not before',
      },
      { file: 'test/slack/actions.test.ts', test: '%s is acknowledged once it is saved, and not before' },
    ],
  },
  {
    name: 'that a start is sent is saved before it is sent',
    promise: 'I1',
    keeps:
      'The process dies over the start, and the next one takes the recorder that runs for one that was never started.',
    file: 'src/recording/reconcile.ts',
    text: 'const sent = await store.update(s.id, (t) => beforeStart(t, now(), hasToken(t, parts.settings)));',
    instead: 'const sent = beforeStart(s, now(), hasToken(s, parts.settings));',
    tests: [{ file: savedFirst, test: 'start: that it is sent' }],
  },
  {
    name: 'an answer outlives a store that is away for seconds',
    promise: 'I6',
    keeps: 'Redis is restarted while Agora answers a stop, and the stop is made again and again against 404.',
    file: 'src/recording/keep-answer.ts',
    text: 'const patience = 6_000;',
    instead: 'const patience = 0;',
    tests: [{ file: 'test/recording/keep-answer.test.ts', test: '%s is not asked twice' }],
  },
  {
    name: 'an answer whose save seemed to fail is not saved twice',
    promise: 'I2',
    keeps: 'One 404 counts as two, and a recording that runs is soon taken for lost.',
    file: 'src/recording/reconcile.ts',
    text: '(tries++ > 0 && t.nextAt !== s.nextAt ? t : ',
    instead: '(tries++ < 0 ? t : ',
    tests: [
      {
        file: 'test/recording/keep-answer.test.ts',
        test: 'a save that failed and was made all the same is not made twice: one 404 counts once',
      },
    ],
  },
  {
    name: 'what the clock brings about is saved before Agora is asked',
    promise: 'I3',
    keeps: 'The process dies over the stop at the deadline, and the record still says that it records.',
    file: 'src/recording/reconcile.ts',
    text: 'const s = await store.update(id, (before) => {',
    instead: 'const s = await store.get(id).then((before) => {\n      if (!before) return undefined;',
    tests: [{ file: savedFirst, test: 'stop at the deadline: that it is to stop' }],
  },
  {
    name: 'a person’s stop is saved before Agora is asked',
    promise: 'I3',
    keeps: 'Somebody clicks Stop, the process dies, and the recording goes on.',
    file: 'src/recording/create-recordings.ts',
    text: 'return oweCard(askStop({ ...s, groupStop: { by, at: now() }, warnAt: null }, by, now()), now());',
    instead: 'return s;',
    tests: [{ file: savedFirst, test: 'stop by a person: who asked' }],
  },
  {
    name: 'a recorder leaves an empty channel',
    promise: 'I1',
    keeps: 'A recorder bills an empty channel for as long as Agora likes.',
    file: 'src/recording/recipe/recipe-defaults.ts',
    text: 'maxIdleTime: Math.round(limits.maxIdleTime / 1000),',
    instead: '',
    tests: [{ file: recipe, test: 'a composite recording shows everybody in 720p, as HLS' }],
  },
  {
    name: 'the recorder of a web page ends by itself',
    promise: 'I1',
    keeps: 'A web page is recorded for a month when the bot never comes back.',
    file: 'src/recording/recipe/recipe-defaults.ts',
    text: 'Math.min(Math.max(Math.ceil(limits.maxDuration / 3_600_000), 1), 720)',
    instead: '720',
    tests: [{ file: recipe, test: '%s' }],
  },
  {
    name: 'what is changed and who is to be told are one write',
    promise: 'I4',
    keeps: 'Slack is away for a moment, and an alert is gone.',
    file: 'src/recording/create-outbox.ts',
    text: 'if (!delivery.ok && delivery.retryAfterMs !== null) {',
    instead: 'if (!delivery.ok && delivery.retryAfterMs === 0) {',
    tests: [{ file: recordings, test: 'an alert waits for Slack to come back' }],
  },
  {
    name: 'a message is marked before it is sent',
    promise: 'I4',
    keeps: 'The process dies over a message, and it is posted twice.',
    file: 'src/recording/create-outbox.ts',
    text: 'item, sending);',
    instead: 'item, { ...sending, begin: async () => now() });',
    tests: [{ file: savedFirst, test: 'a message: that it is sent' }],
  },
  {
    name: 'a card that changed on its way is drawn once more',
    promise: 'I2',
    keeps: 'A card goes on saying what was true a moment before.',
    file: 'src/recording/drawn.ts',
    text: 'if (t.revision === seen) return {',
    instead: 'if (t.revision >= seen) return {',
    tests: [
      {
        file: recordings,
        test: 'that changed while it was on its way is drawn once more',
      },
    ],
  },
  {
    name: 'a notification is heard once',
    promise: 'I6',
    keeps: 'A notification that comes twice has two effects.',
    file: 'src/recording/create-recordings.ts',
    text: 'isNews = isNew || saysMore(t, after);',
    instead: 'isNews = true;',
    tests: [{ file: recordings, test: 'that comes twice is heard once' }],
  },
  {
    name: 'a notification that could not be saved is not taken for seen',
    promise: 'I2',
    keeps: 'The store is away for a moment, and what Agora says of the files is lost.',
    file: 'src/recording/create-recordings.ts',
    text: 'isNews = isNew || saysMore(t, after);',
    instead: 'isNews = isNew;',
    tests: [
      {
        file: recordings,
        test: 'that could not be saved is heard when it comes again',
      },
    ],
  },
  {
    name: 'after a restart what runs is taken up',
    promise: 'I3',
    keeps: 'The bot restarts, and forgets every deadline.',
    file: 'src/recording/take-up.ts',
    text: 'await eachSession(store, ids, takeUp);',
    instead: '',
    tests: [{ file: recordings, test: 'after a restart a stop that is overdue is made at once' }],
  },
  {
    name: 'turns that were lost are put back',
    promise: 'I3',
    keeps: 'Redis loses its queue, and no recording is stopped any more.',
    file: 'src/recording/take-up.ts',
    text: 'for (const id of without) putPressing(agenda, id, now());',
    instead: '',
    tests: [{ file: recordings, test: 'turns that were lost are put back by the audit' }],
  },
  {
    name: 'a start that a frozen store saved all the same is taken up',
    promise: 'I2',
    keeps: 'A channel stays taken by a recording that nobody looks after.',
    file: 'src/recording/create-recordings.ts',
    text: 'putPressing(agenda, s.id, now() + afterTrouble);',
    instead: '',
    tests: [
      {
        file: recordings,
        test: 'a start that the store saved without saying so is taken up',
      },
    ],
  },
  {
    name: 'the stop of a wish is that of all its recorders',
    promise: 'I3',
    keeps: 'The second recorder of a recording runs on after Stop.',
    file: 'src/recording/create-parts-keeper.ts',
    text: 'return lead.groupStop ? askStop(same, lead.groupStop.by, now()) : same;',
    instead: 'return same;',
    tests: [{ file: recordings, test: 'a stop ends both recorders' }],
  },
  {
    name: 'the next recorder is proved before the old one is stopped',
    promise: 'I2',
    keeps: 'A long recording has a gap, or ends when its recorders change.',
    file: 'src/recording/create-parts-keeper.ts',
    text: "!(s.state === 'recording' ||",
    instead: "!(s.state !== 'requested' ||",
    tests: [
      {
        file: 'test/recording/next-recorder.test.ts',
        test: 'the old recorder is stopped once the next one is proved, and not before',
      },
    ],
  },
  {
    name: 'everybody is as many as Agora allows',
    promise: 'I2',
    keeps: 'Of a channel with eight people the tracks or pictures of one are missing, and nobody knows why.',
    file: 'src/recording/recipe/recipe-defaults.ts',
    text: 'subscribeUidGroup: largestGroup',
    instead: 'subscribeUidGroup: 1',
    tests: [
      { file: 'test/profiles/choose-recipe.test.ts', test: 'mix as individual: each takes its own fields along' },
    ],
  },
];
