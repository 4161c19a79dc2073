import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** The client as the bot has it: who repeats a message knows which one it is, and that is not the client. */
let world: SlackApp;
beforeEach(async () => {
  world = await startSlackApp();
});
afterEach(() => world.close());

const post = () => world.client.chat.postMessage({ channel: 'C0CLASSES', text: 'hello' });
const posts = () => world.slack.messages('C0CLASSES', 'U0ANA').length;

describe('the Slack client', () => {
  test('a lost answer is not repeated by the client', async () => {
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    await expect(post()).rejects.toThrow();
    expect(posts()).toBe(1);
  });

  test('a 429 comes back at once, with how long to wait', async () => {
    world.slack.failNext({ method: 'chat.postMessage', status: 429, retryAfter: 3 });
    await expect(post()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 3 });
    expect(posts()).toBe(0);
  });
});
