import { describe, expect, test } from 'vitest';
import type { Announcer, Delivery } from '../../src/recording/announcer.ts';
import { createOutbox } from '../../src/recording/create-outbox.ts';
import { oweCard } from '../../src/recording/owe.ts';
import type { SessionStore } from '../../src/recording/ports.ts';
import { createEmbeddedRig } from '../store/embedded-rig.ts';
import { sampleSession } from '../store/sample-session.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

test('two processes that draw the same card at the same time come to an end', async () => {
  const rig = await createEmbeddedRig(':memory:');
  const { log } = captureLog();
  const now = () => 1_700_000_000_000;
  await rig.store.create({ ...sampleSession('a'), card: { channel: 'C1', ts: '1' } });
  let drawn = 0;
  /** Resolves when both are drawing: each saves after the other has begun. */
  let both: (() => void) | undefined;
  const announcer: Announcer = {
    async deliver() {
      drawn += 1;
      // A click while the first drawing is on its way: neither shows it.
      if (drawn === 1) await rig.store.update('a', (s) => ({ ...s, title: 'new' }));
      if (drawn > 40) throw new Error('they draw for ever');
      await Promise.race([
        new Promise<void>((resolve) => {
          both?.();
          both = resolve;
        }),
        new Promise((resolve) => setTimeout(resolve, 20)),
      ]);
      return { ok: true };
    },
    warn: async () => 'told' as const,
  };
  const outboxes = [rig.store, await rig.another()].map((store) =>
    createOutbox({ store, announcer, wake: () => undefined, now, log }),
  );
  await Promise.all(outboxes.map((o) => o.send('a')));
  expect((await rig.store.get('a'))?.outbox).toEqual([]);
  // Each draws what it did not know, and no more.
  expect(drawn).toBeGreaterThanOrEqual(2);
  expect(drawn).toBeLessThanOrEqual(6);
  await rig.close();
});

test('two processes that would send the same message at the very same time: one sends it', async () => {
  const rig = await createEmbeddedRig(':memory:');
  const { log } = captureLog();
  const now = () => 1_700_000_000_000;
  await rig.store.create(sampleSession('a'));
  let waiting: (() => void)[] = [];
  let sent = 0;
  const announcer: Announcer = {
    async deliver(_wish, _s, _item, sending) {
      // Both have read the message before either of them writes down that it sends it.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length < 2 && sent === 0) return;
        for (const go of waiting) go();
        waiting = [];
      });
      if ((await sending.begin()) === undefined)
        return { ok: false, retryAfterMs: 1_000, reason: 'another one sends it', waits: true };
      sent += 1;
      return { ok: true };
    },
    warn: async () => 'told' as const,
  };
  const outboxes = [rig.store, await rig.another()].map((store) =>
    createOutbox({ store, announcer, wake: () => undefined, now, log }),
  );
  await Promise.all(outboxes.map((o) => o.send('a')));
  expect(sent).toBe(1);
  await rig.close();
});

