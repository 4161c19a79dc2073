import { setTimeout as delay } from 'node:timers/promises';
import type { Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { type Call, countRepeats, type Trouble } from './call-log.ts';
import { events, happen } from './events.ts';
import type { Wanted } from './judge-recording.ts';
import { createPeople, judge, waitForEnds } from './people.ts';
import { createRig, type Rig, waitFor } from './rig.ts';

/** How a run is played; times in ms of the real clock. */
interface Play {
  recordings: number;
  events: number;
  length: number;
  /** Between two events, on average. */
  pause: number;
  /** Recordings of one bot beside it that nobody disturbs. */
  control: number;
}

const bounded: Play = { recordings: 10, events: 5, length: 45_000, pause: 5_000, control: 3 };
const long: Play = { recordings: 200, events: 100, length: 8 * 60_000, pause: 5_000, control: 5 };
/**
 * A turn of a process that is frozen or dead comes to the other one within 20 s, one that the queue lost is missed within a minute; then a stop has
 * still to be made.
 */
const lateness = 75_000;
/** What may be asked of Agora beyond what an undisturbed bot asks. */
const mostCalls = 1.02;

/** Two bots as real processes on one real Redis, while processes, Redis and the way to it break. */
export const processes: Proof = {
  title: 'Real processes',
  promise:
    'Two replicas on one Redis, killed, frozen, restarted and with wrong clocks at random, with Redis killed, frozen, cut off, flushed and set back too: no recorder is left behind, no stop is missed or early, every recording says how it ended, and no call to Agora is repeated but for its lost answer.',
  async run({ scale, seed = 1 }) {
    const play = scale === 'long' ? long : bounded;
    const [rig, quiet] = await Promise.all([createRig(2), createRig(1)]);
    try {
      const [evidence, control] = await Promise.all([torment(rig, play, seed), undisturbed(quiet, play)]);
      return weigh(evidence, control, seed);
    } finally {
      await Promise.all([rig.close(), quiet.close()]);
    }
  },
};

/** What one bot that nobody disturbs asks of Agora for one such recording. */
async function undisturbed(rig: Rig, play: Play) {
  await rig.start(0);
  await waitFor(() => rig.ready(0), 60_000);
  const wanted = await createPeople(rig, play.length).start(play.control, 1_000);
  await untilAllEnd(wanted, play);
  await waitForEnds(rig, wanted);
  const count = (endpoint: string) => rig.calls.all.filter((c) => c.endpoint === endpoint).length / wanted.length;
  return { queries: count('query'), others: rig.calls.all.length / wanted.length - count('query') };
}

/** Waits until the last of them is due. */
async function untilAllEnd(wanted: readonly Wanted[], play: Play): Promise<void> {
  await delay(Math.max(0, ...wanted.flatMap((w) => w.asks.map((at) => at + play.length - Date.now()))));
}

async function torment(rig: Rig, play: Play, seed: number) {
  const random = createRandom(seed);
  const violations: string[] = [];
  const happened = new Map<string, number>();
  const troubles: Trouble[] = [];
  await Promise.all([rig.start(0), rig.start(1)]);
  const both = async () => (await rig.ready(0)) && (await rig.ready(1));
  if (!(await waitFor(both, 60_000))) violations.push('the bots did not start');

  const people = createPeople(rig, play.length);
  // Beginnings and ends fall among the events, which take about as long as the pauses between them.
  const asking = people.start(play.recordings, (play.events * play.pause * 1.5) / play.recordings);
  // Each kind once before any comes twice, so that a short run has seen as many as it can.
  let left: string[] = [];
  for (let n = 0; n < play.events; n++) {
    await delay(play.pause * (0.5 + random()));
    if (left.length === 0) left = Object.keys(events);
    const [what = ''] = left.splice(Math.floor(random() * left.length), 1);
    happened.set(what, (happened.get(what) ?? 0) + 1);
    troubles.push(await happen(what, { rig, people, place: random() < 0.5 ? 0 : 1 }));
  }
  const wanted = await asking;
  await untilAllEnd(wanted, play);
  await waitFor(() => rig.agora.ledger().every((t) => t.endedAt !== undefined), lateness);
  await waitForEnds(rig, wanted);
  const judged = judge(rig, wanted, { length: play.length, lateness });
  violations.push(...judged.violations, ...people.failed.map((name) => `${name} could not be started`));
  if (violations.length > 0) process.stderr.write(`${rig.output().slice(-20_000)}\n`);
  return { wanted, violations, happened, troubles, judged, rig };
}

function weigh(
  run: Awaited<ReturnType<typeof torment>>,
  control: Awaited<ReturnType<typeof undisturbed>>,
  seed: number,
): Awaited<ReturnType<Proof['run']>> {
  const { wanted, happened, troubles, judged, rig } = run;
  const n = wanted.length;
  const made = (is: (c: Call) => boolean) => rig.calls.all.filter(is).length;
  const needed = n * (control.queries + control.others);
  const { forced, needless } = countRepeats(rig.calls.all, troubles);
  const against = (repeated: number) => (needed + repeated) / needed;
  const violations = [...run.violations];
  if (against(needless.length) > mostCalls) {
    const which = needless.map((c) => `${c.endpoint} of ${c.cname} by bot ${c.place}`).join(', ');
    violations.push(
      `calls to Agora were repeated for no lost answer, where ${Math.round(needed)} were needed: ${which}`,
    );
  }
  return {
    figures: [
      ['recordings', n],
      ['events', [...happened].map(([what, times]) => `${times} x ${what}`).join(', ')],
      ['recorders left behind', judged.left],
      ['latest stop, s', judged.latest / 1000],
      ['processes that ended by themselves', rig.exits.length],
      ['tasks for a recording', rig.agora.ledger().length / n],
      ['acquire, start and stop for a recording', made((c) => c.endpoint !== 'query') / n],
      ['the same of a bot that nobody disturbs', control.others],
      ['queries for a recording', made((c) => c.endpoint === 'query') / n],
      ['the same of a bot that nobody disturbs ', control.queries],
      ['calls repeated because their answer was lost with a process or the store', forced.length],
      ['calls repeated for no such reason', needless.length],
      ['calls needed and repeated, against those needed', against(forced.length + needless.length)],
      ['the same without lost answers', against(needless.length)],
      ['calls made, against those needed of bots that are never down', rig.calls.all.length / needed],
    ],
    violations: violations.map((v) => `${v} (seed ${seed})`),
  };
}
