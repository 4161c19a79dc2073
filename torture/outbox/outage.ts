import type { Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { aStart, createSimulation } from '../simulation/simulation.ts';

const minute = 60_000;
const channels = ['C0CLASSES', 'C0OPS'];
const outage = 30 * minute;

/** Slack is away for half an hour in which many recordings are lost, and loses replies when it is back. */
export const slackOutage: Proof = {
  title: 'Half an hour without Slack',
  promise:
    'Every alert of the outage is delivered when Slack is back: in the order in which things went wrong, none twice, although replies get lost and Slack limits the rate.',
  async run({ scale, seed = 1 }) {
    const random = createRandom(seed);
    const many = scale === 'long' ? 1_000 : 200;
    const violations: string[] = [];
    const sim = await createSimulation({ notifications: true, slackRateLimits: false });
    try {
      const bot = await sim.startBot();
      for (let n = 0; n < many; n++) {
        const channel = channels[n % channels.length] ?? '';
        await bot.recordings.start(aStart(`room-${n}`, { channel, duration: 4 * 60 * minute }));
      }
      await sim.passUntil(
        async () => [...(await sim.sessions()).values()].every((s) => s.state === 'recording' && s.outbox.length === 0),
        30 * minute,
      );
      sim.slack.setDown(true);
      const deaths = [...sim.agora.ledger()].sort(() => random() - 0.5);
      for (const task of deaths) {
        sim.agora.fault({ kind: 'recorder_dies', sid: task.sid });
        await sim.pass(Math.floor((outage * 0.9) / many));
      }
      await sim.pass(outage * 0.1);
      const callsBefore = sim.slack.calls.length;
      sim.slack.setDown(false);
      // Some replies get lost on the way back, and Slack says no for a while.
      const lost = 10;
      for (let n = 0; n < lost; n++) sim.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
      sim.slack.failNext({ method: 'chat.postMessage', status: 429, retryAfter: 5 });
      const back = sim.time.now();
      await sim.passUntil(
        async () => [...(await sim.sessions()).values()].every((s) => s.outbox.length === 0),
        60 * minute,
      );
      const took = (sim.time.now() - back) / 1000;
      const posts = sim.slack.calls.slice(callsBefore).filter((c) => c.method === 'chat.postMessage' && c.ok);

      let told = 0;
      let messages = 0;
      for (const channel of channels) {
        const alerts = sim.slack.messages(channel, 'U0ANA').filter((m) => m.text.startsWith('Problem with'));
        messages += alerts.length;
        const order: number[] = [];
        const seen = new Map<string, number>();
        for (const m of alerts) {
          for (const name of JSON.stringify(m.blocks).match(/room-\d+/g) ?? []) {
            seen.set(name, (seen.get(name) ?? 0) + 1);
            order.push(deaths.findIndex((t) => t.cname === name));
          }
        }
        told += seen.size;
        for (const [name, times] of seen)
          if (times > 1) violations.push(`${name} was told ${times} times (seed ${seed})`);
        // The last few are told one by one, as each comes by.
        const sorted = order.slice(0, -5).every((at, i, all) => i === 0 || at >= (all[i - 1] ?? 0));
        if (!sorted)
          violations.push(`the order in ${channel} is not that of the deaths (seed ${seed}): ${order.join()}`);
      }
      if (told !== many) violations.push(`${many - told} of ${many} recordings were not told of (seed ${seed})`);
      return {
        figures: [
          ['recordings lost while Slack was away', many],
          ['alerts delivered', told],
          ['messages that told of them', messages],
          ['replies lost', lost],
          ['told twice', violations.filter((v) => v.includes('times')).length],
          ['posts after the outage', posts.length],
          ['all told after, s', took],
        ],
        violations,
      };
    } finally {
      await sim.close();
    }
  },
};
