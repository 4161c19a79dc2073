import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { aStart } from '../../torture/simulation/simulation.ts';
import { until } from '../support/until.ts';
import { createScriptedWorld, done, type ScriptedWorld, status } from './support/scripted-world.ts';

let world: ScriptedWorld;
afterEach(() => world.close());

test('a Slack that takes for ever holds up no stop, and is told all of it, once, when it answers', async () => {
  let stops = 0;
  let answer: (() => void) | undefined;
  const slackAnswers = new Promise<void>((resolve) => {
    answer = resolve;
  });
  world = createScriptedWorld(
    {
      acquire: async () => done({ resourceId: 'r' }),
      start: async () => done({ sid: 's' }),
      query: async () => status(5),
      stop: async () => {
        stops += 1;
        return done({ files: [{ name: 'f.m3u8' }], uploading: 'uploaded' as const });
      },
    },
    // However patient a turn is, it has been so after this.
    { beforeTold: () => slackAnswers, sleep: () => delay(50) },
  );
  const { session } = await world.recordings.start(aStart('math-101'));
  const it = async () => (await world.store.get(session.id)) ?? session;
  const untilSo = (what: string, is: () => boolean | Promise<boolean>) =>
    until(what, async () => {
      world.clock.now += 1000;
      await world.recordings.tick();
      return is();
    });
  await untilSo('it records', async () => (await it()).state === 'recording');
  expect(world.told).toEqual([]);
  await world.recordings.stop(session.id, 'U');
  await untilSo('it is told to stop', () => stops > 0);
  expect(world.told).toEqual([]);

  answer?.();
  await untilSo('all is told', async () => (await it()).outbox.length === 0);
  await world.pass(60);
  expect(world.told.map(({ message }) => (message.kind === 'thread' ? message.note.type : message.kind))).toEqual([
    'card',
    'card',
    'recording',
    'stop_asked',
  ]);
  expect(stops).toBe(1);
});
