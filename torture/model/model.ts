import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Proof } from '../proof.ts';
import type { Batch, BatchResult } from './run-batch.ts';

const histories = { bounded: 2_000, long: 100_000 };
/** So many histories come from one seed. */
const batchSize = 25;
/** A history that broke a promise is made shorter for so long, in the long run. Milliseconds. */
const shrinkFor = 120_000;
/** After so many that broke a promise no more are looked for. */
const enough = 5;

/** Histories by chance, from fast-check: what people do, and what goes wrong, in any order. */
export const model: Proof = {
  title: 'Histories by chance',
  promise:
    'Whatever people do and whatever goes wrong meanwhile with Agora, Slack, the store, notifications, processes and clocks, I1 to I8 hold after each step, and everything is settled once all is well again.',
  addsUp: true,
  async run({ scale, seed = 1, minutes = Number.POSITIVE_INFINITY }) {
    const count = Math.ceil(histories[scale] / batchSize);
    const batches = Array.from({ length: count }, (_, n) => ({
      seed: seed + n,
      histories: batchSize,
      ...(scale === 'long' ? { shrinkFor } : {}),
    }));
    const results = await playAll(batches, performance.now() + minutes * 60_000);
    const sum = (of: (r: BatchResult) => number) => results.reduce((all, r) => all + of(r), 0);
    return {
      figures: [
        ['histories', sum((r) => r.histories)],
        ['operations', sum((r) => r.operations)],
        ['of them faults', sum((r) => r.faults)],
        ['recorders started at Agora', sum((r) => r.recordings)],
      ],
      violations: results.flatMap(({ broken: b }) =>
        b ? [`${b.what} (seed ${b.seed}, path ${b.path}: ${JSON.stringify(b.operations)})`] : [],
      ),
    };
  },
};

/** A thread for each processor, each taking the next batch when it is done with one. Takes none after `end`, ms as of performance.now(). */
async function playAll(batches: readonly Batch[], end: number): Promise<BatchResult[]> {
  const left = [...batches];
  const results: BatchResult[] = [];
  const threads = Array.from({ length: Math.min(availableParallelism(), batches.length) }, async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      for (let batch = left.shift(); batch; batch = left.shift()) {
        worker.postMessage(batch);
        const [result] = (await once(worker, 'message')) as [BatchResult];
        results.push(result);
        if (results.filter((r) => r.broken).length >= enough || performance.now() > end) left.length = 0;
      }
    } finally {
      await worker.terminate();
    }
  });
  await Promise.all(threads);
  return results;
}
