import { write, writeSync } from 'node:fs';

/**
 * Where a log's lines leave the process. Neither method ever throws, and neither holds the bot up: recordings are looked after whether anybody reads
 * the log or not.
 */
export interface LogOutput {
  write(line: string): void;
  /** For the end of the process: writes what waits, as far as it is taken within a moment. The rest is given up. */
  flushSync(): void;
}

/** What a pipe takes as a whole or not at all (PIPE_BUF of Linux), so that no line is torn where the process ends. Bytes. */
const wholeAtOnce = 4_096;
/** Lines that wait while nobody reads; later ones are left out then. Characters. */
const mostWaiting = 1_000_000;
/** Between tries to write to a pipe that is full. Milliseconds. */
const retry = 100;
/** How long the end of the process may wait for a pipe that is full. Milliseconds. */
const lastPatience = 300;

/** Writes lines to a file descriptor, one batch at a time. What fails is given up, and the next batch tried all the same: a full disk may have room again. */
export function createLogOutput(fd: number): LogOutput {
  const waiting: string[] = [];
  let size = 0;
  let lost = 0;
  /** Of the batch that is being written: what is not written yet. */
  let rest: Uint8Array = new Uint8Array();
  let state: 'idle' | 'writing' | 'full' = 'idle';

  /** Whole lines, as many as are taken at once. */
  function take(): Uint8Array {
    if (lost > 0) {
      waiting.push(leftOut(lost));
      lost = 0;
    }
    let n = 0;
    let bytes = 0;
    for (; n < waiting.length; n++) {
      bytes += Buffer.byteLength(waiting[n] ?? '');
      if (n > 0 && bytes > wholeAtOnce) break;
    }
    const batch = waiting.splice(0, n).join('');
    size = Math.max(0, size - batch.length);
    return Buffer.from(batch);
  }

  function writeRest(): void {
    if (rest.length === 0) rest = take();
    if (rest.length === 0) {
      state = 'idle';
      return;
    }
    state = 'writing';
    write(fd, rest, (error, written) => {
      if (isFull(error)) {
        state = 'full';
        setTimeout(() => state === 'full' && writeRest(), retry);
        return;
      }
      rest = error ? new Uint8Array() : rest.subarray(written);
      writeRest();
    });
  }

  return {
    write(line) {
      if (size + line.length > mostWaiting) {
        lost++;
        return;
      }
      waiting.push(line);
      size += line.length;
      if (state === 'idle') writeRest();
    },
    flushSync() {
      // What is being written just now may be taken or not; only where it is longer than what is taken whole, the next line may have to begin anew.
      const isTorn = state === 'writing' && rest.length > wholeAtOnce;
      let last: Uint8Array = state === 'full' ? rest : isTorn ? Buffer.from('\n') : new Uint8Array();
      if (state === 'full') {
        rest = new Uint8Array();
        state = 'idle';
      }
      const end = performance.now() + lastPatience;
      while (performance.now() < end) {
        if (last.length === 0) last = take();
        if (last.length === 0) return;
        try {
          last = last.subarray(writeSync(fd, last));
        } catch (error) {
          if (!isFull(error)) return;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
        }
      }
    },
  };
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}

function leftOut(lines: number): string {
  const msg = 'Nobody took the log for a while, so that many of its lines were left out';
  return `${JSON.stringify({ level: 40, time: Date.now(), lines, msg })}\n`;
}
