import { App } from '@slack/bolt';

/** The peer in the benchmark: a Bolt app that acknowledges a command and does nothing else. */
const app = new App({
  token: process.env.SLACK_BOT_TOKEN ?? '',
  appToken: process.env.SLACK_APP_TOKEN ?? '',
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL ?? '' },
});
app.command('/record', async ({ ack }) => {
  await ack();
});
await app.start();
