import type { Proof } from '../proof.ts';
import { createPeople, judge, waitForEnds } from './people.ts';
import { createRig, type Rig, waitFor } from './rig.ts';

/** Times in ms of the real clock. */
const bounded = { recordings: 12, rounds: 2, length: 60_000 };
const long = { recordings: 200, rounds: 20, length: 6 * 60_000 };
/** All stops are due within a short while, and each is a call that Agora holds until the files are there. Milliseconds. */
const lateness = 10_000;

/** A deploy: each replica in turn gets SIGTERM, and the next one only when the new process is ready. */
export const rolling: Proof = {
  title: 'Rolling restarts',
  promise:
    'Replicas are restarted one after the other while recordings begin, run and end, and nobody notices: no alert, no message twice, no stop late or early, no call to Agora twice.',
  async run({ scale, seed = 1 }) {
    const play = scale === 'long' ? long : bounded;
    const rig = await createRig(2);
    try {
      return await deploy(rig, play, seed);
    } finally {
      await rig.close();
    }
  },
};

async function deploy(rig: Rig, play: typeof bounded, seed: number) {
  const violations: string[] = [];
  await Promise.all([rig.start(0), rig.start(1)]);
  const bothReady = async () => (await rig.ready(0)) && (await rig.ready(1));
  if (!(await waitFor(bothReady, 60_000))) violations.push('the bots did not start');
  // They begin during the first half of the restarts and end after the last ones.
  const people = createPeople(rig, play.length);
  const asking = people.start(play.recordings, play.length / 2 / play.recordings);
  let slowest = 0;
  for (let n = 0; n < play.rounds * 2; n++) {
    const asked = Date.now();
    await rig.end(n % 2, 'SIGTERM');
    slowest = Math.max(slowest, Date.now() - asked);
    await rig.start(n % 2);
    if (!(await waitFor(() => rig.ready(n % 2), 60_000))) violations.push(`bot ${n % 2} did not come back`);
    // The other one goes only when this one is heard by Slack.
    if (!(await waitFor(() => rig.slack.connections === 4, 60_000))) violations.push('Slack was not reached again');
  }
  const wanted = await asking;
  const lastEnd = Math.max(...wanted.flatMap((w) => w.asks)) + play.length;
  await waitFor(() => Date.now() > lastEnd, lastEnd - Date.now() + 60_000);
  await waitForEnds(rig, wanted);
  const judged = judge(rig, wanted, { length: play.length, lateness });
  violations.push(...judged.violations, ...rig.exits, ...people.failed.map((name) => `${name} could not be started`));

  const ofBot = (channel: string) => rig.slack.messages(channel, 'U0ANA').filter((m) => m.is_app && !m.is_ephemeral);
  const [said, operators] = [ofBot('C0CLASSES'), ofBot('C0OPS')];
  const seen = new Map<string, number>();
  for (const m of said) {
    const key = `${m.thread_ts ?? ''} ${m.text}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const twice = [...seen].filter(([, times]) => times > 1);
  for (const [key] of twice) violations.push(`said twice: ${key}`);
  const alerts = [...said.filter((m) => m.text.startsWith('Problem with')), ...operators];
  for (const m of alerts) violations.push(`an alert: ${m.text}`);
  const per = (endpoint: string) => rig.calls.all.filter((c) => c.endpoint === endpoint).length / wanted.length;
  for (const endpoint of ['acquire', 'start', 'stop']) {
    if (per(endpoint) !== 1) violations.push(`${per(endpoint)} calls of ${endpoint} for a recording`);
  }
  if (violations.length > 0) process.stderr.write(`${rig.output().slice(-20_000)}\n`);
  return {
    figures: [
      ['recordings', wanted.length],
      ['restarts', play.rounds * 2],
      ['slowest end of a process, s', slowest / 1000],
      ['recorders left behind', judged.left],
      ['latest stop, s', judged.latest / 1000],
      ['messages', said.length],
      ['messages said twice', twice.length],
      ['alerts', alerts.length],
      ['acquire, start and stop for a recording', per('acquire') + per('start') + per('stop')],
    ] as const,
    violations: violations.map((v) => `${v} (seed ${seed})`),
  };
}
