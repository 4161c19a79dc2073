import { createRateBucket } from '../src/agora/rate-bucket.ts';

/** Prints {@link rateBucketFigures}. */
export async function rateBucket(say: (line: string) => void): Promise<void> {
  const { used, mostInASecond, longestWait } = await rateBucketFigures();
  say(
    `rate bucket under a backlog (virtual time): ${(used * 100).toFixed(1)} % of the quota used, at most ${mostInASecond} of 10 calls in a second, a person waits ${longestWait.toFixed(0)} ms at most`,
  );
}

/** How much of Agora's quota a backlog gets, and how long a person's stop waits behind it: 60 s of virtual time at 10 requests a second. */
async function rateBucketFigures(): Promise<{ used: number; mostInASecond: number; longestWait: number }> {
  let time = 0;
  const now = () => time;
  const sleep = async (ms: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    time += ms;
  };
  const bucket = createRateBucket({ qps: 10, now, sleep });
  const calls: number[] = [];
  const waits: number[] = [];
  const backlog = Array.from({ length: 560 }, () => bucket.take('health').then(() => calls.push(now())));
  while (calls.length < 550) {
    const asked = now();
    await bucket.take('person');
    calls.push(now());
    waits.push(now() - asked);
    const next = calls.length + 11;
    while (calls.length < Math.min(next, 550)) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(backlog);
  const busiest = calls.map((t) => calls.filter((x) => x >= t && x < t + 1000).length);
  return {
    used: calls.length / (now() / 1000) / 10,
    mostInASecond: Math.max(...busiest),
    longestWait: Math.max(...waits),
  };
}
