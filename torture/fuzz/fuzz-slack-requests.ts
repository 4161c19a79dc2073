import fc from 'fast-check';
import { damaged } from './damaged.ts';
import { openBot } from './open-bot.ts';
import { type Fuzz, together, tryAll, tryInBatches } from './try-all.ts';

/** Bolt leaves what no listener takes unanswered for three seconds. */
const atOnce = 100;

const body = (trigger: string, text: string) =>
  new URLSearchParams({
    team_id: 'T0SANDBOX',
    channel_id: 'C0CLASSES',
    user_id: 'U0ANA',
    command: '/record',
    text,
    api_app_id: 'A0SANDBOX',
    response_url: 'http://127.0.0.1:9/',
    trigger_id: trigger,
  }).toString();

/** Requests as Slack's that are not from now, not from Slack, or here a second time, and bodies that are no payloads: none of them does a thing. */
export const fuzzSlackRequests: Fuzz = async (how) => {
  const bot = await openBot();
  try {
    const before = await bot.wishes();
    const seconds = () => Math.floor(bot.world.clock.now() / 1000);
    const unchanged = async () => ((await bot.wishes()) === before ? undefined : 'something was changed');
    const start = body('once.0', 'start math-1 --for 30m');

    const away = fc.oneof(
      fc.integer({ min: 303, max: 1e9 }),
      fc.integer({ min: -1e9, max: -303 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
    );
    const dated = await tryAll('requests dated before or after now', away, how, async (by) => {
      const { status } = await bot.slack(start, { at: seconds() + by });
      return status === 401 ? unchanged() : `answered ${status}`;
    });

    const signatures = fc.oneof(
      damaged(`v0=${'a'.repeat(64)}`).filter((s) => /^[\x20-\x7e]*$/.test(s)),
      fc.constantFrom('', 'v0=', 'v1=0', `v0=${'0'.repeat(64)}`),
    );
    const forged = await tryAll('requests that Slack did not sign', signatures, how, async (signature) => {
      const { status } = await bot.slack(start, { signature });
      return status === 401 ? unchanged() : `answered ${status}`;
    });

    const types = fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'text/plain');
    const bodies = fc.oneof(
      damaged(start).filter((t) => !t.includes('command=%2Frecord&')),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        'payload',
        'payload=',
        'payload=null',
        'payload=[]',
        'payload=%7B',
        'ssl_check=1',
        '{}',
        '[]',
        'null',
      ),
      fc.json(),
      fc.json().map((json) => `payload=${encodeURIComponent(json)}`),
      fc.constant('payload=%22'.repeat(20_000)),
    );
    const odd = await tryInBatches(
      'bodies that are no payloads',
      fc.tuple(bodies, types),
      how,
      atOnce,
      async ([text, type]) => {
        const { status } = await bot.slack(text, { type });
        // Slack signed it, so a shape that Bolt trips over is Slack's mistake, and answered as such.
        return status <= 500 ? unchanged() : `answered ${status}`;
      },
    );

    // Last, because here something is changed once.
    const again = fc.array(fc.constantFrom(0, 1, 2, 3), { minLength: 2, maxLength: 6 });
    let series = 0;
    const fewer = { ...how, runs: Math.min(how.runs, 40) };
    const replayed = await tryAll('requests that come again', again, fewer, async (which) => {
      series += 1;
      const name = `again-${series}`;
      const requests = [0, 1, 2, 3].map((n) => body(`${name}.${n}`, `extend ${bot.kept.channelName} 1m`));
      const stopAt = async () => (await bot.world.bot.recordings.get(bot.kept.id))?.stopAt ?? 0;
      const from = await stopAt();
      await Promise.all(which.map((n) => bot.slack(requests[n] ?? '')));
      const minutes = ((await stopAt()) - from) / 60_000;
      const most = new Set(which).size;
      return minutes === most ? undefined : `${most} requests extended by ${minutes} minutes`;
    });
    const violations = bot.troubles().slice(0, 3);
    return together([dated, forged, odd, replayed, { figures: [], violations }]);
  } finally {
    await bot.close();
  }
};
