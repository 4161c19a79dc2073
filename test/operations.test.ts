import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBot } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { withConnection } from './store/own-connection.ts';
import { readExposition, type Sample } from './support/read-exposition.ts';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** What operators see of a bot at work: metrics, readiness, and a monitor that is called while all is well. */
let world: World;
let monitor: Server;
let beats: string[];
let answer: number;
beforeEach(async () => {
  beats = [];
  answer = 200;
  monitor = createServer((req, res) => {
    beats.push(req.url ?? '');
    res.writeHead(answer).end();
  });
  await new Promise<void>((resolve) => monitor.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await world.close();
  monitor.close();
  monitor.closeAllConnections();
});
const monitorUrl = () => `http://127.0.0.1:${(monitor.address() as AddressInfo).port}/ping/canary-of-the-monitor`;

async function record(name: string): Promise<void> {
  await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: `/record start ${name} --for 30m` });
  await until('a task', () => world.agora.ledger().some((t) => t.cname === name));
  world.clock.advance(6_000);
  await world.shown(new RegExp(`^Recording of ${name}.*: Recording\\.`));
}
const scrape = async (): Promise<Sample[]> => readExposition(await (await fetch(`${world.bot.url}/metrics`)).text());
const one = (samples: Sample[], name: string, labels: Record<string, string> = {}): number =>
  samples
    .filter((s) => s.name === name && Object.entries(labels).every(([k, v]) => s.labels[k] === v))
    .reduce((sum, s) => sum + s.value, 0);
