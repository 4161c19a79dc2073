import { parentPort } from 'node:worker_threads';
import { type Batch, runBatch } from './run-batch.ts';

/** A thread that plays one batch after the other. */
parentPort?.on('message', (batch: Batch) => {
  void runBatch(batch).then((result) => parentPort?.postMessage(result));
});
