import { afterAll, beforeAll } from 'vitest';
import { createRedisRig } from './redis-rig.ts';
import { type RedisServer, startRedis } from './start-redis.ts';
import { ask } from './start-redis-group.ts';
import { storeContract } from './store-contract.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
});
afterAll(() => redis.remove());

storeContract('Redis', true, async () => {
  await ask(redis.port, 'FLUSHALL');
  return createRedisRig(redis.url);
});
