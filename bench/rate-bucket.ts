import { createRateBucket } from '../src/agora/rate-bucket.ts';

/** How much of Agora's quota a backlog gets, and how long a person's stop waits behind it: 60 s of virtual time at 10 requests a second. */
export async function rateBucketFigures(): Promise<{ used: number; mostInASecond: number; longestWait: number }> {
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
