import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isEnded } from '../../src/recording/session.ts';
import { openStore } from '../../src/store/open-store.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

/** SQLite under real processes: what was acknowledged survives SIGKILL, and one process at a time has the file. */
let folder: string;
let url: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  url = `sqlite:${join(folder, 'recordings.sqlite')}`;
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function writer(prefix: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'write-on.ts'), url, prefix], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += String(chunk)));
  child.stderr.on('data', (chunk) => (said.err += String(chunk)));
  // The last line may be torn by the kill.
  return { child, lines: () => said.out.split('\n').slice(0, -1), err: () => said.err };
}

test('SIGKILL while it writes loses nothing that was acknowledged, and leaves nothing half done', async () => {
  const acknowledged = new Map<string, { revision: number; ended: boolean }>();
  for (let round = 0; round < 5; round++) {
    const { child, lines } = writer(`r${round}`);
    await until('it writes', () => lines().length > 3 + round * 40);
    await delay(round * 7);
    await kill(child);
    await until('all was read', () => child.stdout?.readableEnded);
    for (const line of lines().slice(1)) {
      const [what, id = '', revision] = line.split(' ');
      const before = acknowledged.get(id);
      acknowledged.set(id, {
        revision: what === 'updated' ? Number(revision) : (before?.revision ?? 0),
        ended: what === 'ended',
      });
    }

    const log = captureLog();
    const store = await openStore(url, { now: Date.now, log: log.log });
    for (const [id, known] of acknowledged) {
      const s = await store.get(id);
      expect(s?.revision, `${id} after round ${round}`).toBeGreaterThanOrEqual(known.revision);
      if (known.ended) expect(s && isEnded(s), id).toBe(true);
    }
    // Each live session has its channel and is on the list; each ended one has given both back.
    const unsettled = new Set(await store.unsettledIds());
    for (const s of await store.recent(100_000)) {
      expect((await store.byChannelName(s.channelName))?.id, s.id).toBe(isEnded(s) ? undefined : s.id);
      expect(unsettled.delete(s.id), s.id).toBe(!isEnded(s));
      if ('sid' in s) expect((await store.bySid(s.sid ?? ''))?.id).toBe(s.id);
    }
    expect([...unsettled]).toEqual([]);
    expect(log.entries).toEqual([]);
    await store.close();
  }
  expect(acknowledged.size).toBeGreaterThan(50);
});

test('a second process is refused at once and told what to do; SIGKILL of the first frees the file', async () => {
  const first = writer('first');
  await until('the first has it', () => first.lines().includes('open'));
  const second = writer('second');
  const [code] = await once(second.child, 'exit');
  expect(code).toBe(1);
  await until('all was read', () => second.child.stdout?.readableEnded);
  expect(second.lines()).toEqual([
    expect.stringMatching(/^STORE_LOCKED Another process has .*recordings\.sqlite open\. .*STORE_URL/),
  ]);
  expect(first.child.exitCode).toBeNull();
  await kill(first.child);
  const third = writer('third');
  await until('the third has it', () => third.lines().includes('open'));
  expect(third.err()).toBe('');
});
