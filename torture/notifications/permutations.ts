import type { Session } from '../../src/recording/session.ts';
import type { Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { aStart, createSimulation, type HeldNotice, type Simulation } from '../simulation/simulation.ts';

const minute = 60_000;
/** Of more notifications the last ones are taken: those of the end, which say the most. */
const most = 6;

interface Story {
  name: string;
  /** Plays it while notifications are kept. */
  play(sim: Simulation, id: string, stop: () => Promise<unknown>): Promise<void>;
}

const sidOf = (sim: Simulation) => sim.agora.ledger()[0]?.sid ?? '';

/** What Agora has notifications for, each with its own. */
const stories: readonly Story[] = [
  {
    name: 'stopped by a person',
    async play(sim, _id, stop) {
      await sim.pass(minute);
      await stop();
      await sim.pass(1_000);
    },
  },
  {
    name: 'died by itself',
    async play(sim) {
      await sim.pass(minute);
      sim.agora.fault({ kind: 'recorder_dies', sid: sidOf(sim) });
      await sim.pass(1_000);
    },
  },
  {
    name: 'failed over, and stopped',
    async play(sim, _id, stop) {
      await sim.pass(minute);
      sim.agora.fault({ kind: 'failover', sid: sidOf(sim) });
      await sim.pass(2 * minute);
      await stop();
      await sim.pass(1_000);
    },
  },
  {
    name: 'uploaded by way of the backup',
    async play(sim, _id, stop) {
      await sim.pass(minute);
      sim.agora.fault({ kind: 'upload_to_backup', sid: sidOf(sim) });
      await sim.pass(minute);
      await stop();
      await sim.pass(3 * minute);
    },
  },
  {
    name: 'a bucket that refuses',
    async play(sim, _id, stop) {
      sim.bucket.setUploads('refused');
      await sim.pass(minute);
      await stop();
      await sim.pass(1_000);
    },
  },
];

/** Brings the notifications of each story in every order, with one of them twice, and looks at how it ends. */
export const permutations: Proof = {
  title: 'Notifications in any order',
  promise:
    'Every order of up to six notifications, each of them also twice, ends in the same state as the right order.',
  async run({ scale, seed = 1 }) {
    const random = createRandom(seed);
    const violations: string[] = [];
    const figures: [string, number | string][] = [];
    let total = 0;
    for (const [n, story] of stories.entries()) {
      const straight = await play(story, (held) => held);
      const orders = permute(straight.count);
      // The first story in every order in any case; of the others so many as there is time for.
      const step = scale === 'long' || n === 0 ? 1 : Math.max(1, Math.floor(orders.length / 60));
      for (let i = 0; i < orders.length; i += step) {
        const order = orders[i] ?? [];
        const again = Math.floor(random() * order.length);
        const at = again + Math.floor(random() * (order.length - again + 1));
        const full = [...order.slice(0, at), order[again] ?? 0, ...order.slice(at)];
        const { end } = await play(story, (held) => full.map((k) => held[k]).filter((h) => h !== undefined));
        total += 1;
        if (end !== straight.end)
          violations.push(`${story.name}, order ${full.join()}: ${end} and not ${straight.end}`);
      }
      figures.push([`${story.name}: notifications, orders`, `${straight.count}, ${Math.ceil(orders.length / step)}`]);
    }
    return { figures: [['orders played', total], ...figures, ['that ended otherwise', violations.length]], violations };
  },
};

/** Plays a story without telling the bot, then brings it what was kept in some order, and waits for the end. */
async function play(
  story: Story,
  arrange: (held: HeldNotice[]) => HeldNotice[],
): Promise<{ end: string; count: number }> {
  const sim = await createSimulation();
  try {
    const bot = await sim.startBot();
    sim.holdNotices(true);
    const { session } = await bot.recordings.start(aStart('math-101', { duration: 30 * minute }));
    await story.play(sim, session.id, () => bot.recordings.stop(session.id, 'U0ANA'));
    const last = sim.held.slice(-most);
    const seen = new Set<HeldNotice>();
    for (const notice of arrange(last)) {
      // The second time as Agora's redundant notifications do it: the same news under another id.
      await sim.deliver(notice, seen.has(notice) && last.indexOf(notice) % 2 === 0 ? `again-${seen.size}` : undefined);
      seen.add(notice);
    }
    sim.holdNotices(false);
    await sim.pass(5 * minute);
    const s = (await sim.sessions()).get(session.id);
    return { end: s ? pictureOf(s) : 'nothing', count: last.length };
  } finally {
    await sim.close();
  }
}

/** What counts of an end; ids and times differ from run to run. */
function pictureOf(s: Session): string {
  const files = s.files.map((f) => f.name.split('.').at(-1)).sort();
  return [
    s.state,
    s.failure?.kind ?? 'well',
    s.report?.verdict ?? 'not seen',
    `${files.length} files`,
    s.outbox.length,
  ].join(', ');
}

function permute(n: number): number[][] {
  if (n === 0) return [[]];
  return permute(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => [...p.slice(0, i), n - 1, ...p.slice(i)]));
}
