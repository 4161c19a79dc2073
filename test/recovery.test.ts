import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { startWorld, type World, type WorldOptions } from './support/start-world.ts';
import { until } from './support/until.ts';

/** The store is gone, and requests are not what they seem. */
let world: World;
afterEach(() => world.close());

const ana = { user: 'U0ANA', channel: 'C0CLASSES' };
const card = () => JSON.stringify(world.card('math-101')?.blocks);
const running = () => world.agora.ledger().filter((t) => t.endedAt === undefined);

async function record(options: WorldOptions = {}, extra = ''): Promise<void> {
  world = await startWorld(options);
  await world.slack.type({ ...ana, text: `/record start math-101 --for 30m ${extra}` });
  await later('a recording', () => /Recording\*/.test(card()));
}

/** Waits while the clock runs ten times as fast. */
async function later(what: string, look: () => boolean): Promise<void> {
  await until(what, async () => {
    if (look()) return true;
    world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  });
}

const click = (user = 'U0ANA') =>
  world.slack.click({ ...ana, user, message_ts: world.card('math-101')?.ts ?? '', action_id: 'stop_recording' });
const whispers = (user: string) =>
  world.slack
    .messages('C0CLASSES', user)
    .filter((m) => m.is_ephemeral)
    .map((m) => m.text)
    .join('\n');

describe('with the store wiped, the Stop button', () => {
  test.each([
    ['one recorder', '', 1],
    ['two recorders', '--redundant', 2],
  ])('still stops %s, and the files are posted', async (_what, extra, tasks) => {
    // A store in memory forgets all when the bot ends.
    await record({ env: { STORE_URL: 'memory:' } }, extra);
    await later('all record', () => tasks === 1 || /Part 2[^:]*: Recording/.test(card()));
    await world.restartBot();
    expect(await world.bot.recordings.recent(10)).toEqual([]);
    expect(running()).toHaveLength(tasks);
    await click();
    await later('nothing bills', () => running().length === 0);
    await until('a word to the person', () => /it is being stopped/.test(whispers('U0ANA')));
    await later('files', () => (tasks === 1 ? /Ready/ : /Part 1[^:]*: Ready.*Part 2[^:]*: Ready/).test(card()));
    for (const t of world.agora.ledger()) expect(card()).toContain(t.sid);
  });

  test('grants nothing: who may not stop is refused, and it goes on', async () => {
    await record({ env: { STORE_URL: 'memory:', RECORD_ALLOWED: 'U0ANA' } });
    await world.restartBot();
    await click('U0BEN');
    await until('a refusal', () => /Only these may do this/.test(whispers('U0BEN')));
    expect(running()).toHaveLength(1);
  });

  test('twice is once', async () => {
    await record({ env: { STORE_URL: 'memory:' } });
    await world.restartBot();
    await Promise.all([click(), click()]);
    await later('nothing bills', () => running().length === 0);
    expect(world.agora.requests.filter((r) => r.path.endsWith('/stop')).length).toBeLessThanOrEqual(2);
  });
});

describe('with the store wiped, and the channel recorded anew', () => {
  test('the old Stop button stops its own recording, also when Agora fails at first, and the new one goes on', async () => {
    await record({ env: { STORE_URL: 'memory:' } });
    const old = running()[0]?.sid;
    const button = { ...ana, message_ts: world.card('math-101')?.ts ?? '', action_id: 'stop_recording' };
    await world.restartBot();
    await world.slack.type({ ...ana, text: '/record start math-101 --for 30m' });
    await until('a second task', () => running().length === 2);
    world.agora.fault({ kind: 'answer', endpoint: 'stop', times: 3, status: 500, body: { code: 500 } });
    await world.slack.click(button);
    await later('the old one is stopped', () => running().length === 1);
    expect(running()[0]?.sid).not.toBe(old);
    await until('it is not followed any more', async () => {
      world.clock.advance(1_000);
      return (await world.bot.recordings.byChannelName('math-101'))?.strays.length === 0;
    });
    expect(await world.bot.recordings.byChannelName('math-101')).toMatchObject({ desired: 'recording' });
    expect(running()).toHaveLength(1);
  });
});

describe('requests in HTTP mode', () => {
  /** As Slack signs it (docs.slack.dev, verifying requests), with any date. */
  function send(body: string, seconds: number, secret = world.env.SLACK_SIGNING_SECRET ?? '') {
    const timestamp = String(Math.floor(world.clock.now() / 1000) + seconds);
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    return fetch(`${world.bot.url}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
      body,
    });
  }
  const command = (text: string, trigger: string) =>
    new URLSearchParams({
      command: '/record',
      text,
      user_id: 'U0ANA',
      team_id: 'T0SANDBOX',
      channel_id: 'C0CLASSES',
      trigger_id: trigger,
      response_url: `${world.slack.url}/nowhere`,
      api_app_id: 'A0SANDBOX',
    }).toString();

  test('from the past, from the future or with a wrong signature are refused; the same one twice is one', async () => {
    world = await startWorld({ httpMode: true });
    for (const seconds of [-301, 301, 86_400, 400_000_000]) {
      expect((await send(command('start math-101', '1.1.a'), seconds)).status).toBe(401);
    }
    expect((await send(command('start math-101', '1.1.a'), 0, 'not-the-secret')).status).toBe(401);
    expect(await world.bot.recordings.recent(10)).toEqual([]);
    const one = command('start math-101', '1.1.b');
    expect((await send(one, 0)).status).toBe(200);
    await until('a task', () => world.agora.ledger().length === 1);
    await world.slack.type({ ...ana, text: '/record stop math-101' });
    await later('nothing bills', () => running().length === 0);
    // Within Slack's window, and yet it was there already.
    expect((await send(one, 1)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(world.agora.ledger()).toHaveLength(1);
  });

  test('a command without its text is answered like one with nothing typed', async () => {
    world = await startWorld({ httpMode: true });
    const answer = await send(command('', '1.1.c').replace('text=&', ''), 0);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('/record start')]);
    expect(world.log.text()).not.toContain('failed');
  });
});
