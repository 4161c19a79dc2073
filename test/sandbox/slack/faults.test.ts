import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRig, type RawClient, type Rig } from './rig.ts';

/** What a test can let go wrong, and that it goes wrong for so many calls and no more. */
let rig: Rig;
let client: RawClient;
beforeAll(async () => {
  rig = await createRig();
  client = await rig.connect();
});
afterAll(() => rig.close());
afterEach(() => rig.slack.clearFailures());

const method = 'chat.postMessage';
const posts = () => rig.slack.messages('C0CLASSES', 'U0ANA').length;
/** The status and error of a call, or `cut`. */
async function post(): Promise<unknown[]> {
  try {
    const { status, body } = await rig.call(method, { channel: 'C0CLASSES', text: 'x' });
    return [status, body.error ?? 'fine'];
  } catch {
    return ['cut'];
  }
}
const fine = [200, 'fine'];

describe('a call', () => {
  test.each<[string, object, unknown[], number]>([
    ['is answered with an error', { error: 'internal_error' }, [200, 'internal_error'], 0],
    ['is answered with a status', { status: 503 }, [503, 'fine'], 0],
    ['is limited by status', { status: 429 }, [429, 'ratelimited'], 0],
    ['is limited by name', { error: 'ratelimited' }, [429, 'ratelimited'], 0],
    ['is cut before', { dropRequest: true }, ['cut'], 0],
    ['is cut after', { dropReplyAfterEffect: true }, ['cut'], 1],
  ])('%s', async (_, failure, answer, effect) => {
    const before = posts();
    rig.slack.failNext({ method, ...failure });
    expect(await post()).toEqual(answer);
    expect(posts() - before).toBe(effect);
    expect(await post()).toEqual(fine);
  });

  test('says when to come again', async () => {
    rig.slack.failNext({ method, status: 429, retryAfter: 7 });
    expect((await rig.call(method, { channel: 'C0CLASSES', text: 'x' })).headers.get('retry-after')).toBe('7');
  });

  test.each<[string, object, number]>([
    ['before', { delay: 300 }, 0],
    ['after', { delayReply: 300 }, 1],
  ])('is late %s its effect', async (_, failure, effect) => {
    const before = posts();
    rig.slack.failNext({ method, ...failure });
    const late = post();
    const first = await Promise.race([late, new Promise((resolve) => setTimeout(() => resolve('waiting'), 100))]);
    expect([first, posts() - before]).toEqual(['waiting', effect]);
    expect(await late).toEqual(fine);
    expect(posts() - before).toBe(1);
  });

  test('that would be refused anyhow is refused', async () => {
    rig.slack.failNext({ method, error: 'internal_error' });
    expect((await rig.call(method, { channel: 'C0CLASSES', text: 'x' }, 'xoxb-stolen')).body.error).toBe(
      'invalid_auth',
    );
  });

  test('is noted with what became of it', async () => {
    const failures = [{ error: 'internal_error' }, { status: 503 }, { status: 429 }, { dropRequest: true }];
    for (const failure of failures) {
      rig.slack.failNext({ method, ...failure });
      await post();
    }
    await post();
    expect(rig.slack.calls.slice(-5).map((c) => [c.method, c.ok, c.error])).toEqual([
      [method, false, 'internal_error'],
      [method, false, 'http 503'],
      [method, false, 'ratelimited'],
      [method, false, 'dropped'],
      [method, true, undefined],
    ]);
  });
});

describe('faults', () => {
  test('meet so many calls, in their order, of their method', async () => {
    rig.slack.failNext({ method, status: 500, times: 2 });
    rig.slack.failNext({ method, error: 'fatal_error' });
    expect((await rig.call('auth.test')).body.ok).toBe(true);
    const answers = [await post(), await post(), await post(), await post()];
    expect(answers).toEqual([[500, 'fine'], [500, 'fine'], [200, 'fatal_error'], fine]);
  });

  test('of * meet every method', async () => {
    rig.slack.failNext({ method: '*', error: 'internal_error', times: 2 });
    expect((await rig.call('auth.test')).body.error).toBe('internal_error');
    expect(await post()).toEqual([200, 'internal_error']);
    expect(await post()).toEqual(fine);
  });

  test('can last until they are cleared', async () => {
    rig.slack.failNext({ method, error: 'internal_error', times: Number.POSITIVE_INFINITY });
    for (let n = 0; n < 5; n++) expect(await post()).toEqual([200, 'internal_error']);
    rig.slack.clearFailures();
    expect(await post()).toEqual(fine);
  });

  test('meet response_urls', async () => {
    const typed = rig.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record help' });
    const envelope = await client.next();
    client.ack(envelope);
    await typed;
    const url = envelope.payload.response_url ?? '';
    const respond = () =>
      fetch(url, { method: 'POST', body: '{"text":"x"}' }).then(
        (r) => r.status,
        () => 'cut',
      );
    const before = posts();
    rig.slack.failNext({ method: 'response_url', status: 500 });
    expect([await respond(), posts() - before]).toEqual([500, 0]);
    rig.slack.failNext({ method: 'response_url', dropReplyAfterEffect: true });
    expect([await respond(), posts() - before]).toEqual(['cut', 1]);
    expect([await respond(), posts() - before]).toEqual([200, 2]);
  });

  test('meet uploads', async () => {
    const { body } = await rig.call('files.getUploadURLExternal', { filename: 'a', length: 1 });
    const upload = () => fetch(String(body.upload_url), { method: 'POST', body: 'a' }).then((r) => r.status);
    rig.slack.failNext({ method: 'files.upload', status: 500 });
    expect([await upload(), await upload()]).toEqual([500, 200]);
  });

  test('Slack can be down altogether', async () => {
    rig.slack.setDown(true);
    expect(await post()).toEqual([503, 'fine']);
    rig.slack.setDown(false);
    expect(await post()).toEqual(fine);
  });
});
