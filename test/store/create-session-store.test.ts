import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import { sampleSession } from './sample-session.ts';

const slowly =
  <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
  async (...args: A) => {
    const answer = await work(...args);
    await delay(20);
    return answer;
  };

/** The same data seen from far away: each answer comes late, so that others act between any two steps. */
function farAway(db: AtomicKeyv): AtomicKeyv {
  const late = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value: unknown = Reflect.get(from, name, from);
        if (name === 'keyv') return late(db.keyv);
        return typeof value === 'function' ? slowly(value.bind(from)) : value;
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
