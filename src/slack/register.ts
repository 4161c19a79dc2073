import type { App } from '@slack/bolt';
import { registerExtendRecording } from './actions/extend-recording.ts';
import { registerFileLinks } from './actions/file-links.ts';
import { registerStopRecording } from './actions/stop-recording.ts';
import type { SlackServices } from './services.ts';

/** Every listener but the commands, which have a folder of their own. */
export function registerSlack(app: App, services: SlackServices): void {
  registerStopRecording(app, services);
  registerExtendRecording(app, services);
  registerFileLinks(app, services);
  // With the extended handler Bolt passes a context that holds the bot token, and the body: neither goes into the log.
  app.error(async ({ error }: { error: Error }) => {
    services.log.error({ err: error }, 'A listener failed');
  });
}
