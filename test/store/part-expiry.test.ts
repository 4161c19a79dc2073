import { expect, test } from 'vitest';
import { createPart } from '../../src/recording/create-session.ts';
import { limits } from '../../src/recording/limits.ts';
import { partsOf } from '../../src/recording/parts-of.ts';
import type { OtherPart, Session } from '../../src/recording/session.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import { ended, sampleSession, silent } from './sample-session.ts';

const day = 24 * 3_600_000;
const begun = 1_700_000_000_000;

test('of the longest wish there is every part for as long as there is its lead', async () => {
  let now = begun;
  const db = openSqlite(':memory:', () => now);
  const store = createSessionStore(db, { now: () => now, log: captureLog().log });
  const next: OtherPart = { id: 'L.2', part: 2, role: 'next', after: 'L', made: true, done: true };
  const lead: Session = { ...sampleSession('L', 'math', begun), others: [next] };
  await store.create(lead);
  await store.create(createPart(lead, next, now));
  const settle = (id: string) => store.update(id, (s) => ({ ...silent(ended(s)), after: null }));
  const names = async () => {
    const s = await store.get('L');
    return s && (await partsOf(store, s)).map((p) => p.id);
  };
  // The part is lost at once; the lead records to the end, and its files are looked for as long as may be.
  await settle('L.2');
  now += limits.longest + limits.uploadGiveUp;
  expect(await names()).toEqual(['L', 'L.2']);
  await settle('L');
  now += 30 * day - 1;
  expect(await names()).toEqual(['L', 'L.2']);
  now += 1;
  expect(await names()).toBeUndefined();
  // And it goes as well, some time after.
  now = begun + 90 * day;
  expect(await store.get('L.2')).toBeUndefined();
  await store.close();
});
