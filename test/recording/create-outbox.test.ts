import { expect, test } from 'vitest';
import type { Announcer } from '../../src/recording/announcer.ts';
import { createOutbox } from '../../src/recording/create-outbox.ts';
import { createEmbeddedRig } from '../store/embedded-rig.ts';
import { sampleSession } from '../store/sample-session.ts';
import { captureLog } from '../support/quiet-log.ts';

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
