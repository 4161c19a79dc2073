import type { Log } from '../recording/ports.ts';
import type { RedisConnection } from './connect-redis.ts';

/**
 * Redis can be set up to forget. That is the operator's to decide, and ours to say once, with what to set. Every node that has keys is asked:
 * each has settings of its own, and CONFIG may be forbidden (NOPERM) or renamed; then INFO says most of it.
 */
export async function warnOfLoss(connection: RedisConnection, log: Log): Promise<void> {
  const told = new Set<string>();
  const say = (data: object, message: string) => {
    if (!told.has(message)) log.warn(data, message);
    told.add(message);
  };
  try {
    await connection.sendToAll(async (send) => {
      const found = await look(send);
      if (found.policy !== undefined && found.policy !== 'noeviction') {
        say(
          { policy: found.policy },
          'Redis may throw recordings away when its memory is full; set maxmemory-policy to noeviction',
        );
      }
      if (found.appendonly === 'no') {
        say({}, 'Redis keeps recordings in memory only between snapshots; set appendonly to yes');
      } else if (found.appendfsync !== undefined && found.appendfsync !== 'always') {
        say(
          { appendfsync: found.appendfsync },
          'Redis may lose its last second when its machine dies; set appendfsync to always',
        );
      }
      if (found.policy === undefined || found.appendonly === undefined) {
        say(
          {},
          'Redis does not tell how it is set up; see that appendonly is yes and maxmemory-policy is noeviction, or let the bot use INFO',
        );
      }
    });
  } catch (error) {
    log.debug({ err: error }, 'Redis does not tell its settings');
  }
}

async function look(send: (args: string[]) => Promise<unknown>) {
  const setting = async (name: string) => {
    const reply = await send(['CONFIG', 'GET', name]).catch(() => undefined);
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : undefined;
  };
  const policy = await setting('maxmemory-policy');
  const appendonly = await setting('appendonly');
  // INFO does not say it.
  const appendfsync = await setting('appendfsync');
  if (policy !== undefined && appendonly !== undefined) return { policy, appendonly, appendfsync };
  const info = String((await send(['INFO']).catch(() => '')) ?? '');
  const aof = /^aof_enabled:(\d)/m.exec(info)?.[1];
  return {
    appendfsync,
    policy: policy ?? /^maxmemory_policy:([a-z-]+)/m.exec(info)?.[1],
    appendonly: appendonly ?? (aof === undefined ? undefined : aof === '1' ? 'yes' : 'no'),
  };
}
