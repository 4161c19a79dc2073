import type { Evidence, Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { type CrashPoint, drive, type Flow, type Position } from './drive.ts';
import { flows } from './flows.ts';

const positions: readonly Position[] = ['before', 'after the effect', 'after the reply'];
/** `npm test` tries one call in so many of each flow, beginning with another one in each; all positions of each. */
const boundedStride = 18;
/** So many pairs of crashes of each flow are tried in the long run. */
const longPairs = 60;

/** Dies at each call of each flow, before it, after its effect, and after its reply. */
export const crashPoints: Proof = {
  title: 'Crash points',
  promise:
    'Wherever the process dies, and is started again, every task is stopped in time, every recording ends with its files or the reason why there are none, and nobody is left without an alert.',
  async run({ scale, seed = 1 }) {
    const violations: string[] = [];
    let points = 0;
    let pairs = 0;
    let possible = 0;
    const random = createRandom(seed);
    for (const [i, flow] of flows.entries()) {
      const { broken, calls, from } = await drive(flow, []);
      violations.push(...broken.map((b) => `${flow.name}: without a crash: ${b}`));
      possible += (calls.length - from + 1) * positions.length;
      const stride = (scale === 'long' ? 1 : boundedStride) * (flow.sparse ?? 1);
      for (let call = from + ((i * 4) % stride); call <= calls.length; call += stride) {
        for (const position of positions) {
          points += 1;
          violations.push(...(await tryPoint(flow, [{ call, position }], calls)));
        }
      }
      if (scale === 'bounded') continue;
      for (let n = 0; n < longPairs / (flow.sparse ?? 1); n++) {
        const pick = (): CrashPoint => ({
          call: from + Math.floor(random() * (calls.length - from + 1)),
          position: positions[Math.floor(random() * positions.length)] ?? 'before',
        });
        pairs += 1;
        violations.push(...(await tryPoint(flow, [pick(), pick()], calls)));
      }
    }
    const figures: [string, number][] = [
      ['flows', flows.length],
      ['crash points there are', possible],
      ['crash points tried', points],
      ['pairs of crashes tried', pairs],
      ['survived', points + pairs - new Set(violations.map((v) => v.split(': ').slice(0, 2).join())).size],
    ];
    return { figures, violations } satisfies Evidence;
  },
};

async function tryPoint(flow: Flow, crashes: CrashPoint[], calls: readonly string[]): Promise<string[]> {
  const { broken } = await drive(flow, crashes);
  const where = crashes.map((c) => `call ${c.call} (${calls[c.call - 1]}) ${c.position}`).join(' and ');
  return broken.map((b) => `${flow.name}: ${where}: ${b}`);
}
