import { setTimeout as delay } from 'node:timers/promises';
import { ask } from '../../test/store/start-redis-group.ts';
import type { Trouble } from './call-log.ts';
import type { People } from './people.ts';
import { type Rig, waitFor } from './rig.ts';

/** Twice as long as BullMQ's lock on a turn lasts (src/store/bullmq-agenda.ts). Milliseconds. */
const frozenFor = 32_000;
/** What Redis loses of its last writes. Milliseconds. */
const older = 3_000;
/** Milliseconds. */
const wrongClock = 30_000;
/** By then a connection that is used and over which nothing comes is given up (src/store/connect-redis-group.ts). Milliseconds. */
const silenceNoticed = 30_000;
/** By then a new process has begun its work. Milliseconds. */
const begun = 30_000;

export interface Scene {
  rig: Rig;
  people: People;
  place: number;
}

/** Which of the bots it hits; `all` when it hits Redis or the way there. */
interface Event {
  hits: 'place' | 'all';
  run(scene: Scene): Promise<void>;
}

const onPlace = (run: Event['run']): Event => ({ hits: 'place', run });
const onAll = (run: Event['run']): Event => ({ hits: 'all', run });

/** What happens to two bots and their Redis. */
export const events: Readonly<Record<string, Event>> = {
  'kill -9': onPlace(async ({ rig, place }) => {
    await rig.end(place, 'SIGKILL');
    await delay(1_000);
    await rig.start(place);
  }),
  'SIGTERM and a new process': onPlace(async ({ rig, place }) => {
    await rig.end(place, 'SIGTERM');
    await rig.start(place);
  }),
  'a process frozen for two locks, if it can be just before it saves an answer': onPlace(async ({ rig, place }) => {
    await Promise.race([rig.calls.next(place, ['acquire', 'start', 'query', 'stop']), delay(2_000)]);
    rig.signal(place, 'SIGSTOP');
    await delay(frozenFor);
    rig.signal(place, 'SIGCONT');
  }),
  'a new process whose clock is half a minute wrong': onPlace(async ({ rig, place }) => {
    await rig.end(place, 'SIGTERM');
    await rig.start(place, place === 0 ? wrongClock : -wrongClock);
    // Until then it asks Agora which clock is right.
    await waitFor(() => rig.ready(place), begun);
  }),
  'both killed': onAll(async ({ rig }) => {
    await Promise.all([rig.end(0, 'SIGKILL'), rig.end(1, 'SIGKILL')]);
    await delay(2_000);
    await Promise.all([rig.start(0), rig.start(1)]);
  }),
  'Redis frozen': onAll(async ({ rig }) => {
    rig.redis.freeze();
    await delay(4_000);
    rig.redis.thaw();
  }),
  'Redis killed': onAll(async ({ rig }) => {
    await rig.redis.kill();
    await delay(1_000);
    await rig.redis.start();
  }),
  // A recording that began in the seconds that are lost is known to its button only: that is another test's.
  'Redis back with files that are some seconds old': onAll(async ({ rig, people }) => {
    const goOn = await people.rest();
    await rig.restoreOlder(older);
    goOn();
  }),
  'the queue flushed': onAll(async ({ rig }) => {
    const flush = "for _, k in ipairs(redis.call('KEYS', '{rec}:turns:*')) do redis.call('DEL', k) end";
    await ask(rig.redis.port, 'EVAL', flush, '0');
  }),
  'the way to Redis cut': onAll(async ({ rig }) => {
    rig.proxy.set('down');
    await delay(3_000);
    rig.proxy.set('open');
  }),
  'the way to Redis silent': onAll(async ({ rig }) => {
    rig.proxy.forget();
    rig.proxy.set('silent');
    await delay(3_000);
    rig.proxy.set('open');
    // No connection is ever cut, so for the bots it lasts until they notice; one that nobody uses meanwhile is not missed.
    await waitFor(() => rig.proxy.believed() === 0, silenceNoticed);
  }),
};

/** Lets one happen, and says when and to whom. */
export async function happen(name: string, scene: Scene): Promise<Trouble> {
  const event = events[name];
  const from = Date.now();
  await event?.run(scene);
  return { place: event?.hits === 'place' ? scene.place : 'all', from, to: Date.now() };
}
