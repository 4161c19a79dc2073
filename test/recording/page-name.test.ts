import { expect, test } from 'vitest';
import { channelNameProblem } from '../../src/recording/channel-name.ts';
import { pageName } from '../../src/recording/page-name.ts';

/** The name of a web page recording that nobody named: two pages have two, and Agora takes each. */
test.each([
  ['https://www.example.com', 'www.example.com'],
  ['https://www.example.com/', 'www.example.com'],
  ['https://www.example.com/live', 'www.example.com:live'],
  ['https://www.example.com/live/', 'www.example.com:live'],
  ['https://www.example.com/rooms/week-3', 'www.example.com:rooms:week-3'],
  // It may be a secret.
  ['https://www.example.com/live?key=s3cret#s3cret', 'www.example.com:live'],
  ['https://www.example.com/a%20b', expect.stringMatching(/^www\.example\.com:a-20b-[0-9a-f]{8}$/)],
  ['https://www.example.com/é', expect.stringMatching(/^www\.example\.com:-C3-A9-[0-9a-f]{8}$/)],
  [`https://www.example.com/${'x'.repeat(100)}`, expect.stringMatching(/^www\.example\.com:x{39}-[0-9a-f]{8}$/)],
  ['no address', 'web-page'],
])('%s', (address, name) => {
  expect(pageName(address)).toEqual(name);
  expect(channelNameProblem(pageName(address))).toBeUndefined();
});

test('what a name cannot hold still tells two pages apart', () => {
  const names = ['a%20b', 'a%21b', 'a-b', 'a/b', `${'x'.repeat(100)}1`, `${'x'.repeat(100)}2`];
  expect(new Set(names.map((path) => pageName(`https://www.example.com/${path}`))).size).toBe(names.length);
});
