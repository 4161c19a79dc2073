import { isEnded } from '../../src/recording/session.ts';
import { createJudge } from './judge.ts';
import { judgeEnd } from './judge-end.ts';
import { isFault, type Operation } from './operation.ts';
import { perform } from './perform.ts';
import { waitsInVain } from './waits-in-vain.ts';
import { createModelWorld, type World } from './world.ts';

export interface Played {
  /** One sentence for each promise that was broken, with the operation after which it was seen, from 1. Empty: all held. */
  broken: string[];
  operations: number;
  faults: number;
  recordings: number;
}

/** Looking at all sessions costs more than the steps of a quiet time. Milliseconds. */
const lookEvery = 10_000;
/** When all is well again, this must be enough for what is still owed. Milliseconds. */
const settling = 10 * 60_000;
/**
 * After the planned end: a backup is looked for once an hour, and a list without its end mark is taken for whole an hour after the stop, when it has
 * not grown (src/recording/limits.ts). Milliseconds.
 */
const uploadSettling = 85 * 60_000;

/** Plays a history, judging after each operation, and once more when all is well again and has settled. */
export async function play(ops: readonly Operation[], watch: (w: World) => void = () => undefined): Promise<Played> {
  const w = await createModelWorld();
  watch(w);
  const { sim } = w;
  const played: Played = { broken: [], operations: ops.length, faults: ops.filter(isFault).length, recordings: 0 };
  try {
    const judge = createJudge(w);
    for (const [i, op] of ops.entries()) {
      await perform(op, w);
      await sim.pass(1_000);
      played.broken.push(...(await judge.look()).map((b) => `${b} (operation ${i + 1}, ${op.do})`));
      if (played.broken.length > 0) return played;
    }
    await w.heal();
    await settle(w);
    played.broken.push(...(await judge.look('last')), ...(await judgeEnd(w)));
    played.recordings = sim.agora.ledger().length;
    return played;
  } finally {
    await sim.close();
  }
}

async function settle({ sim }: World): Promise<void> {
  const now = () => sim.time.now();
  const quiet = async () =>
    [...(await sim.sessions()).values()].every(
      (s) => ((isEnded(s) && !s.salvage) || waitsInVain(s)) && s.outbox.length === 0 && s.strays.length === 0,
    );
  for (;;) {
    const sessions = [...(await sim.sessions()).values()];
    const last = Math.max(now(), ...sessions.filter((s) => !isEnded(s)).map((s) => s.stopAt));
    const end = last + uploadSettling;
    while (!(await quiet()) && now() < end) await sim.pass(Math.min(lookEvery, end - now()));
    await sim.pass(settling);
    // What was waited for in vain may have come, and a replacement may have begun while the others ended.
    if ((await quiet()) || (now() >= end && !(await moved()))) return;
  }

  async function moved(): Promise<boolean> {
    return [...(await sim.sessions()).values()].some((s) => !isEnded(s) && s.stopAt > now());
  }
}
