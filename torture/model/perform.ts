import { createRandom } from '../random.ts';
import { aStart, type HeldNotice } from '../simulation/simulation.ts';
import type { Endpoint, Operation } from './operation.ts';
import type { World } from './world.ts';

const minute = 60_000;
/** Most replicas at a time. */
const mostBots = 2;

/** What an Agora that fails answers; `after`: it does what it was asked all the same. */
const answers = {
  '404': { status: 404, body: { code: 404, reason: 'failed to find worker' } },
  '429': { status: 429, body: { message: 'Too many requests' } },
  '500': { status: 500, body: { code: 500, reason: 'internal_error' } },
  '503': { status: 503, body: {} },
  '504 done': { status: 504, body: { code: 504, reason: 'gateway timeout' }, after: true },
  '65 done': { status: 206, body: { code: 65, reason: 'request not completed' }, after: true },
} as const;

/** Lets it happen. What does not apply just now is nothing, as a click on a button that is gone. */
export async function perform(op: Operation, w: World): Promise<void> {
  const { sim } = w;
  const now = () => sim.time.now();
  switch (op.do) {
    case 'start':
      await Promise.all(inTwo(op).map((n) => start(op, n, w)));
      return;
    case 'stop': {
      const s = await w.live(op.room);
      if (s) await Promise.all(inTwo(op).map((n) => stop(s.id, n, w)));
      return;
    }
    case 'extend': {
      const s = await w.live(op.room);
      if (s) await Promise.all(inTwo(op).map((n) => extend(s.id, op.minutes, n, w)));
      return;
    }
    case 'layout': {
      const s = await w.live(op.room);
      const bot = w.bot(op.bot);
      if (s && bot) await w.ask(bot, (r) => r.change(s.id, { layout: { mixedVideoLayout: op.layout } }, 'U0ANA'));
      return;
    }
    case 'publish':
      sim.agora.setPublishers(op.room, op.people);
      return;
    case 'hold':
      sim.holdNotices(true);
      return;
    case 'deliver':
      sim.holdNotices(false);
      await deliver(op.order, op.lose, w);
      return;
    case 'replay': {
      const notice = sim.held[op.which % Math.max(1, sim.held.length)];
      if (notice) await bring(notice, op.newId ? `again-${now()}-${op.which}` : undefined, w);
      return;
    }
    case 'agora fails': {
      if (!makesSense(op.endpoint, op.how)) return;
      const { endpoint, times } = op;
      if (op.how === 'dropped' || op.how === 'answer lost')
        sim.agora.fault({ kind: 'drop', endpoint, times, after: op.how === 'answer lost' });
      else sim.agora.fault({ kind: 'answer', endpoint, times: op.how === '404' ? 1 : times, ...answers[op.how] });
      return;
    }
    case 'agora down':
      sim.agora.fault({ kind: 'http_500_on' });
      w.until(op.seconds * 1000, () => sim.agora.fault({ kind: 'http_500_off' }));
      return;
    case 'agora full':
      sim.agora.fault({ kind: 'capacity_full_on' });
      w.until(op.seconds * 1000, () => sim.agora.fault({ kind: 'capacity_full_off' }));
      return;
    case 'task': {
      const tasks = sim.agora.ledger().filter((t) => t.endedAt === undefined);
      const sid = tasks[op.which % Math.max(1, tasks.length)]?.sid;
      if (sid === undefined) return;
      // It takes another uid. Whoever has not heard its sid can then end it by neither: what it bills is bounded at Agora alone.
      if (op.what === 'failover' && ![...(await sim.sessions()).values()].some((s) => 'sid' in s && s.sid === sid))
        return;
      sim.agora.fault(op.what === 'slow_upload' ? { kind: op.what, sid, seconds: 60 } : { kind: op.what, sid });
      // A recorder that moves answers nothing meanwhile (Agora docs, high-availability FAQ).
      if (op.what === 'failover') w.troubles.add(now(), now() + 90_000);
      return;
    }
    case 'bucket':
      if (op.how === 'unreadable') sim.bucket.setReadable(false);
      else sim.bucket.setUploads(op.how);
      w.until(op.seconds * 1000, () => {
        sim.bucket.setReadable(true);
        sim.bucket.setUploads('stored');
      });
      return;
    case 'slack fails':
      sim.slack.failNext({ method: op.method, times: op.times, ...slackFailures[op.how] });
      return;
    case 'slack down':
      sim.slack.setDown(true);
      w.until(op.seconds * 1000, () => sim.slack.setDown(false));
      return;
    case 'store fails':
      w.store.failNext(op.how, op.times);
      return;
    case 'store frozen':
      w.store.freeze();
      w.until(op.seconds * 1000, w.store.thaw);
      return;
    case 'crash': {
      const bot = w.bot(op.bot);
      if (bot) w.crashAt(bot, op.calls, op.at);
      return;
    }
    case 'kill': {
      const bot = w.bot(op.bot);
      if (bot) w.kill(bot, op.downFor * 1000);
      return;
    }
    case 'replica':
      if (sim.bots.filter((b) => b.alive).length < mostBots) await w.startBot();
      return;
    case 'freeze': {
      const bot = w.bot(op.bot);
      if (!bot) return;
      bot.freeze(false);
      w.until(op.seconds * 1000, bot.thaw);
      return;
    }
    case 'sleep': {
      const bots = sim.bots.filter((b) => b.alive && !b.frozen());
      for (const bot of bots) bot.freeze(true);
      w.until(op.seconds * 1000, () => {
        for (const bot of bots) bot.thaw();
      });
      await sim.pass(op.seconds * 1000);
      return;
    }
    case 'clock': {
      const bot = w.bot(op.bot);
      if (!bot) return;
      bot.setClock(op.off);
      w.until(op.seconds * 1000, () => bot.setClock(0));
      return;
    }
    case 'pass':
      await sim.pass(op.seconds * 1000);
      return;
  }
}

