import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Session } from '../../src/recording/session.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import { sampleSession } from './sample-session.ts';

const slowly =
  <A extends unknown[], R>(work: (...args: A) => Promise<R>, wait: () => Promise<unknown>) =>
  async (...args: A) => {
    const answer = await work(...args);
    await wait();
    return answer;
  };

/** The same data seen from far away: each answer comes late, so that others act between any two steps. */
function farAway(db: AtomicKeyv, wait: () => Promise<unknown> = () => delay(20)): AtomicKeyv {
  const late = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value: unknown = Reflect.get(from, name, from);
        if (name === 'keyv') return late(db.keyv);
        return typeof value === 'function' ? slowly(value.bind(from), wait) : value;
      },
    });
  return late(db);
}

test('a channel is never given to two, however long one of them takes between its steps', async () => {
  const parts = { now: Date.now, log: captureLog().log };
  const db = openSqlite(':memory:', Date.now);
  const [slow, quick] = [createSessionStore(farAway(db), parts), createSessionStore(db, parts)];
  const first = slow.create(sampleSession('slow', 'math'));
  const answers = [];
  for (let i = 0; i < 20; i++) {
    await delay(5);
    answers.push(await quick.create(sampleSession(`quick-${i}`, 'math')));
  }
  answers.push(await first);
  expect(answers.filter((a) => a.created)).toHaveLength(1);
});

test('a writer who is slower than another one is not starved', async () => {
  const parts = { now: Date.now, log: captureLog().log };
  const db = openSqlite(':memory:', Date.now);
  // The quick one writes in each round of the event loop, the slow one needs two for each of its steps.
  const [slow, quick] = [createSessionStore(farAway(db, twoRounds), parts), createSessionStore(db, parts)];
  await quick.create(sampleSession('a'));
  const count = (s: Session) => ({ ...s, tries: s.tries + 1 });
  const late = slow.update('a', count);
  for (let i = 0; i < 400; i++) {
    await quick.update('a', count);
    await setImmediate();
  }
  await late;
  expect(await quick.get('a')).toMatchObject({ tries: 401, revision: 401 });
});

async function twoRounds(): Promise<void> {
  await setImmediate();
  await setImmediate();
}
