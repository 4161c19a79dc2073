import type { Guard } from './guard.ts';

const lateStart = 'test/recording/late-start.test.ts';
const takenForOver = 'test/recording/taken-for-over.test.ts';
const setBack = 'test/recording/clock-set-back.test.ts';
const lookForFiles = 'test/recording/look-for-files.test.ts';
const earlierTasks = 'test/recording/earlier-tasks.test.ts';
const searchFiles = 'test/files/search-files.test.ts';
const unreadablePart = 'test/recording/unreadable-part.test.ts';
const askedAnew = 'one that another recorder of the wish could not have is asked for anew, and heard';
const takeoverFilms =
  'a film of one that took over is asked for though only the list was named, and so are those after it';

/** What is not simply believed: answers that come late, Agora's word that may be wrong or missing, and clocks. */
export const doubtGuards: readonly Guard[] = [
  {
    name: 'an answer to a start counts for the attempt that sent it',
    promise: 'I1',
    keeps:
      'A frozen process brings the task of an attempt that was given up, and neither that one nor the present one can be stopped.',
    file: 'src/recording/transitions/on-start.ts',
    text: 's.uid !== sent.uid || s.resourceId !== sent.resourceId',
    instead: 'false',
    tests: [{ file: lateStart, test: 'the task of an earlier attempt is stopped, and takes the place of no other' }],
  },
  {
    name: 'a task of an earlier attempt is remembered until it is out',
    promise: 'I1',
    keeps: 'A recorder that a frozen process started bills to its end, and nobody knows it.',
    file: 'src/recording/transitions/on-late-start.ts',
    text: 'strays: [...others, { uid, resourceId, sid, tries: 0, nextAt: now }]',
    instead: 'strays: others',
    tests: [
      { file: lateStart, test: 'the task of an earlier attempt is stopped, and takes the place of no other' },
      { file: lateStart, test: 'after the end too' },
    ],
  },
  {
    name: 'the present recorder is not put out for an earlier answer',
    promise: 'I3',
    keeps: 'An answer that comes twice, or late, ends the recording that goes on under the same uid.',
    file: 'src/recording/transitions/on-late-start.ts',
    text: '!isOld ||',
    instead: '',
    tests: [
      {
        file: lateStart,
        test: 'the present recorder is not put out: a notification was faster than the answer, or the answer came twice',
      },
    ],
  },
  {
    name: 'a resource is used for the uid that it was acquired for',
    promise: 'I1',
    keeps: 'A start is sent with the resource of an earlier attempt, and Agora refuses it for ever.',
    file: 'src/recording/transitions/on-acquire.ts',
    text: 'if (s.uid !== uid) return s;',
    instead: '',
    tests: [{ file: lateStart, test: 'the resource of an earlier uid is not used for another one' }],
  },
  {
    name: 'two tasks that had one uid are stopped each for itself',
    promise: 'I1',
    keeps: 'One of two recorders is out, and the other one is forgotten.',
    file: 'src/recording/transitions/on-release.ts',
    text: 'return t.uid === uid && t.resourceId === resourceId;',
    instead: 'return t.uid === uid && resourceId !== undefined;',
    tests: [{ file: lateStart, test: 'two tasks that had one uid are stopped each for itself' }],
  },
  {
    name: 'what a recorder wrote that was never seen at work is looked for',
    promise: 'I2',
    keeps: 'A bot is down from the start on, and nobody looks for what was recorded meanwhile.',
    file: 'src/recording/transitions/end.ts',
    text: "s.state === 'starting' ||",
    instead: '',
    tests: [{ file: takenForOver, test: 'what it may have written is looked for though nobody saw it at work' }],
  },
  {
    name: 'a recorder that is not at work for long is an alert',
    promise: 'I4',
    keeps: 'For hours Agora says that the recorder gets ready, and the card says that it records.',
    file: 'src/recording/transitions/on-query.ts',
    text: 'if (!isUnheardOf(idle, now)) return idle;',
    instead: 'if (now > 0) return idle;',
    tests: [
      {
        file: takenForOver,
        test: 'status %i: after a while it is one alert, and the card does not say that it records',
      },
    ],
  },
  {
    name: 'what query says of a pause is so',
    promise: 'I2',
    keeps: 'The answer to a pause was lost, and the card says that it records while nothing is recorded.',
    file: 'src/recording/transitions/on-query.ts',
    text: 'if (onhold === undefined || isUnderWay) return s;',
    instead: 'if (onhold === undefined || s.wantedBy !== undefined || isUnderWay) return s;',
    tests: [
      {
        file: 'test/recording/change.test.ts',
        test: 'a pause whose answers were lost is as Agora says, and is not taken back by anybody',
      },
    ],
  },
  {
    name: 'since when something has been so does not lie ahead',
    promise: 'I4',
    keeps:
      'A clock was set right, and for as long as it was wrong nobody hears that a recorder is lost or a start came to nothing.',
    file: 'src/recording/transitions/far-ahead.ts',
    text: 'const since = sincesAhead(s, now);',
    instead: 'const since = sincesAhead(s, Infinity);',
    tests: [
      { file: setBack, test: 'a start that comes to nothing is an alert as soon as ever' },
      { file: setBack, test: '%s is now at the latest' },
    ],
  },
  {
    name: 'a token counts from the time of the clock that all recordings go by',
    promise: 'I3',
    keeps: 'A machine whose clock is behind makes a token that ends in the middle of the recording.',
    file: 'src/agora/token.ts',
    text: 'Math.floor(r.now / 1000)',
    instead: 'Math.floor(Date.now() / 1000)',
    tests: [
      {
        file: 'test/agora/token.test.ts',
        test: 'counts from the time that is said, whatever the clock of the machine says',
      },
    ],
  },
  {
    name: 'the clock that all recordings go by is told to the token',
    promise: 'I3',
    keeps: 'A machine whose clock is ahead starts nothing any more.',
    file: 'src/agora/create-cloud-recording.ts',
    text: 'now: clock(),',
    instead: 'now: Date.now(),',
    tests: [
      { file: 'test/torture/simulation.test.ts', test: 'runs from start to files by itself, and no promise breaks' },
    ],
  },
  {
    name: 'where Agora has not said that all is uploaded it may not have named all',
    promise: 'I2',
    keeps: 'The last word of Agora was lost, and the film that lies in the bucket is told to nobody.',
    file: 'src/recording/look-for-files.ts',
    text: "evidence.uploaded !== 'uploaded' ||",
    instead: '',
    tests: [
      { file: lookForFiles, test: 'it may not have named all: the own prefix is looked through too' },
      { file: lookForFiles, test: 'and what it should have written is asked for by name' },
    ],
  },
  {
    name: 'what Agora has not named is asked for by the name that it should have',
    promise: 'I2',
    keeps: 'In a bucket that the key may not list, the film that nobody named is told to nobody.',
    file: 'src/files/search-files.ts',
    text: 'for (const guess of r.guesses) await walk(guess);',
    instead: '',
    tests: [
      {
        file: 'test/files/search-files.test.ts',
        test: 'what it should have written and nobody named is asked for, film by film',
      },
    ],
  },
  {
    name: 'a pause that Agora has lost is sent again',
    promise: 'I5',
    keeps: 'A recorder is moved and records on what somebody has paused.',
    file: 'src/recording/transitions/on-query.ts',
    text: 'if (again < mostAgain) {',
    instead: 'if (again < 0) {',
    tests: [
      {
        file: 'test/recording/change.test.ts',
        test: 'one that Agora has lost is sent again, some times, and then it is told',
      },
    ],
  },
  {
    name: 'who asks anew for a pause that another recorder could not have is heard',
    promise: 'I5',
    keeps: 'People are told to ask for the pause again, do so, are told that it is so already, and it records on.',
    file: 'src/recording/create-parts-keeper.ts',
    text: 'if (s.heldInVain) {',
    instead: 'if (s.heldInVain === null) {',
    tests: [{ file: 'test/recording/change.test.ts', test: askedAnew }],
  },
  {
    name: 'how another recorder of the wish is, its lead does not claim to know',
    promise: 'I5',
    keeps: 'A page that began on hold again after a loss cannot be resumed.',
    file: 'src/recording/transitions/change.ts',
    text: 'const isAlone = !isEnded(s) && s.others.every((o) => o.done);',
    instead: 'const isAlone = true;',
    tests: [{ file: 'test/recording/change.test.ts', test: askedAnew }],
  },
  {
    name: 'and not for ever',
    promise: 'I4',
    keeps: 'Each health check changes the recording anew, and says so.',
    file: 'src/recording/transitions/on-query.ts',
    text: 'if (again < mostAgain) {',
    instead: 'if (again < Infinity) {',
    tests: [
      {
        file: 'test/recording/change.test.ts',
        test: 'one that Agora has lost is sent again, some times, and then it is told',
      },
    ],
  },
  {
    name: 'a recorder that was put out is heard of by its uid',
    promise: 'I2',
    keeps: 'Agora names the files of a recorder whose sid nobody had heard, and "all of it seen" is said without them.',
    file: 'src/recording/transitions/on-notice.ts',
    text: '(notice.uid !== undefined && hadUid(s, notice.uid))',
    instead: 'false',
    tests: [
      { file: earlierTasks, test: 'one that was put out before its sid was known: Agora names its files' },
      {
        file: earlierTasks,
        test: 'one that was put out, of a recording that has ended without a sid: the promised files are told',
      },
    ],
  },
  {
    name: 'a recording that has ended is found by the uid of a recorder that was put out',
    promise: 'I2',
    keeps: 'People are promised the files if Agora names them, and it does, and nobody is told.',
    file: 'src/recording/create-recordings.ts',
    text: ' || hadUid(s, uid) ? s',
    instead: ' ? s',
    tests: [
      {
        file: earlierTasks,
        test: 'one that was put out, of a recording that has ended without a sid: the promised files are told',
      },
    ],
  },
  {
    name: 'a task that is known from its files alone is found by its sid from then on',
    promise: 'I2',
    keeps: 'A recorder that was put out was moved before, and what Agora names of it under its new uid is lost.',
    file: 'src/store/create-session-store.ts',
    text: 'for (const given of after.earlierSids ?? []) {',
    instead: 'for (const given of [] as string[]) {',
    tests: [{ file: earlierTasks, test: 'one that was put out before its sid was known: Agora names its files' }],
  },
  {
    name: 'of a task that recorded nothing no file is expected',
    promise: 'I2',
    keeps: 'The earlier recorder’s files are all there, and people are told that one is not.',
    file: 'src/recording/look-for-files.ts',
    text: ' || onlyEarlier ?',
    instead: ' ?',
    tests: [{ file: earlierTasks, test: 'of a last one that recorded nothing, as Agora said, no file is missed' }],
  },
  {
    name: 'films of a recorder that took over are asked for though only the list was named',
    promise: 'I2',
    keeps: 'In a bucket that the key may not list, the film of the second half is told to nobody.',
    file: 'src/files/search-files.ts',
    text: '...r.guesses, ...guessed]',
    instead: ']',
    tests: [{ file: searchFiles, test: takeoverFilms }],
  },
  {
    name: 'and those that were cut from it',
    promise: 'I2',
    keeps: 'Of a film that was cut after a failover only as many pieces are found as the first recorder had made.',
    file: 'src/files/search-files.ts',
    text: "for (const film of seen.filter((key) => key.endsWith('.mp4')))",
    instead: 'for (const film of [] as string[])',
    tests: [{ file: searchFiles, test: takeoverFilms }],
  },
  {
    name: 'a guess is not missed where the bucket says nothing',
    promise: 'I2',
    keeps: 'A film that nobody has named is told as not seen.',
    file: 'src/files/search-files.ts',
    text: '.filter((key) => sure.has(key))',
    instead: '',
    tests: [{ file: searchFiles, test: takeoverFilms }],
  },
  {
    name: 'a part whose record cannot be read is not taken for over',
    promise: 'I6',
    keeps: 'Its wish gives its channel away, and a second recording of it begins beside the one that runs on.',
    file: 'src/recording/create-parts-keeper.ts',
    text: ': !mayRun(id)))',
    instead: ': true))',
    tests: [{ file: unreadablePart, test: 'it is not taken for over: the wish holds its channel' }],
  },
  {
    name: 'what a part has to tell is kept while the record of its lead cannot be read',
    promise: 'I2',
    keeps: 'A recording that is lost while its lead’s record is damaged is not made again once that is repaired.',
    file: 'src/recording/create-parts-keeper.ts',
    text: '!s && store.isUnreadable(id);',
    instead: '!s && false;',
    tests: [
      { file: unreadablePart, test: 'that a lost part is to be made again' },
      { file: unreadablePart, test: 'that the next recorder never took over' },
    ],
  },
  {
    name: 'what a part has to tell is told by its own turn',
    promise: 'I2',
    keeps: 'A part that has ended has no turn any more, and what it has to tell its lead is never told.',
    file: 'src/recording/create-recordings.ts',
    text: 'isReported ? undefined : now() + whileUnreadable',
    instead: 'undefined',
    tests: [{ file: unreadablePart, test: 'that a lost part is to be made again' }],
  },
  {
    name: 'a part that has something to tell is not settled',
    promise: 'I2',
    keeps: 'After a restart nobody takes up the part that asks for another one.',
    file: 'src/store/create-session-store.ts',
    text: ' && !owesLead(s)',
    instead: '',
    tests: [{ file: unreadablePart, test: 'what it has to tell is taken up by the next process' }],
  },
  {
    name: 'a recorder that was replaced is stopped, also when its record could not be read then',
    promise: 'I1',
    keeps: 'Two recorders of one wish bill side by side until the token of one ends.',
    file: 'src/recording/create-parts-keeper.ts',
    text: 'if (isHeld(s.after, before)) {',
    instead: 'if (false) {',
    tests: [{ file: unreadablePart, test: 'has the one before it stopped as soon as that one can be read' }],
  },
  {
    name: 'a recorder that has taken over is made again, whatever can be read of the one before it',
    promise: 'I2',
    keeps:
      'It is lost, and nothing records until somebody repairs another record; or two do, and bill, once it is repaired.',
    file: 'src/recording/create-parts-keeper.ts',
    text: ' && !s.tookOver',
    instead: '',
    tests: [
      {
        file: unreadablePart,
        test: 'that has taken over is made again when it is lost, and the one before it is stopped all the same',
      },
    ],
  },
  {
    name: 'a record that cannot be read holds a channel no longer than it can record',
    promise: 'I6',
    keeps: 'One damaged record, and a channel cannot be recorded any more.',
    file: 'src/recording/create-parts-keeper.ts',
    text: ' && lead && now() < lead.maxStopAt + limits.strayGiveUp',
    instead: '',
    tests: [{ file: unreadablePart, test: 'it holds its channel no longer than it can record' }],
  },
  {
    name: 'what a part could not have says nothing of a newer wish',
    promise: 'I6',
    keeps: 'Somebody resumes a page whose pause was refused, and a part that comes late takes that back unsaid.',
    file: 'src/recording/transitions/parts.ts',
    text: 'heldInVain && wanted.onhold === s.followed?.onhold',
    instead: 'heldInVain',
    tests: [
      {
        file: 'test/recording/change.test.ts',
        test: 'one that another recorder could not have says nothing of a wish that is newer',
      },
    ],
  },
];
