import { StoreError } from '../recording/ports.ts';

/** A store that has not answered after this is down: people are waiting for the answer to a command. Milliseconds. */
const deadline = 1_500;

/** Fails with a StoreError when the store takes longer than `limit` milliseconds. */
export async function inTime<T>(work: Promise<T>, limit = deadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new StoreError('STORE_TIMEOUT', `The store did not answer within ${limit} ms.`)),
          limit,
        );
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
