import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { parse } from 'yaml';
import { registerRecord } from '../../../commands/record/index.ts';
import { createSlack, type SlackSandbox } from '../../../sandbox/slack/create-slack.ts';
import type { UiMessage } from '../../../sandbox/ui-protocol.ts';
import type { Announcer, Sending } from '../../../src/recording/announcer.ts';
import type { Session } from '../../../src/recording/session.ts';
import type { Settings } from '../../../src/recording/settings.ts';
import { createAnnouncer } from '../../../src/slack/create-announcer.ts';
import { type Bolt, createBolt, type Identity } from '../../../src/slack/create-bolt.ts';
import { createSealer } from '../../../src/slack/create-sealer.ts';
import type { FileLinks } from '../../../src/slack/file-links.ts';
import { createPermissions } from '../../../src/slack/permissions.ts';
import { registerSlack } from '../../../src/slack/register.ts';
import { createUserGroups } from '../../../src/slack/user-groups.ts';
import { type CapturedLog, captureLog } from '../../support/quiet-log.ts';
import { until } from '../../support/until.ts';
import { createMemoryRecordings, type MemoryRecordings } from './memory-recordings.ts';
import { minutes, noon } from './sessions.ts';
import { somePresets } from './some-presets.ts';

export const botToken = 'xoxb-1000000000-0123456789abcdef';

export interface SlackApp {
  slack: SlackSandbox;
  app: App;
  bolt: Bolt;
  client: WebClient;
  recordings: MemoryRecordings;
  announcer: Announcer;
  /** Nobody else sends what the announcer is given. */
  sending: Sending;
  settings: Settings;
  log: CapturedLog;
  clock: { now: number };
  /** How many links were signed at a time. */
  signed: number[];
  /** Types it and gives what that person is told privately because of it. */
  told(text: string, who?: string, channel?: string): Promise<string>;
  /** Private messages to a person in #classes, oldest first. */
  whispers(who: string, channel?: string): UiMessage[];
  /** Posts the session's card as the bot would, and keeps the session with it. */
  withCard(s: Session): Promise<Session>;
  close(): Promise<void>;
}

/** A real Bolt App in Socket Mode in the sandbox's workspace, with recordings in memory. */
export async function startSlackApp(
  options: { allowed?: string[]; command?: string; ackBefore?: number; knowsTeam?: boolean } = {},
): Promise<SlackApp> {
  const command = options.command ?? '/record';
  const manifest = parse(
    readFileSync(join(import.meta.dirname, '../../../manifest.yml'), 'utf8').replace(
      'command: /record',
      `command: ${command}`,
    ),
  );
  const appToken = 'xapp-1-A0SANDBOX-0123456789abcdef';
  const slack = await createSlack({ port: 0, manifest, botToken, appToken, signingSecret: 'x', rateLimits: false });
  const log = captureLog();
  const clock = { now: noon };
  const now = () => clock.now;
  const bolt = createBolt({ botToken, appToken, apiUrl: slack.apiUrl }, log.log);
  const settings = {
    defaultDuration: minutes(120),
    maxDuration: minutes(480),
    maxIdleTime: minutes(5),
    limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
  };
  const recordings = createMemoryRecordings(settings, now);
  let identity: Identity | undefined;
  const permissions = createPermissions({
    client: bolt.client,
    userGroups: createUserGroups({ client: bolt.client, now, log: log.log }),
    allowed: options.allowed ?? [],
    team: () => identity?.team,
    now,
    log: log.log,
  });
  const sealer = createSealer('a secret of the tests');
  const place = (name: string) => `https://bucket.example/${name}`;
  const signed: number[] = [];
  const links: FileLinks = {
    of: async (_, names) => {
      signed.push(names.length);
      return new Map(names.map((n) => [n, { location: place(n), until: noon + minutes(60) }]));
    },
    places: async (_, names) => new Map(names.map((n) => [n, place(n)])),
  };
  const services = {
    recordings,
    permissions,
    settings,
    presets: somePresets,
    links,
    sealer,
    command,
    client: bolt.client,
    now,
    log: log.log,
  };
  registerRecord(bolt.app, services, options.ackBefore);
  registerSlack(bolt.app, services);
  const announcer = createAnnouncer({
    client: bolt.client,
    alertChannel: 'C0OPS',
    links,
    sealer,
    now,
    log: log.log,
  });
  const sending: Sending = {
    begin: async () => clock.now,
    beginOther: async () => clock.now,
    toldOther: async () => undefined,
  };
  identity = await bolt.identify();
  await bolt.connect();
  await until('both connections', () => slack.connections === 2);

  const whispers = (who: string, channel = 'C0CLASSES') =>
    slack.messages(channel, who).filter((m) => m.is_ephemeral === true);
  return {
    signed,
    slack,
    app: bolt.app,
    bolt,
    client: bolt.client,
    recordings,
    announcer,
    sending,
    settings,
    log,
    clock,
    whispers,
    async told(text, who = 'U0ANA', channel = 'C0CLASSES') {
      const before = whispers(who, channel).length;
      const outcome = await slack.type({ user: who, channel, text });
      if (!outcome.ok) return `Slack: ${outcome.error}`;
      return whispers(who, channel)
        .slice(before)
        .map((m) => m.text)
        .join('\n');
    },
    async withCard(s) {
      const item = { id: '1', message: { kind: 'card' as const }, tries: 0, nextAt: 0 };
      const delivery = await announcer.deliver({ lead: s, parts: [s] }, s, item, sending);
      if (!delivery.ok || !delivery.card) throw new Error('The card was not posted');
      return recordings.put({ ...s, card: delivery.card });
    },
    async close() {
      await bolt.disconnect();
      await slack.close();
    },
  };
}
