import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { damaged, jsonAround } from './damaged.ts';
import { type OpenBot, openBot } from './open-bot.ts';
import { type Fuzz, together, tryAll, tryInBatches } from './try-all.ts';

const names = [
  'v',
  'id',
  'team',
  'channel',
  'by',
  'name',
  'profile',
  'project',
  'storage',
  'mode',
  'at',
  'stopAt',
  'tasks',
];
/** Bolt leaves what no listener takes unanswered for three seconds. */
const atOnce = 100;
const foreign = createSealer('the key of somebody else');

/** Values whose recording is not there, so that no right capsule can be in them: forged, cut, of another key. */
function strayValues({ kept }: OpenBot): fc.Arbitrary<string> {
  const [, sealed = ''] = kept.stopValue.split(' ');
  const text = Buffer.from(sealed, 'base64url').subarray(16).toString();
  return fc
    .oneof(
      fc.string({ unit: 'binary' }),
      damaged(kept.stopValue),
      damaged(sealed).map((s) => `gone-1 ${s}`),
      fc.constant(`gone-1 ${sealed}`),
      fc.constant(`gone-1 ${foreign.seal(text.replaceAll(kept.id, 'gone-1'))}`),
      jsonAround(names, fc.constantFrom<unknown>(1, 'gone-1', 'mix', [['gone-1', '1', 'r', 's', 1]])).map(
        (v) => `gone-1 ${foreign.seal(JSON.stringify(v) ?? '')}`,
      ),
      fc.constantFrom('', ' ', 'x'.repeat(5_000), `${kept.id}.9`, `${kept.id}\u0000`, '__proto__ x', 'session:x'),
    )
    .filter((value) => value.split(' ')[0] !== kept.id);
}

/**
 * Whatever a clicked button carries is answered, and stops nothing but the recording that it names; and nobody who may not stops that either,
 * with a button as good as it gets.
 */
export const fuzzButtons: Fuzz = async (how) => {
  const bot = await openBot();
  try {
    const before = await bot.wishes();
    const harm = async () => {
      if ((await bot.wishes()) !== before) return 'something was changed';
      return bot.world.agora.requests.some((r) => r.endpoint === 'stop')
        ? 'Agora was asked to stop something'
        : undefined;
    };
    const check = async (status: number) => {
      if (status !== 200) return `answered ${status}`;
      const harmed = await harm();
      if (harmed) return harmed;
      const trouble = bot.troubles().at(0);
      return trouble && `the bot had trouble: ${trouble.slice(0, 800)}`;
    };
    const actions = fc.constantFrom('stop_recording', 'extend_recording_1_h', 'new_link');
    const odd = await tryAll(
      'odd values of buttons',
      fc.tuple(strayValues(bot), actions),
      how,
      async ([value, action_id]) => {
        const action = { type: 'button', action_id, block_id: 'b', action_ts: '1.1', value };
        const { status } = await bot.click('', 'U0ANA', { actions: [action] });
        return check(status);
      },
    );
    const payloads = jsonAround(
      ['type', 'user', 'id', 'team_id', 'team', 'channel', 'container', 'message', 'actions', 'action_id', 'value'],
      fc.constantFrom<unknown>('block_actions', 'view_submission', 'U0ANA', 'stop_recording', bot.kept.id, 'button'),
    );
    const shapes = await tryInBatches('payloads that are no clicks', payloads, how, atOnce, async (payload) => {
      const { status } = await bot.slack(new URLSearchParams({ payload: JSON.stringify(payload) ?? '' }).toString());
      // Slack signed it, so a shape that Bolt trips over is Slack's mistake, and answered and logged as such.
      return [200, 400, 404, 500].includes(status) ? harm() : `answered ${status}`;
    });
    bot.troubles();
    const outsiders = fc.constantFrom('U0GIL', 'U0SAM', 'U0NOBODY');
    const fewer = { ...how, runs: Math.min(how.runs, 100) };
    const refused = await tryAll('clicks of people who may not', outsiders, fewer, async (user) =>
      check((await bot.click(bot.kept.stopValue, user)).status),
    );
    // And the same button in the right hands stops, or all of the above would show nothing.
    await bot.click(bot.kept.stopValue, 'U0BEN');
    for (let i = 0; i < 100 && bot.billed()?.endedAt === undefined; i++) await delay(50);
    const stopped = bot.billed()?.endedAt !== undefined;
    const violations = stopped ? [] : ['the right button did not stop the recording'];
    return together([odd, shapes, refused, { figures: [], violations }]);
  } finally {
    await bot.close();
  }
};
