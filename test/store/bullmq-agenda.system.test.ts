import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@keyv/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agenda } from '../../src/recording/ports.ts';
import { createBullmqAgenda } from '../../src/store/bullmq-agenda.ts';
import { loadQueueClients, type QueueClients } from '../../src/store/queue-clients.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { agendaContract } from './agenda-contract.ts';
import { type RedisServer, startRedis } from './start-redis.ts';
import { startSlowWay } from './start-slow-way.ts';

let redis: RedisServer;
let clients: () => QueueClients;
beforeAll(async () => {
  redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  clients = await loadQueueClients(redis.url);
});
afterAll(() => redis.remove());

async function flush(): Promise<void> {
  const client = await createClient({ url: redis.url }).connect();
  await client.flushDb();
  client.destroy();
}

for (const processes of [1, 3]) {
  agendaContract(`BullMQ, ${processes} processes`, processes, async () => {
    await flush();
    return { make: (parts) => createBullmqAgenda({ clients: clients(), ...parts }), close: async () => undefined };
  });
}

describe('BullMQ in trouble', () => {
  const make = (take: (id: string) => Promise<number | undefined>): Agenda => {
    const agenda = createBullmqAgenda({ clients: clients(), now: Date.now, log: captureLog().log });
    agenda.start(take);
    return agenda;
  };

  test('a queue that was flushed: the turns are missed, and put back', async () => {
    await flush();
    let turns = 0;
    const agenda = make(async () => {
      turns += 1;
      return undefined;
    });
    agenda.put('a', Date.now() + 60_000);
    await agenda.settled();
    expect(await agenda.missing(['a'])).toEqual([]);
    await flush();
    expect(await agenda.missing(['a'])).toEqual(['a']);
    agenda.put('a', Date.now());
    await until('the turn', () => turns === 1);
    await agenda.stop();
  });

  test('woken while its turn begins, before this process knows that the turn was put: it goes round once more', async () => {
    await flush();
    const far = await startSlowWay(redis.port, 50);
    const [slow, fast] = [(await loadQueueClients(far.url))(), clients()];
    let turns = 0;
    const agenda = createBullmqAgenda({
      clients: {
        connect: (use, trouble) => (use === 'queue' ? slow : fast).connect(use, trouble),
        destroy() {
          slow.destroy();
          fast.destroy();
        },
      },
      // All in one moment.
      now: () => 1_000_000,
      log: captureLog().log,
    });
    agenda.start(async (id) => {
      turns += 1;
      if (turns === 1) agenda.wake(id);
      return undefined;
    });
    agenda.wake('a');
    await until('another turn', () => turns === 2);
    await agenda.stop();
    await far.close();
  });

  test('Redis ends and comes back: who was woken meanwhile has its turn', async () => {
    await flush();
    const turns: string[] = [];
    const agenda = make(async (id) => {
      turns.push(id);
      return undefined;
    });
    const beats = setInterval(() => agenda.beat(), 50);
    agenda.wake('before');
    await until('a turn', () => turns.includes('before'));
    await redis.kill();
    agenda.wake('meanwhile');
    await delay(500);
    await redis.start();
    await until('its turn', () => turns.includes('meanwhile'), 30_000);
    clearInterval(beats);
    await agenda.stop();
  });

  test('Redis ends during a turn: the next one is put down when it is back, and not only when the lock has run out', async () => {
    await flush();
    let turns = 0;
    const held = Promise.withResolvers<void>();
    const agenda = make(async () => {
      turns += 1;
      if (turns > 1) return undefined;
      await held.promise;
      return Date.now();
    });
    agenda.wake('a');
    await until('its turn', () => turns === 1);
    await redis.kill();
    held.resolve();
    await delay(300);
    await redis.start();
    // A third of how long the lock lasts.
    await until('the next turn', () => turns === 2, 5_000);
    await agenda.stop();
  });

  test('a process that ends while a turn takes long: another one has it at once, and not only when its lock has run out', async () => {
    await flush();
    const turns: string[] = [];
    const held = Promise.withResolvers<undefined>();
    const log = captureLog();
    const parts = { now: Date.now, log: log.log, grace: 300 };
    const ending = createBullmqAgenda({ clients: clients(), ...parts });
    ending.start(async () => {
      turns.push('ending');
      return held.promise;
    });
    ending.wake('a');
    await until('its turn', () => turns.length === 1);
    const other = createBullmqAgenda({ clients: clients(), ...parts });
    other.start(async () => {
      turns.push('other');
      return undefined;
    });
    await ending.stop();
    // A third of how long the lock lasts.
    await until('the turn of the other one', () => turns.includes('other'), 5_000);
    held.resolve(undefined);
    await delay(200);
    expect(turns).toEqual(['ending', 'other']);
    expect(await other.missing(['a'])).toEqual(['a']);
    await other.stop();
    expect(log.entries.filter((e) => e.level >= 50)).toEqual([]);
  });

  test('Redis is frozen: stopping does not hang', async () => {
    const agenda = make(async () => undefined);
    agenda.wake('a');
    await delay(200);
    redis.freeze();
    try {
      agenda.wake('b');
      await agenda.stop();
    } finally {
      redis.thaw();
    }
  });
});
