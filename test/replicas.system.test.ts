import { createClient } from '@keyv/redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bot, startBot } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { type RedisServer, startRedis } from './store/start-redis.ts';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** Two bots on one Redis, in front of the same Slack and the same Agora. */
let redis: RedisServer;
let world: World;
let second: Bot | undefined;
beforeAll(async () => {
  redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
});
afterAll(() => redis.remove());

beforeEach(async () => {
  const client = await createClient({ url: redis.url }).connect();
  await client.flushDb();
  client.destroy();
  world = await startWorld({ env: { STORE_URL: redis.url } });
  second = await another();
});
afterEach(async () => {
  await second?.stop();
  await world.close();
});

async function another(): Promise<Bot> {
  const read = readConfig(world.env);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const bot = await startBot(read.config, { log: world.log.log, now: world.clock.now });
  await until('the second bot is ready', async () => (await fetch(`${bot.url}/readyz`)).ok);
  return bot;
}

const ana = { user: 'U0ANA', channel: 'C0CLASSES' };
const calls = (endpoint: string) => world.agora.requests.filter((r) => r.endpoint === endpoint).length;
const minutes = (n: number) => n * 60_000;

async function record(name: string): Promise<void> {
  await world.slack.type({ ...ana, text: `/record start ${name} --for 30m` });
  await until('a task', () => world.agora.ledger().some((t) => t.cname === name));
  world.clock.advance(6_000);
  await world.shown(new RegExp(`^Recording of ${name}.*: Recording\\.`));
}

describe('two replicas', () => {
  test('record many channels: each is started, stopped and told of once', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `room-${n}`);
    for (const name of names) await world.slack.type({ ...ana, text: `/record start ${name} --for 30m` });
    await until('all tasks', () => world.agora.ledger().length === names.length);
    world.clock.advance(6_000);
    for (const name of names) await world.shown(new RegExp(`^Recording of ${name}.*: Recording\\.`));
    world.clock.advance(minutes(30));
    for (const name of names) await world.shown(new RegExp(`^Recording of ${name}.*: Ready`));
    expect(world.agora.ledger()).toHaveLength(names.length);
    expect([calls('acquire'), calls('start'), calls('stop')]).toEqual([8, 8, 8]);
    for (const name of names) {
      const said = world.sees().filter((m) => m.text.includes(name) && !m.is_ephemeral);
      expect(new Set(said.map((m) => m.text)).size, name).toBe(said.length);
    }
  });

  test('one is gone: the other stops at the deadline', async () => {
    await record('math-101');
    await world.bot.stop();
    world.clock.advance(minutes(30));
    await world.shown(/^Recording of math-101.*: Ready/);
    expect([calls('start'), calls('stop')]).toEqual([1, 1]);
  });

  test('a click is heard by either', async () => {
    await record('math-101');
    await second?.stop();
    await world.slack.click({ ...ana, message_ts: world.card('math-101')?.ts ?? '', action_id: 'stop_recording' });
    await world.shown(/^Recording of math-101.*: Ready/);
    expect(calls('stop')).toBe(1);
  });
});

test("what time it is is asked of Redis at the start, and with each audit: a machine's clock may go wrong while the bot runs", async () => {
  const client = await createClient({ url: redis.url }).connect();
  let asked = 0;
  await client.monitor((line) => {
    if (line.toString().includes('{rec}:clock')) asked += 1;
  });
  const third = await another();
  try {
    // Three of the start; the first audit is part of the first beat.
    await until('it was asked again', () => asked >= 4);
  } finally {
    await third.stop();
    client.destroy();
  }
});

describe.each([
  ['frozen', () => redis.freeze(), () => redis.thaw()],
  ['gone', () => redis.kill(), () => redis.start()],
] as const)('Redis is %s', (_, breakIt, mend) => {
  test('a command is refused soon and nothing is claimed; when it is back, all goes on by itself', async () => {
    await record('math-101');
    await breakIt();
    try {
      const outcome = await world.slack.type({ ...ana, text: '/record start physics --for 30m' });
      expect(outcome.ok).toBe(true);
      await world.shown(/^I could not save that in time, so it is not accepted/);
      expect(world.card('physics')).toBeUndefined();
      expect(world.agora.ledger().map((t) => t.cname)).toEqual(['math-101']);
      expect((await fetch(`${world.bot.url}/readyz`)).status).toBe(503);
    } finally {
      await mend();
    }
    await until('it is ready again', async () => (await fetch(`${world.bot.url}/readyz`)).ok);
    await record('physics');
    world.clock.advance(minutes(30));
    await world.shown(/^Recording of math-101.*: Ready/);
    await world.shown(/^Recording of physics.*: Ready/);
    expect([calls('start'), calls('stop')]).toEqual([2, 2]);
  });
});
