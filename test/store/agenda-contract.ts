import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Agenda } from '../../src/recording/ports.ts';
import { captureLog } from '../support/quiet-log.ts';
import { createClock } from '../support/start-world.ts';
import { until } from '../support/until.ts';

/** Makes an agenda as one process has it; those of one rig share what there is to share. */
export interface AgendaRig {
  make(parts: { now: () => number; log: ReturnType<typeof captureLog>['log'] }): Agenda;
  /** One that knows what is ahead once this one has ended. Of a process alone: itself. Without it: one that is made then. */
  heir?(ended: Agenda): Agenda;
  close(): Promise<void>;
}

/** What every agenda must do, in one process and over several. */
export function agendaContract(name: string, processes: number, createRig: () => Promise<AgendaRig>): void {
  describe(`the agenda in ${name}`, () => {
    let rig: AgendaRig;
    let agendas: Agenda[];
    let clock: ReturnType<typeof createClock>;
    let turns: { id: string; from: number; to: number }[];
    /** What a turn of a session answers that this agenda gave. */
    let answer: (id: string, by: Agenda) => number | undefined | Promise<number | undefined>;
    let beats: NodeJS.Timeout;
    const agenda = (n = 0): Agenda => {
      const one = agendas[n % agendas.length];
      if (!one) throw new Error('no agenda');
      return one;
    };
    const of = (id: string) => turns.filter((t) => t.id === id);

    beforeEach(async () => {
      rig = await createRig();
      clock = createClock();
      turns = [];
      answer = () => undefined;
      const { log } = captureLog();
      agendas = Array.from({ length: processes }, () => rig.make({ now: clock.now, log }));
      for (const one of agendas) {
        one.start(async (id) => {
          const turn = { id, from: clock.now(), to: Infinity };
          turns.push(turn);
          try {
            return await answer(id, one);
          } finally {
            turn.to = clock.now();
          }
        });
      }
      beats = setInterval(() => agendas.map((a) => a.beat()), 20);
    });
    afterEach(async () => {
      clearInterval(beats);
      await Promise.all(agendas.map((a) => a.stop()));
      await rig.close();
    });

    test('a session that is woken has a turn, and none after one that answers nothing', async () => {
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      await delay(300);
      expect(of('a')).toHaveLength(1);
      expect(await agenda(1).missing(['a', 'b'])).toEqual(['a', 'b']);
    });

    test('the next turn is when the last one said, and not before', async () => {
      const ahead = clock.now() + 60_000;
      answer = () => (of('a').length === 1 ? ahead : undefined);
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      await until('the next is ahead', async () => (await agenda(1).missing(['a'])).length === 0);
      await delay(200);
      expect(of('a')).toHaveLength(1);
      clock.advance(60_000);
      await until('the next turn', () => of('a').length === 2);
      expect(of('a')[1]?.from).toBeGreaterThanOrEqual(ahead);
    });

    test('a session that has had turns for a while, woken long before its next one, has a turn at once', async () => {
      const pause = 4_000;
      // Older than the pause before its next turn, as a recording is that runs.
      answer = () => clock.now() + (of('a').length < 3 ? pause / 1.9 : pause);
      agenda().wake('a');
      await until('three turns', () => of('a').length === 3);
      await until('the next is ahead', async () => (await agenda(1).missing(['a'])).length === 0);
      const due = (of('a')[2]?.to ?? 0) + pause;
      agenda(1).wake('a');
      await until('another turn', () => of('a').length >= 4);
      expect(of('a')[3]?.from).toBeLessThan(due);
    });

    test('put: at the latest then; a later one moves nothing, an earlier one does', async () => {
      const start = clock.now();
      agenda().put('a', start + 60_000);
      await agenda().settled();
      agenda(1).put('a', start + 600_000);
      agenda(1).put('b', start + 600_000);
      await agenda(1).settled();
      agenda().put('b', start + 60_000);
      await agenda().settled();
      expect(turns).toEqual([]);
      clock.advance(61_000);
      await until('both turns', () => of('a').length === 1 && of('b').length === 1);
    });

    test('woken during its turn, it goes round once more, and never two at a time', async () => {
      const held = Promise.withResolvers<void>();
      answer = async () => {
        if (turns.length === 1) await held.promise;
        return undefined;
      };
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      for (let n = 0; n < 5; n++) agenda(n).wake('a');
      await delay(300);
      expect(of('a')).toHaveLength(1);
      held.resolve();
      await until('another turn', () => of('a').length >= 2);
      await delay(500);
      // Each process may have asked for one.
      expect(of('a').length).toBeLessThanOrEqual(1 + processes);
      const [first, second] = of('a');
      expect(second?.from).toBeGreaterThanOrEqual(first?.to ?? Infinity);
    });

    test('many sessions, woken anywhere: each has its turns, none two at a time', async () => {
      const ids = Array.from({ length: 60 }, (_, n) => `s${n}.2`);
      answer = async (id) => {
        await delay(5);
        return of(id).length < 3 ? clock.now() : undefined;
      };
      ids.forEach((id, n) => {
        agenda(n).wake(id);
      });
      await until('three turns each', () => ids.every((id) => of(id).length >= 3));
      await delay(200);
      for (const id of ids) {
        const mine = of(id);
        expect(mine).toHaveLength(3);
        for (const [n, t] of mine.entries()) expect(t.from).toBeGreaterThanOrEqual(mine[n - 1]?.to ?? 0);
      }
    });

    test('a turn that fails is taken again, a little later', async () => {
      answer = () => {
        if (turns.length === 1) throw new Error('Redis is away');
        return undefined;
      };
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      await delay(200);
      expect(of('a')).toHaveLength(1);
      clock.advance(6_000);
      await until('another turn', () => of('a').length === 2);
    });

    test('resting, it begins no turn, and what is woken or put meanwhile is ahead', async () => {
      const held = Promise.withResolvers<undefined>();
      answer = () => held.promise;
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      for (const one of agendas) one.rest();
      agenda().wake('b');
      agenda(1).put('c', clock.now());
      held.resolve(undefined);
      await until('both are ahead', async () => (await agenda().missing(['b', 'c'])).length === 0);
      await delay(300);
      expect(turns).toHaveLength(1);
    });

    test('what is woken while it stops, by the turns under way too, is ahead after it', async () => {
      answer = async (id, by) => {
        await delay(300);
        by.wake('b');
        by.wake(id);
        // It is seen to be under way, and is looked at again only after its end.
        await delay(50);
        return undefined;
      };
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      const stopping = Promise.all(agendas.map((a) => a.stop()));
      agenda().wake('c');
      await stopping;
      expect(turns).toHaveLength(1);
      const { log } = captureLog();
      const heir = rig.heir?.(agenda()) ?? rig.make({ now: clock.now, log });
      // It may still be looking for its Redis.
      const missing = () => heir.missing(['a', 'b', 'c']).catch(() => undefined);
      expect(await until('an answer', missing)).toEqual([]);
      await heir.stop();
    });

    test('stopped, it begins no turn, and waits for the one under way', async () => {
      let done = false;
      answer = async () => {
        await delay(200);
        done = true;
        return undefined;
      };
      agenda().wake('a');
      await until('a turn', () => of('a').length === 1);
      await Promise.all(agendas.map((a) => a.stop()));
      expect(done).toBe(true);
      agenda().wake('b');
      await delay(200);
      expect(of('b')).toEqual([]);
    });
  });
}
