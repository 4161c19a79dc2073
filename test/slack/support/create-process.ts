import type { Announcer } from '../../../src/recording/announcer.ts';
import { createOutbox } from '../../../src/recording/create-outbox.ts';
import type { SessionStore } from '../../../src/recording/ports.ts';
import { createAnnouncer } from '../../../src/slack/create-announcer.ts';
import { createSealer } from '../../../src/slack/create-sealer.ts';
import type { FileLinks } from '../../../src/slack/file-links.ts';
import type { SlackApp } from './start-slack-app.ts';

export const noLinks: FileLinks = { of: async () => new Map(), places: async () => new Map() };

/** What one process has to tell Slack: an outbox and an announcer of its own, on a store that it may share. `ahead`: of its clock, ms. */
export function createProcess(
  world: SlackApp,
  store: Pick<SessionStore, 'get' | 'update'>,
  given: { ahead?: number; links?: FileLinks; announcer?: Announcer } = {},
) {
  const { ahead = 0, links = noLinks } = given;
  const { client, log } = world;
  const now = () => world.clock.now + ahead;
  const parts = { client, alertChannel: 'C0OPS', links, sealer: createSealer('x'), now, log: log.log };
  const announcer = given.announcer ?? createAnnouncer(parts);
  return createOutbox({ store, announcer, wake: () => undefined, now, log: log.log });
}