const readiness = async () => {
  const response = await fetch(`${world.bot.url}/readyz`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('GET /metrics', () => {
  test('counts what was done since the start, and says how things stand', async () => {
    world = await startWorld();
    await record('math-101');
    await fetch(`${world.bot.url}/some/secret/path`);
    world.clock.advance(11_000);
    const samples = await scrape();
    expect(one(samples, 'recorder_sessions', { state: 'recording' })).toBe(1);
    expect(one(samples, 'recorder_overdue_seconds')).toBe(0);
    expect(one(samples, 'recorder_outbox_messages')).toBe(0);
    const asked = { port: 'recorder', operation: 'start', outcome: 'done' };
    expect(one(samples, 'recorder_port_duration_seconds_count', asked)).toBe(1);
    expect(one(samples, 'recorder_port_duration_seconds_count', { port: 'store' })).toBeGreaterThan(10);
    expect(one(samples, 'recorder_port_duration_seconds_count', { port: 'announcer', outcome: 'ok' })).toBeGreaterThan(
      0,
    );
    expect(one(samples, 'agora_bucket_wait_seconds_count', { priority: 'start' })).toBeGreaterThanOrEqual(2);
    const agora = { url_template: 'acquire', http_response_status_code: '200' };
    expect(one(samples, 'http_client_request_duration_seconds_count', agora)).toBe(1);
    const slack = { url_template: 'chat.postMessage', http_response_status_code: '200' };
    expect(one(samples, 'http_client_request_duration_seconds_count', slack)).toBeGreaterThan(0);
    const lost = { http_route: 'none', http_response_status_code: '404' };
    expect(one(samples, 'http_server_request_duration_seconds_count', lost)).toBe(1);
    expect(Date.now() / 1000 - one(samples, 'recorder_last_sweep_timestamp_seconds')).toBeLessThan(600);
  });

  test('no label names a channel, a person or a recording, and there are no more series for more recordings', async () => {
    world = await startWorld();
    await record('math-101');
    const id = (await world.bot.recordings.byChannelName('math-101'))?.id ?? '';
    const before = (await scrape()).length;
    for (const name of ['physics', 'chemistry', 'history']) await record(name);
    world.clock.advance(11_000);
    const samples = await scrape();
    expect(samples.length).toBeLessThan(before * 1.5);
    const labels = JSON.stringify(samples.map((s) => s.labels));
    const task = world.agora.ledger()[0];
    for (const private_ of ['math-101', 'U0ANA', 'C0CLASSES', id, task?.uid ?? '-', task?.sid ?? '-', 'secret']) {
      expect(labels).not.toContain(private_);
    }
  });
});

describe('GET /readyz', () => {
  test('says how the parts stand', async () => {
    world = await startWorld();
    await record('math-101');
    await until('all is said', async () => {
      world.clock.advance(11_000);
      return (await readiness()).body.outbox_messages === 0;
    });
    await until('a sweep', async () => (await readiness()).status === 200);
    expect(await readiness()).toMatchObject({
      status: 200,
      body: { status: 'ready', problems: [], warnings: [], store: 'works', slack: 'connected', outbox_messages: 0 },
    });
  });

  test('a store that takes no writes is a problem until it takes them again, and all else is said all the same', async () => {
    const { opened, sqlite } = await withConnection(() => startWorld());
    world = opened;
    await record('math-101');
    await until('ready', async () => (await readiness()).status === 200);
    sqlite.exec('PRAGMA query_only = 1');
    expect(await readiness()).toMatchObject({
      status: 503,
      body: { problems: ['the store takes no writes'], store: 'takes no writes', outbox_messages: expect.any(Number) },
    });
    sqlite.exec('PRAGMA query_only = 0');
    await until('ready again', async () => (await readiness()).status === 200);
  });

  test('messages that Slack does not take are a warning, and recordings go on', async () => {
    world = await startWorld();
    await record('math-101');
    world.slack.setDown(true);
    world.clock.advance(25 * 60_000);
    await until('a message waits', async () => Number((await readiness()).body.outbox_messages) > 0);
    world.clock.advance(6 * 60_000);
    await until('the warning', async () => JSON.stringify((await readiness()).body.warnings).includes('messages wait'));
    // A clock that leaps makes the last sweep look old, until the next one.
    await until('ready all the same', async () => (await readiness()).status === 200);
    world.slack.setDown(false);
  });

  test('a token that was taken back is a problem, until Slack lets the app in again', async () => {
    world = await startWorld();
    await record('math-101');
    world.slack.revokeToken('bot');
    world.clock.advance(25 * 60_000);
    await until('not ready', async () => {
      world.clock.advance(1_000);
      const { status, body } = await readiness();
      return status === 503 && JSON.stringify(body.problems).includes('account_inactive');
    });
    world.clock.advance(6 * 60_000);
    await until('the task is stopped all the same', () => world.agora.ledger()[0]?.endedAt !== undefined);
    world.slack.restoreToken('bot');
    await until('ready again', async () => {
      world.clock.advance(10_000);
      return (await readiness()).status === 200;
    });
  });

  test('an app-level token that was taken back is a problem, until Slack takes it again', async () => {
    world = await startWorld();
    world.slack.revokeToken('app');
    // The other one is still heard: said before the bot is deaf.
    world.slack.refreshConnections('refresh_requested', 1);
    await until('not ready', async () => {
      const { status, body } = await readiness();
      return status === 503 && JSON.stringify(body.problems).includes('refuses SLACK_APP_TOKEN (invalid_auth)');
    });
    expect(world.slack.connections).toBe(1);
    world.slack.restoreToken('app');
    await until('ready again', async () => (await readiness()).status === 200);
  });

  test('no connection to Slack is a problem until there is one again', async () => {
    world = await startWorld();
    world.slack.setDown(true);
    world.slack.dropConnections();
    await until('not ready', async () => {
      const { status, body } = await readiness();
      return status === 503 && JSON.stringify(body.problems).includes('Slack is not connected');
    });
    world.slack.setDown(false);
    await until('ready again', async () => (await readiness()).status === 200);
  });

  test('a token that is refused at a restart: what records is looked after all the same, and only without any is it the end', async () => {
    const path = `sqlite:/tmp/agora-recording-test-${process.pid}-${Date.now()}.sqlite`;
    world = await startWorld({ env: { STORE_URL: path } });
    await record('math-101');
    await world.bot.stop();
    world.slack.revokeToken('bot');
    const ends: unknown[] = [];
    const read = readConfig(world.env);
    if (!read.ok) throw new Error(read.problems.join());
    const { now } = world.clock;
    const restart = async () => startBot(read.config, { log: world.log.log, now, onFatal: (e) => ends.push(e) });
    world.bot = await restart();
    await until('not ready', async () => {
      const { status, body } = await readiness();
      return status === 503 && /refuses the app/.test(JSON.stringify(body));
    });
    world.clock.advance(31 * 60_000);
    await until('the task is stopped', () => world.agora.ledger()[0]?.endedAt !== undefined);
    expect(ends).toEqual([]);
    world.slack.restoreToken('bot');
    await until('ready again', async () => {
      world.clock.advance(1_000);
      return (await readiness()).status === 200;
    });
    await until('all is told', () => /Ready/.test(world.card('math-101')?.text ?? ''));
    await world.bot.stop();
    world.slack.revokeToken('bot');
    world.bot = await restart();
    await until('the end', () => ends.length === 1);
  });
});

describe('HEARTBEAT_URL', () => {
  test('is called once a minute while all is well', async () => {
    world = await startWorld({ env: { HEARTBEAT_URL: monitorUrl() } });
    await until('the first call', () => beats.length === 1);
    world.clock.advance(30_000);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(beats).toHaveLength(1);
    world.clock.advance(31_000);
    await until('the next call', () => beats.length === 2);
    expect(beats[0]).toBe('/ping/canary-of-the-monitor');
  });

  test('is not called while a stop is late', async () => {
    world = await startWorld({ env: { HEARTBEAT_URL: monitorUrl() } });
    await record('math-101');
    await until('the first call', () => beats.length === 1);
    world.agora.fault({ kind: 'http_500_on' });
    world.clock.advance(32 * 60_000);
    await until('it is logged', () => world.log.text().includes('A stop is late'));
    const before = beats.length;
    world.clock.advance(61_000);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(beats.length).toBe(before);
    world.agora.fault({ kind: 'http_500_off' });
    await until('all is well again', () => {
      world.clock.advance(2_000);
      return beats.length > before;
    });
  });

  test('is called although a record cannot be read, which is told once, and warned of until it was looked after', async () => {
    const env = { HEARTBEAT_URL: monitorUrl(), ALERT_CHANNEL: 'C0OPS' };
    const { opened, sqlite } = await withConnection(() => startWorld({ env }));
    world = opened;
    await record('math-101');
    const id = (await world.bot.recordings.byChannelName('math-101'))?.id;
    const key = `rec:session:${id}`;
    const whole = sqlite.prepare('SELECT value FROM keyv WHERE key = ?').get(key)?.value ?? null;
    const put = (text: typeof whole) => sqlite.prepare('UPDATE keyv SET value = ? WHERE key = ?').run(text, key);
    const nextCall = async () => {
      const before = beats.length;
      world.clock.advance(61_000);
      await until('a call', () => beats.length > before);
    };
    const warned = async () => {
      const { body } = await readiness();
      return [body.unreadable_records, JSON.stringify(body.warnings).includes('stored recordings cannot be read')];
    };
    put('damaged');
    for (let minute = 0; minute < 3; minute++) await nextCall();
    expect(await warned()).toEqual([1, true]);
    const said = world.log.text();
    expect(said).not.toContain('had lost their turn');
    expect(said.split('A stored recording cannot be read')).toHaveLength(2);
    const alerts = () => world.slack.messages('C0OPS', 'U0ANA').filter((m) => m.text.includes('cannot be read'));
    expect(alerts()).toHaveLength(1);
    put(whole);
    world.clock.advance(61_000);
    await until('it is seen', async () => (await warned()).join() === '0,false');
    // It may have had no turn until that audit. Now it has.
    await nextCall();
    world.clock.advance(31 * 60_000);
    await until('the task is stopped', () => world.agora.ledger()[0]?.endedAt !== undefined);
    expect(alerts()).toHaveLength(1);
  });

  test('is not called while the store takes no writes', async () => {
    const { opened, sqlite } = await withConnection(() => startWorld({ env: { HEARTBEAT_URL: monitorUrl() } }));
    world = opened;
    await until('the first call', () => beats.length === 1);
    sqlite.exec('PRAGMA query_only = 1');
    world.clock.advance(61_000);
    await until('the audit fails', () => world.log.text().includes('The store can be read and takes no writes'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(beats).toHaveLength(1);
    sqlite.exec('PRAGMA query_only = 0');
    world.clock.advance(61_000);
    await until('the next call', () => beats.length === 2);
  });

  test('a monitor that answers with an error, or is away, is logged without its address', async () => {
    answer = 500;
    world = await startWorld({ env: { HEARTBEAT_URL: monitorUrl() } });
    await until('a warning', () => world.log.text().includes('HEARTBEAT_URL answered with an error'));
    monitor.close();
    monitor.closeAllConnections();
    world.clock.advance(61_000);
    await until('another', () => world.log.text().includes('HEARTBEAT_URL could not be reached'));
    expect(world.log.text()).not.toContain('canary-of-the-monitor');
  });
});

test('settings of which one is of no use are remarked on at the start', async () => {
  world = await startWorld({ env: { SLACK_SIGNING_SECRET: '0123456789abcdef' } });
  const warnings = world.log.entries.filter((e) => e.level === 40).map((e) => e.msg);
  expect(warnings).toEqual([expect.stringMatching(/^SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set/)]);
  expect((await fetch(`${world.bot.url}/slack/events`, { method: 'POST', body: 'x' })).status).toBe(404);
});

test('a user group that is allowed something and is not there is a warning', async () => {
  world = await startWorld({
    env: { RECORD_ALLOWED: 'U0ANA,S0TYPO' },
    profiles: 'profiles:\n  board: { mode: mix, allow: [S0GONE] }\n',
  });
  const warnings = await until('both are warned of', async () => {
    const { status, body } = await readiness();
    expect(status).toBe(200);
    return (body.warnings as string[]).length === 2 && (body.warnings as string[]);
  });
  expect(warnings[0]).toBe('the user group S0TYPO is not in Slack; correct it in RECORD_ALLOWED or in the profiles');
  expect(warnings[1]).toMatch(/^the user group S0GONE is not in Slack/);
});
