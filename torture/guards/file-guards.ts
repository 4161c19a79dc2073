import type { Guard } from './guard.ts';

const inspect = 'test/files/inspect-files.test.ts';
const search = 'test/files/search-files.test.ts';

/** What has to be seen in a bucket before anybody is told that the files are there. */
export const fileGuards: readonly Guard[] = [
  {
    name: 'a list of which the bucket said nothing is not taken for shorter than its copy',
    promise: 'I2',
    keeps: 'A bucket fails once, and a recording of hours is called ready with the copy of its first minutes.',
    file: 'src/files/inspect-files.ts',
    text: " && reading.kind !== 'unknown'",
    instead: '',
    tests: [{ file: inspect, test: 'nor of such a copy that the list is' }],
  },
  {
    name: 'what could not be read supersedes nothing',
    promise: 'I2',
    keeps: 'A key that may not read is told that its files are missing.',
    file: 'src/files/inspect-files.ts',
    text: " && lists.get(best)?.kind === 'list'",
    instead: '',
    tests: [{ file: inspect, test: 'where all are refused the key cannot read' }],
  },
  {
    name: 'a refusal of the time is none of the key',
    promise: 'I2',
    keeps:
      'A machine whose clock is wrong calls a recording done whose slices it has not seen, because its key may not read.',
    file: 'src/files/look-up.ts',
    text: '> farOff',
    instead: '> 1e15',
    tests: [
      {
        file: 'test/files/look-up.test.ts',
        test: 'a clock that is far off is refused too, and says nothing about the key',
      },
    ],
  },
  {
    name: 'a bucket is listed to its end',
    promise: 'I2',
    keeps: 'Of a bucket that knows the first version of ListObjects only the first thousand files are told, as all.',
    file: 'src/files/list-objects.ts',
    text: '/<IsTruncated>true</.test(page)',
    instead: 'false',
    tests: [{ file: search, test: 'one that knows the first version of ListObjects only' }],
  },
  {
    name: 'a page of a bucket without a name is not its last',
    promise: 'I2',
    keeps: 'A recorder that took over is not found, because Azure sent a page without a name before its files.',
    file: 'src/files/list-objects.ts',
    text: 'names.length > 0 ? found.size > before : onward.at !== from?.at',
    instead: 'found.size > before',
    tests: [{ file: search, test: 'a page of %s without a name is not the last' }],
  },
  {
    name: 'of too many slices it is said how many were looked at',
    promise: 'I2',
    keeps: 'Slices that nobody has looked at are told as seen.',
    file: 'src/files/create-file-check.ts',
    text: "found.verdict === 'ready' && looked < slices",
    instead: 'false',
    tests: [{ file: inspect, test: 'of more slices than are looked at it is said how many were' }],
  },
  {
    name: 'that there are more files than can be named is said',
    promise: 'I2',
    keeps: 'Of thousands of pictures the first are told as all.',
    file: 'src/recording/look-for-files.ts',
    text: 'more = isOwn ? (seen.more ?? more) : more || seen.more === true;',
    instead: '',
    tests: [
      {
        file: 'test/recording/look-for-files.test.ts',
        test: 'that there are more files than are named is kept with what was seen',
      },
    ],
  },
  {
    name: 'the list of files says when it has only the first ones',
    promise: 'I2',
    keeps: 'A list of the first 5,000 files is called the list of all files.',
    file: 'src/slack/create-announcer.ts',
    text: 'const others = moreWords(s.report);',
    instead: 'const others = undefined;',
    tests: [{ file: 'test/slack/not-looked-at.test.ts', test: 'says that it has %s' }],
  },
  {
    name: 'a bucket that cannot be listed does not say that there are no more files',
    promise: 'I2',
    keeps: 'Of thousands of pictures the first are told as all, because the bucket was silent when it was asked again.',
    file: 'src/recording/look-for-files.ts',
    text: 's.report?.more ?? false',
    instead: 'false',
    tests: [
      {
        file: 'test/recording/look-for-files.test.ts',
        test: 'that there are more files than are named is kept with what was seen',
      },
    ],
  },
];
