import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogOutput } from '../src/log-output.ts';
import { openFifo } from './support/open-fifo.ts';
import { until } from './support/until.ts';

let pipe: ReturnType<typeof openFifo>;
let read = '';
beforeEach(() => {
  pipe = openFifo();
  read = '';
});
afterEach(() => pipe.close());

/** Reads what is in the pipe just now. */
function drain(): void {
  const chunk = Buffer.alloc(100_000);
  try {
    for (;;) read += chunk.subarray(0, readSync(pipe.fd, chunk)).toString('latin1');
  } catch {
    // It is empty.
  }
}
const line = (n: number) => `${JSON.stringify({ n, text: 'x'.repeat(100) })}\n`;
const drained = (last: string) =>
  until('all of it is read', () => {
    drain();
    return read.endsWith(last);
  });

test('a reader who is slow gets every line, in order', async () => {
  const output = createLogOutput(pipe.fd);
  const lines = Array.from({ length: 3_000 }, (_, n) => line(n));
  for (const each of lines) output.write(each);
  await drained(lines.at(-1) ?? '');
  expect(read).toBe(lines.join(''));
});

test('a reader who does not read costs a bounded number of lines, and is told how many were left out', async () => {
  const output = createLogOutput(pipe.fd);
  for (let n = 0; n < 20_000; n++) output.write(line(n));
  await until('the last of those that were kept', () => {
    drain();
    return read.includes('left out');
  });
  const kept = read.trim().split('\n');
  const told = JSON.parse(kept.pop() ?? '');
  expect(told).toMatchObject({ level: 40, msg: expect.stringMatching(/^Nobody took the log/) });
  expect(kept.length + told.lines).toBe(20_000);
  expect(kept.length).toBeGreaterThan(5_000);
  output.write(line(1));
  await drained(line(1));
});

test('the end waits for a moment at most, and gives the rest up', async () => {
  const output = createLogOutput(pipe.fd);
  for (let n = 0; n < 3_000; n++) output.write(line(n));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const began = performance.now();
  output.flushSync();
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('the end writes what waits', async () => {
  const output = createLogOutput(pipe.fd);
  for (let n = 0; n < 5; n++) output.write(line(n));
  output.flushSync();
  drain();
  for (let n = 1; n < 5; n++) expect(read).toContain(line(n));
});

test('no line is torn at the end, though much waits and some is just being written', async () => {
  const output = createLogOutput(pipe.fd);
  const lines = Array.from({ length: 400 }, (_, n) => line(n));
  for (const each of lines) output.write(each);
  output.flushSync();
  await until('all of it is read', () => {
    drain();
    return lines.every((each) => read.includes(each));
  });
  expect(read.split('\n').sort()).toEqual(lines.join('').split('\n').sort());
});

test('what cannot be written is given up, at the end too', async () => {
  const wrong = openSync('/dev/null', 'r');
  expect(() => writeSync(wrong, 'x')).toThrow(/EBADF/);
  const output = createLogOutput(wrong);
  for (let n = 0; n < 5; n++) output.write(line(n));
  output.flushSync();
  output.write(line(5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  output.flushSync();
  closeSync(wrong);
});
