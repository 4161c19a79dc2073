import type { Guard } from './guard.ts';

const transitions = 'test/recording/transitions.test.ts';
const salvage = 'test/recording/salvage.test.ts';
const earlierTasks = 'test/recording/earlier-tasks.test.ts';
const namedLate = 'test/recording/named-late.test.ts';

/** What is looked for once a recorder is over, for how long, and what is said of it. */
export const endingGuards: readonly Guard[] = [
  {
    name: 'files that were missed are not forgotten when the bucket is silent once',
    promise: 'I2',
    keeps: 'A bucket does not answer once, and files that are missing are told as confirmed by Agora.',
    file: 'src/recording/transitions/on-inspection.ts',
    text: "if (report.verdict !== 'missing' && looks.missing > 0) return again;",
    instead: '',
    tests: [
      {
        file: transitions,
        test: 'files that were missed are looked for until they are seen, whatever is not answered in between',
      },
    ],
  },
  {
    name: 'what a recording that failed has written is looked for',
    promise: 'I2',
    keeps: 'The recorder died after an hour, and nobody says whether that hour is in the bucket.',
    file: 'src/recording/transitions/end.ts',
    text: 'return mayHaveWritten(s) ? salvage(told, now) : told;',
    instead: 'return told;',
    tests: [
      {
        file: salvage,
        test: 'the alert comes at once, and the bucket is looked into before anything is said of files',
      },
    ],
  },
  {
    name: 'a recorder that took over is looked for though nobody told of it',
    promise: 'I2',
    keeps: 'The notification of a failover was lost, and with it the second half of the recording.',
    file: 'src/recording/look-for-files.ts',
    text: 'if (own !== undefined) await search(own, hinted);',
    instead: 'if (own !== undefined && hinted) await search(own, hinted);',
    tests: [
      {
        file: 'test/recording/look-for-files.test.ts',
        test: 'a recorder that took over is looked for though nobody told of it, and all that is known is whole',
      },
    ],
  },
  {
    name: 'a failure is an alert',
    promise: 'I4',
    keeps: 'A recording is lost, and only who looks at its card knows.',
    file: 'src/recording/transitions/end.ts',
    text: ': oweAlert(oweCard(failed, now), now, failure);',
    instead: ': oweCard(failed, now);',
    tests: [{ file: transitions, test: 'a loss takes three 404s over two minutes, and is one alert' }],
  },
  {
    name: 'a failure that was told is not told again',
    promise: 'I4',
    keeps: 'One failure is two alerts.',
    file: 'src/recording/transitions/end.ts',
    text: 's.failure === failure',
    instead: 'false',
    tests: [
      { file: transitions, test: 'a start that is not proved is one alert and a stop, and fails when that is done' },
    ],
  },
  {
    name: 'what has ended does not fail',
    promise: 'I7',
    keeps: 'A recording that was completed is called failed.',
    file: 'src/recording/transitions/end.ts',
    text: 'if (isEnded(s)) return s;',
    instead: '',
    tests: [{ file: transitions, test: 'what has ended does not end anew' }],
  },
  {
    name: 'Ready is said of what was seen in the bucket',
    promise: 'I2',
    keeps: 'The card says Ready, and files are missing.',
    file: 'src/recording/transitions/on-inspection.ts',
    text: "if (report.verdict === 'ready') {",
    instead: "if (report.verdict !== 'unknown') {",
    tests: [{ file: transitions, test: 'missing files are told once, looked for on, and given up after three days' }],
  },
  {
    name: 'files of a recording that failed are told',
    promise: 'I2',
    keeps: 'What was recorded before the loss lies in the bucket, and nobody knows.',
    file: 'src/recording/transitions/salvage.ts',
    text: "if (told.state !== 'completed') return oweFiles(oweCard(told, now), proof, now);",
    instead: "if (told.state !== 'completed') return oweCard(told, now);",
    tests: [{ file: salvage, test: 'when all was seen, with its end mark' }],
  },
  {
    name: 'a task that was given up is heard of when it is out',
    promise: 'I2',
    keeps: 'Agora names the files of an earlier recorder a minute after its stop, and nobody is told.',
    file: 'src/store/create-session-store.ts',
    text: 'if (given !== undefined && project === undefined && isNew)',
    instead: 'if (given !== undefined && !isNew)',
    tests: [
      {
        file: earlierTasks,
        test: 'a notification that comes when it is out already names files: they are told as well',
      },
    ],
  },
  {
    name: 'a look that did not know of a file does not end the search for it',
    promise: 'I2',
    keeps: 'Agora names a file while the bucket is looked into, and it is told as seen.',
    file: 'src/recording/transitions/salvage.ts',
    text: ' && isUpToDate(seen.files, names)',
    instead: '',
    tests: [{ file: namedLate, test: 'while it is looked into: the look that did not know of them does not end it' }],
  },
  {
    name: 'the end mark of a list says nothing of films and pictures',
    promise: 'I2',
    keeps: 'Half of the pictures are told as all of them, because no list is without its end mark.',
    file: 'src/recording/transitions/is-whole.ts',
    text: " && recipe.snapshotConfig === undefined && (!films || there('.mp4'))",
    instead: '',
    tests: [
      { file: namedLate, test: 'where films are to come' },
      { file: namedLate, test: 'where pictures are to come' },
      { file: namedLate, test: 'nor is it when Agora has not said that it is uploaded' },
    ],
  },
  {
    name: 'where there is no list no end mark says that all has come',
    promise: 'I2',
    keeps: 'The first look at a recording of pictures is taken for the whole.',
    file: 'src/recording/transitions/is-whole.ts',
    text: "there('.m3u8') && recipe.snapshotConfig === undefined",
    instead: 'true',
    tests: [{ file: namedLate, test: 'are not all there because the first look finds some' }],
  },
  {
    name: 'the last task alone does not make it ready',
    promise: 'I2',
    keeps: 'A recording is told as seen whole while nothing of its earlier recorder was seen.',
    file: 'src/recording/transitions/on-inspection.ts',
    text: 's.earlierSids === undefined || saysAll(s, report)',
    instead: 'true',
    tests: [
      { file: earlierTasks, test: 'it is not said that all was seen while nothing of the earlier one was' },
      { file: earlierTasks, test: 'the earlier one is looked for until it comes, for an hour' },
    ],
  },
  {
    name: 'an earlier recorder is looked for too where the last one was never proved',
    promise: 'I2',
    keeps: 'A recording fails, and "all of it seen" is said while nothing of its earlier recorder was.',
    file: 'src/recording/transitions/end.ts',
    text: 'awaits ? salvage(told, now) : tellSalvaged(told, now)',
    instead: 'tellSalvaged(told, now)',
    tests: [{ file: earlierTasks, test: 'also where its start was never proved' }],
  },
  {
    name: 'what an earlier recorder wrote has an hour to come',
    promise: 'I2',
    keeps: 'The files of a recorder that was given up come ten minutes after the others, and nobody is told.',
    file: 'src/recording/transitions/salvage.ts',
    text: 'limits.salvageTries && !backup && !awaited',
    instead: 'limits.salvageTries && !backup',
    tests: [{ file: earlierTasks, test: 'the earlier one is looked for until it comes, for an hour' }],
  },
  {
    name: 'and no longer: it may have written nothing',
    promise: 'I2',
    keeps: 'The bucket is looked into for ever for files that an earlier recorder never wrote.',
    file: 'src/recording/transitions/salvage.ts',
    text: ' && now < s.endedAt + limits.uploadLate',
    instead: '',
    tests: [{ file: earlierTasks, test: 'the earlier one is looked for until it comes, for an hour' }],
  },
  {
    name: 'Agora confirms no files of an earlier task',
    promise: 'I2',
    keeps: 'What a recorder wrote that was given up is told as confirmed by Agora, which spoke of the last one.',
    file: 'src/slack/views/files.ts',
    text: "if (s.proof === 'agora') return isEarlier(s, f) ? 'none' : 'told';",
    instead: "if (s.proof === 'agora') return 'told';",
    tests: [{ file: earlierTasks, test: 'Agora’s word is not passed on as if it were about the earlier one’s files' }],
  },
];