describe('a card that two processes draw', () => {
  /** Slack takes each drawing, and answers it, when the test lets it. */
  async function startDrawing() {
    const rig = await createEmbeddedRig(':memory:');
    const clock = { now: 1_700_000_000_000 };
    const now = () => clock.now;
    const card = { channel: 'C1', ts: '1' };
    await rig.store.create(oweCard({ ...sampleSession('a'), title: 'old', outbox: [], card }, now()));
    let shown: string | undefined;
    const drawings: { take(): void; answer(delivery?: Delivery): void }[] = [];
    const announcer: Announcer = {
      async deliver(wish) {
        if (drawings.length > 20) throw new Error('They draw for ever');
        const { promise, resolve } = Promise.withResolvers<Delivery>();
        drawings.push({
          take() {
            shown = wish.lead.title;
          },
          answer: (delivery = { ok: true }) => resolve(delivery),
        });
        return promise;
      },
      warn: async () => 'told' as const,
    };
    const { log } = captureLog();
    const create = (store: Pick<SessionStore, 'get' | 'update'>) =>
      createOutbox({ store, announcer, wake: () => undefined, now, log });
    /** The one looks what is owed when this is over. */
    const pause = { until: Promise.resolve() };
    /** The next drawing that has begun. */
    let seen = 0;
    async function next() {
      await until('one of them draws', () => drawings.length > seen);
      return drawings[seen++] as (typeof drawings)[number];
    }
    async function takeAll(all: Promise<unknown>) {
      let over = false;
      const end = () => {
        over = true;
      };
      void all.then(end, end);
      await until('all is drawn', () => {
        for (; seen < drawings.length; seen++) {
          drawings[seen]?.take();
          drawings[seen]?.answer();
        }
        return over;
      });
      await all;
    }
    return {
      ...{ rig, clock, pause, next, takeAll, drawings, shown: () => shown },
      one: create({
        get: async (id) => pause.until.then(() => rig.store.get(id)),
        update: (id, change) => rig.store.update(id, change),
      }),
      other: create(await rig.another()),
      rename: (title: string) => rig.store.update('a', (s) => oweCard({ ...s, title }, now())),
      owed: async () => (await rig.store.get('a'))?.outbox,
    };
  }

  /** One has begun to draw, and the other one draws what is new since, and is answered first. */
  async function overtaken({ one, other, rename, next }: Awaited<ReturnType<typeof startDrawing>>) {
    const slow = one.send('a');
    const older = await next();
    await rename('new');
    const quick = other.send('a');
    const newer = await next();
    newer.take();
    newer.answer();
    await quick;
    return { slow, older };
  }

  test('is drawn once more when Slack took an older drawing after a newer one', async () => {
    const drawing = await startDrawing();
    const { rig, takeAll, drawings, shown, owed } = drawing;
    const { slow, older } = await overtaken(drawing);
    expect(await owed()).toEqual([]);
    older.take();
    older.answer();
    await takeAll(slow);
    expect(shown()).toBe('new');
    expect(await owed()).toEqual([]);
    expect(drawings).toHaveLength(3);
    await rig.close();
  });

  test('is drawn once more when nobody knows whether Slack took an older drawing after a newer one', async () => {
    const drawing = await startDrawing();
    const { rig, clock, other, takeAll, drawings, shown, owed } = drawing;
    const { slow, older } = await overtaken(drawing);
    older.answer({ ok: false, retryAfterMs: 10_000, reason: 'no answer' });
    await slow;
    // It comes when nobody waits for it any more; not before that it is drawn anew.
    clock.now += 9_000;
    await other.send('a');
    older.take();
    expect(drawings).toHaveLength(2);
    clock.now += 2_000;
    await takeAll(other.send('a'));
    expect(shown()).toBe('new');
    expect(await owed()).toEqual([]);
    await rig.close();
  });

  test('is drawn once more when an older drawing came after one that nobody has heard of yet', async () => {
    const { rig, one, other, pause, rename, next, takeAll, shown, owed } = await startDrawing();
    const slow = one.send('a');
    const older = await next();
    const quick = other.send('a');
    const same = await next();
    same.take();
    same.answer();
    await quick;
    await rename('new');
    const last = other.send('a');
    const newest = await next();
    newest.take();
    older.take();
    const held = Promise.withResolvers<void>();
    pause.until = held.promise;
    const before = (await rig.store.get('a'))?.revision;
    older.answer();
    await until('it is saved', async () => (await rig.store.get('a'))?.revision !== before);
    newest.answer();
    await takeAll(last);
    held.resolve();
    await takeAll(slow);
    expect(shown()).toBe('new');
    expect(await owed()).toEqual([]);
    await rig.close();
  });

  test('is not drawn once more when both have drawn the same', async () => {
    const { rig, one, other, next, takeAll, drawings, owed } = await startDrawing();
    const both = Promise.all([one.send('a'), other.send('a')]);
    for (const drawing of [await next(), await next()]) drawing.answer();
    await takeAll(both);
    expect(drawings).toHaveLength(2);
    expect(await owed()).toEqual([]);
    await rig.close();
  });

  test('one process alone draws what it has drawn no more', async () => {
    const { rig, one, rename, next, drawings, owed } = await startDrawing();
    for (const title of ['old', 'new']) {
      await rename(title);
      const drawing = one.send('a');
      (await next()).answer();
      await drawing;
    }
    expect(drawings).toHaveLength(2);
    expect(await owed()).toEqual([]);
    await rig.close();
  });
});
