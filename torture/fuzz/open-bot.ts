import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LedgerEntry } from '../../sandbox/agora/billing.ts';
import { startWorld, type World } from '../../test/support/start-world.ts';
import { until } from '../../test/support/until.ts';

export interface Answered {
  status: number;
  text: string;
}

/** The real bot with its two doors, Slack's and Agora's, open to anybody; one recording runs in it. */
export interface OpenBot {
  world: World;
  /** Name and id of the recording that is not to be touched. */
  kept: { channelName: string; id: string; sid: string; uid: string; stopValue: string };
  /** Sends to /slack/events, signed as Slack signs unless said otherwise. `at`: what the request is dated, seconds. */
  slack(body: string | Buffer, more?: { at?: number; signature?: string; type?: string }): Promise<Answered>;
  /** Sends to /agora/notifications with this signature; `undefined`: a right one. */
  notify(body: Buffer, signature?: string): Promise<Answered>;
  command(text: string, user?: string, more?: Record<string, string>): Promise<Answered>;
  click(value: string, user?: string, more?: object): Promise<Answered>;
  /** What the bot said to response_url since it was last asked. */
  whispers(): string[];
  /** What people want of all recordings, as one text: it changes when one is started, stopped or changed. */
  wishes(): Promise<string>;
  /** What the bot logged as going wrong within itself since the last call; that Slack does not know somebody is not. */
  troubles(): string[];
  /** The line of Agora's bill for the recording that is not to be touched. */
  billed(): LedgerEntry | undefined;
  /** One sentence if that recording is not as it was. */
  harm(): Promise<string | undefined>;
  close(): Promise<void>;
}

const channel = 'C0CLASSES';
/** Everything is answered by then, if only by a refusal. Milliseconds. */
const patience = 8_000;
let triggers = 0;

export async function openBot(): Promise<OpenBot> {
  const world = await startWorld({ httpMode: true, notifications: true });
  const heard: string[] = [];
  const ear = createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => {
      text += chunk;
    });
    req.on('end', () => {
      heard.push(text);
      res.end('ok');
    });
  });
  await new Promise<void>((resolve) => ear.listen(0, '127.0.0.1', resolve));
  const responseUrl = `http://127.0.0.1:${(ear.address() as AddressInfo).port}/`;
  const { SLACK_SIGNING_SECRET: slackSecret = '', AGORA_NOTIFICATION_SECRET: agoraSecret = '' } = world.env;
  const channelName = 'kept-101';
  await world.slack.type({ user: 'U0ANA', channel, text: `/record start ${channelName} --for 4h` });
  await until('a task', () => world.agora.ledger().length === 1);
  world.clock.advance(6_000);
  await world.shown(/^Recording of kept-101.*: Recording\./);
  const s = await world.bot.recordings.byChannelName(channelName);
  if (s?.state !== 'recording') throw new Error('The recording did not begin');
  const button = JSON.stringify(world.card(channelName)?.blocks).match(/"value":"([^"]+)"/);
  const kept = { channelName, id: s.id, sid: s.sid, uid: s.uid, stopValue: button?.[1] ?? '' };
  const tasks = world.agora.ledger().length;
  let read = world.log.entries.length;

  async function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Answered> {
    const res = await fetch(`${world.bot.url}${path}`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers,
      signal: AbortSignal.timeout(patience),
    });
    return { status: res.status, text: await res.text() };
  }

  const bot: OpenBot = {
    world,
    kept,
    slack(body, more = {}) {
      const at = String(more.at ?? Math.floor(world.clock.now() / 1000));
      const raw = Buffer.from(body);
      const mac = createHmac('sha256', slackSecret).update(`v0:${at}:`).update(raw).digest('hex');
      return post('/slack/events', raw, {
        'content-type': more.type ?? 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': at,
        'x-slack-signature': more.signature ?? `v0=${mac}`,
      });
    },
    notify: (body, signature) =>
      post('/agora/notifications', body, {
        'content-type': 'application/json',
        'agora-signature-v2': signature ?? createHmac('sha256', agoraSecret).update(body).digest('hex'),
      }),
    command: (text, user = 'U0ANA', more = {}) =>
      bot.slack(
        new URLSearchParams({
          team_id: user === 'U0SAM' ? 'T0OTHER' : 'T0SANDBOX',
          channel_id: channel,
          channel_name: 'classes',
          user_id: user,
          user_name: 'somebody',
          command: '/record',
          text,
          api_app_id: 'A0SANDBOX',
          response_url: responseUrl,
          trigger_id: `fuzz.${triggers++}`,
          ...more,
        }).toString(),
      ),
    click(value, user = 'U0ANA', more = {}) {
      const ts = world.card(channelName)?.ts ?? '';
      const payload = {
        type: 'block_actions',
        team: { id: 'T0SANDBOX', domain: 'sandbox' },
        user: { id: user, team_id: user === 'U0SAM' ? 'T0OTHER' : 'T0SANDBOX', username: 'x', name: 'x' },
        api_app_id: 'A0SANDBOX',
        trigger_id: `fuzz.${triggers++}`,
        container: { type: 'message', message_ts: ts, channel_id: channel },
        channel: { id: channel, name: 'classes' },
        message: { ts },
        response_url: responseUrl,
        actions: [{ type: 'button', action_id: 'stop_recording', block_id: 'b', action_ts: '1.1', value }],
        ...more,
      };
      return bot.slack(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
    },
    whispers: () => heard.splice(0),
    async wishes() {
      const all = await world.bot.recordings.recent(10_000);
      return JSON.stringify(
        all
          .map((r) => [r.id, r.stopAt, r.title, r.groupStop?.by, r.wanted])
          .sort((a, b) => (String(a) < String(b) ? -1 : 1)),
      );
    },
    troubles() {
      const fresh = world.log.entries.slice(read);
      read = world.log.entries.length;
      const failed = fresh.filter(
        (e) => e.level >= 50 && e.from !== 'bolt' && !e.msg.startsWith('Slack did not say who'),
      );
      return failed.map((e) => JSON.stringify(e));
    },
    billed: () => world.agora.ledger().find((t) => t.cname === channelName),
    async harm() {
      if (bot.billed()?.endedAt !== undefined) return 'the recording was ended';
      if (
        world.agora.ledger().length < tasks ||
        world.agora.ledger().filter((t) => t.cname === channelName).length > 1
      ) {
        return 'a recording was started twice';
      }
      const now = await world.bot.recordings.get(kept.id);
      if (now?.desired !== 'recording' || now.stopAt !== s.stopAt) return 'what is wanted was changed';
      return now.state === 'recording' || now.state === 'suspect' ? undefined : `it is ${now.state}`;
    },
    async close() {
      await world.close();
      ear.closeAllConnections();
      await new Promise((resolve) => ear.close(resolve));
    },
  };
  return bot;
}
