import { describe, expect, test } from 'vitest';
import { createAgenda } from '../../src/store/create-agenda.ts';
import { captureLog } from '../support/quiet-log.ts';
import { agendaContract } from './agenda-contract.ts';

agendaContract('one process', 1, async () => ({
  make: createAgenda,
  heir: (ended) => ended,
  close: async () => undefined,
}));

describe('when more is due than can be done at once', () => {
  function rig(looks: number) {
    let now = 1_000;
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const agenda = createAgenda({ now: () => now, log: captureLog().log, looks });
    agenda.start((id) => {
      begun.push(id);
      return new Promise((resolve) => ends.push(() => resolve(undefined)));
    });
    return {
      agenda,
      begun,
      pass: (ms: number) => (now += ms),
      async endAll() {
        for (const end of ends.splice(0)) end();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  test('what presses comes first, however long others have been due', async () => {
    const { agenda, begun } = rig(10);
    for (let n = 0; n < 1_000; n++) agenda.put(`look${n}`, n);
    agenda.put('stop', 999);
    agenda.press?.('stop', 999);
    agenda.put('later', 5_000);
    agenda.press?.('later', 5_000);
    await agenda.beat();
    expect(begun[0]).toBe('stop');
    expect(begun).not.toContain('later');
  });

  test('so many looks are under way, the earliest first, and more as they end; what presses waits for none of them', async () => {
    const { agenda, begun, endAll } = rig(3);
    for (let n = 0; n < 5; n++) agenda.put(`look${n}`, n);
    await agenda.beat();
    await agenda.beat();
    expect(begun).toEqual(['look0', 'look1', 'look2']);
    agenda.put('stop', 999);
    agenda.press?.('stop', 999);
    agenda.wake('woken');
    await agenda.beat();
    expect(begun.slice(3)).toEqual(['woken', 'stop']);
    await endAll();
    await agenda.beat();
    expect(begun.slice(5)).toEqual(['look3', 'look4']);
    await endAll();
    expect(await agenda.missing(['look4', 'stop'])).toEqual(['look4', 'stop']);
  });

  test('one that presses no more can wait again, and one that presses during its turn goes round once more', async () => {
    const { agenda, begun, pass, endAll } = rig(1);
    agenda.put('a', 500);
    agenda.put('b', 600);
    agenda.press?.('b', 600);
    agenda.press?.('b', undefined);
    await agenda.beat();
    expect(begun).toEqual(['a']);
    agenda.press?.('a', 2_000);
    pass(1_000);
    await agenda.beat();
    expect(begun).toEqual(['a']);
    await endAll();
    expect(begun).toEqual(['a', 'a']);
  });
});