const slackFailures = {
  limited: { status: 429, retryAfter: 3 },
  internal_error: { error: 'internal_error' },
  dropped: { dropRequest: true },
  'answer lost': { dropReplyAfterEffect: true },
} as const;

/** At which bots it is asked. */
function inTwo({ bot, twice }: { bot: number; twice: boolean }): number[] {
  return twice ? [bot, bot + 1] : [bot];
}

async function start(op: Extract<Operation, { do: 'start' }>, n: number, w: World): Promise<void> {
  const bot = w.bot(n);
  if (!bot) return;
  const wish: World['wishes'][number] = { room: op.room, asked: w.sim.time.now(), over: Infinity };
  w.wishes.push(wish);
  const answer = await w.ask(bot, (r) =>
    r.start(
      aStart(op.room, {
        duration: op.minutes * minute,
        maxDuration: 20 * minute,
        redundant: op.how === 'redundant',
        replace: op.how === 'replace' ? 2 : 0,
      }),
    ),
  );
  wish.over = w.sim.time.now();
  if (answer) wish.id = answer.kind === 'started' ? answer.session.id : null;
}

async function stop(id: string, n: number, w: World): Promise<void> {
  const bot = w.bot(n);
  if (!bot) return;
  const deed: World['stops'][number] = { id, asked: w.sim.time.now() };
  w.stops.push(deed);
  const answer = await w.ask(bot, (r) => r.stop(id, 'U0ANA'));
  if (answer && answer.kind !== 'unknown') deed.heard = w.sim.time.now();
}

async function extend(id: string, minutes: number, n: number, w: World): Promise<void> {
  const bot = w.bot(n);
  if (bot) await w.ask(bot, (r) => r.extend(id, minutes * minute, 'U0BEN'));
}

/** In another order; with `lose`, only every other one. Some come twice. */
async function deliver(order: number, lose: boolean, w: World): Promise<void> {
  const random = createRandom(order);
  const waiting = w.sim.held.splice(0).map((notice) => ({ notice, at: random() }));
  for (const [i, { notice }] of waiting.toSorted((a, b) => a.at - b.at).entries()) {
    if (lose && i % 2 === 1) continue;
    await bring(notice, undefined, w);
    if (random() < 0.3) await bring(notice, undefined, w);
    // To be replayed one day.
    w.sim.held.push(notice);
  }
}

/** Agora waits for an answer so long (Agora docs, notification center). Milliseconds. */
const noticePatience = 10_000;

async function bring(notice: HeldNotice, noticeId: string | undefined, { sim }: World): Promise<void> {
  let over = false;
  const end = () => {
    over = true;
  };
  sim.deliver(notice, noticeId).then(end, end);
  await sim.passUntil(() => over, noticePatience);
}

/** Whether Agora's real servers might answer so. A 404 that is no failover is seen for those that look for a worker. */
function makesSense(endpoint: Endpoint, how: Extract<Operation, { do: 'agora fails' }>['how']): boolean {
  if (how === '404') return endpoint === 'query' || endpoint === 'stop';
  if (how === '65 done') return endpoint === 'start' || endpoint === 'stop';
  return true;
}
