import { brokenAtTheEnd } from '../simulation/invariants.ts';
import { waitsInVain } from './waits-in-vain.ts';
import type { World } from './world.ts';

/** How late a stop may be when nothing was in its way any more: what was tried last is tried again, and others take over within a minute. Ms. */
const grace = 150_000;

/** What must hold when all is well again and what was to come has come. */
export async function judgeEnd(w: World): Promise<string[]> {
  const { sim, troubles } = w;
  const started = new Map<string, { channelName: string; at: number }>();
  for (const { id, room, asked } of w.wishes) if (id) started.set(id, { channelName: room, at: asked });
  const first = (times: [string, number][]) => new Map(times.toSorted((a, b) => b[1] - a[1]));
  const broken = await brokenAtTheEnd(
    sim,
    {
      started,
      stopped: first(w.stops.map((s) => [s.id, s.asked])),
      heard: first(w.stops.flatMap((s) => (s.heard === undefined ? [] : [[s.id, s.heard] as [string, number]]))),
    },
    (due, ended) => grace + troubles.between(due, ended),
  );
  const waiting = [...(await sim.sessions()).values()].filter(waitsInVain);
  return broken.filter((b) => !waiting.some((s) => b === `I2: ${s.id} of ${s.channelName} is still uploading`));
}
