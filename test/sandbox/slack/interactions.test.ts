import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, manifestWith, type RawClient, type Rig } from './rig.ts';

/** What people may do in the workspace, what the app is told of it, and who sees what. */
let rig: Rig;
let client: RawClient;
beforeEach(async () => {
  rig = await createRig();
  client = await rig.connect();
});
afterEach(() => rig.close());

const text = (words: string) => ({ type: 'plain_text', text: words });
const confirm = { title: text('Sure?'), text: text('It ends.'), confirm: text('Yes'), deny: text('No') };
const button = { type: 'button', action_id: 'go', text: text('Go'), value: 'v', style: 'danger', confirm };
const link = { type: 'button', action_id: 'open', text: text('Open'), url: 'https://files.example/list' };
const option = (value: string) => ({ text: text(value), value });
const menu = {
  type: 'static_select',
  action_id: 'pick',
  placeholder: text('Which?'),
  options: [option('a'), option('b')],
};
const actions = (...elements: object[]) => ({ type: 'actions', elements });

interface Action {
  [name: string]: unknown;
}
async function envelopeOf<T>(doing: Promise<T>) {
  const envelope = await client.next();
  client.ack(envelope);
  return { payload: envelope.payload, outcome: await doing };
}
const click = (message_ts: string, action_id: string, more: object = {}) =>
  rig.slack.click({ user: 'U0ANA', channel: 'C0CLASSES', message_ts, action_id, ...more });

describe('commands', () => {
  test.each<[string, object, string]>([
    ['of a stranger', { user: 'U0SAM' }, 'unknown_command'],
    ['that is not in the manifest', { text: '/recrod help' }, 'unknown_command'],
    ['in a thread', { thread_ts: '1.000001' }, 'Slash commands do not work in threads.'],
    ['in a private channel of others', { user: 'U0BEN', channel: 'C0STAFF' }, 'not_in_channel'],
    ['of a guest elsewhere', { user: 'U0GIL', channel: 'C0GENERAL' }, 'not_in_channel'],
    ['in an unknown channel', { channel: 'C0NOWHERE' }, 'not_in_channel'],
    ['of nobody', { user: 'U0NOBODY' }, 'not_in_channel'],
  ])('%s go nowhere', async (_, change, error) => {
    const typed = { user: 'U0ANA', channel: 'C0CLASSES', text: '/record help', ...change };
    expect(await rig.slack.type(typed)).toEqual({ ok: false, error });
    expect(client.got.map((e) => e.type)).toEqual(['hello']);
  });

  test('go nowhere in an archived channel', async () => {
    rig.slack.archive('C0CLASSES');
    const typed = { user: 'U0ANA', channel: 'C0CLASSES', text: '/record help' };
    expect(await rig.slack.type(typed)).toEqual({ ok: false, error: 'is_archived' });
  });

  test('of guests, in private channels and where the app is not, go to the app', async () => {
    const dm = (await rig.call('conversations.open', { users: 'U0ANA' })).body.channel as { id: string };
    for (const [user, channel, name] of [
      ['U0GIL', 'C0CLASSES', 'classes'],
      ['U0ANA', 'C0STAFF', 'privategroup'],
      ['U0ANA', 'C0RANDOM', 'random'],
      ['U0ANA', dm.id, 'directmessage'],
    ] as const) {
      const { payload, outcome } = await envelopeOf(rig.slack.type({ user, channel, text: '/record help' }));
      expect([payload.user_id, payload.channel_id, payload.channel_name]).toEqual([user, channel, name]);
      expect(outcome.ok).toBe(true);
    }
  });
});

describe('clicks', () => {
  test('tell the app all of it', async () => {
    const metadata = { event_type: 'recording', event_payload: { id: 'r1' } };
    const ts = await rig.post('card', { blocks: [actions(button)], metadata });
    const { payload, outcome } = await envelopeOf(click(ts, 'go', { user: 'U0SAM' }));
    expect(outcome).toMatchObject({ ok: true });
    expect(payload).toMatchObject({
      type: 'block_actions',
      user: { id: 'U0SAM', username: 'sam', name: 'sam', team_id: 'T0OTHER' },
      team: { id: 'T0SANDBOX', domain: 'sandbox' },
      enterprise: null,
      is_enterprise_install: false,
      api_app_id: 'A0SANDBOX',
      container: { type: 'message', message_ts: ts, channel_id: 'C0CLASSES', is_ephemeral: false },
      channel: { id: 'C0CLASSES', name: 'classes' },
      message: { ts, text: 'card', bot_id: 'B0SANDBOX', metadata },
      state: { values: {} },
    });
    const [action] = payload.actions as [Action];
    expect(action).toEqual({
      ...button,
      block_id: expect.any(String),
      action_ts: expect.stringMatching(/^\d+\.\d{6}$/),
    });
  });

  test('on a link tell the app of it and of its address', async () => {
    const ts = await rig.post('card', { blocks: [actions(link)] });
    const { payload } = await envelopeOf(click(ts, 'open'));
    expect(payload.actions).toMatchObject([{ type: 'button', action_id: 'open', url: 'https://files.example/list' }]);
  });

  test('tell two of the same action_id apart by their blocks', async () => {
    const blocks = ['one', 'two'].map((id) => ({ ...actions({ ...button, value: id }), block_id: id }));
    const ts = await rig.post('cards', { blocks });
    const { payload } = await envelopeOf(click(ts, 'go', { block_id: 'two' }));
    expect(payload.actions).toMatchObject([{ block_id: 'two', value: 'two' }]);
  });

  test('choose only what is offered', async () => {
    const ts = await rig.post('card', { blocks: [actions(menu, button)] });
    const { payload } = await envelopeOf(click(ts, 'pick', { selected: { selected_option: option('b') } }));
    expect(payload.actions).toMatchObject([{ type: 'static_select', selected_option: { value: 'b' } }]);
    const refused = { ok: false, error: 'option_not_found' };
    expect(await click(ts, 'pick', { selected: { selected_option: option('z') } })).toEqual(refused);
    expect(await click(ts, 'go', { selected: { value: 'forged' } })).toEqual(refused);
  });

  test('in a thread name the thread', async () => {
    const parent = await rig.post('parent');
    const ts = await rig.post('reply', { thread_ts: parent, blocks: [actions(button)] });
    const { payload } = await envelopeOf(click(ts, 'go'));
    expect(payload.container).toMatchObject({ message_ts: ts, thread_ts: parent });
  });

  test.each<[string, object, string]>([
    ['a message that is gone', { message_ts: '1.000001' }, 'message_not_found'],
    ['a button that is gone', { action_id: 'stop' }, 'action_not_found'],
    ['a button of another block', { block_id: 'other' }, 'action_not_found'],
    ['somebody that is not there', { user: 'U0NOBODY' }, 'message_not_found'],
  ])('on %s fail', async (_, change, error) => {
    const ts = await rig.post('card', { blocks: [actions(button)] });
    expect(await click(ts, 'go', change)).toEqual({ ok: false, error });
  });

  test('on what others may not see fail', async () => {
    const args = { channel: 'C0CLASSES', user: 'U0ANA', text: 'psst', blocks: [actions(button)] };
    const whisper = String((await rig.call('chat.postEphemeral', args)).body.message_ts);
    const gone = { ok: false, error: 'message_not_found' };
    expect(await click(whisper, 'go', { user: 'U0BEN' })).toEqual(gone);
    const { ts } = (await rig.call('chat.postMessage', { channel: 'C0STAFF', text: 'x', blocks: [actions(button)] }))
      .body;
    expect(await click(String(ts), 'go', { channel: 'C0STAFF', user: 'U0BEN' })).toEqual(gone);
    const { outcome } = await envelopeOf(click(String(ts), 'go', { channel: 'C0STAFF' }));
    expect(outcome.ok).toBe(true);
  });

  test('go nowhere while interactivity is off', async () => {
    const off = await createRig({ manifest: manifestWith(undefined, { interactivity: { is_enabled: false } }) });
    const ts = await off.post('card', { blocks: [actions(button)] });
    const clicked = { user: 'U0ANA', channel: 'C0CLASSES', message_ts: ts, action_id: 'go' };
    expect(await off.slack.click(clicked)).toEqual({ ok: false, error: 'interactivity_is_off' });
    await off.close();
  });
});

describe('pages', () => {
  /** What a person's page hears while something happens. */
  async function heard(user: string, act: () => Promise<unknown>): Promise<string> {
    const abort = new AbortController();
    const response = await fetch(`${rig.slack.url}/ui/stream?user=${user}`, { signal: abort.signal });
    let all = '';
    const reading = (async () => {
      for await (const chunk of response.body ?? []) {
        all += Buffer.from(chunk).toString();
        if (all.includes('the end')) return;
      }
    })();
    await act();
    rig.slack.publish({ type: 'notice', channel: 'C0CLASSES', text: 'the end' });
    await reading;
    abort.abort();
    return all;
  }

  test('hear what their person may see, and nothing else', async () => {
    const said = async () => {
      await rig.post('in the open');
      await rig.call('chat.postMessage', { channel: 'C0STAFF', text: 'for staff' });
      await rig.call('chat.postMessage', { channel: 'U0ANA', text: 'for Ana' });
      await rig.call('chat.postEphemeral', { channel: 'C0CLASSES', user: 'U0ANA', text: 'psst' });
      await rig.call('chat.postMessage', { channel: 'C0OPS', text: 'for members' });
    };
    const words = ['in the open', 'for staff', 'for Ana', 'psst', 'for members'];
    const by = async (user: string) => {
      const all = await heard(user, said);
      return words.filter((w) => all.includes(w));
    };
    expect(await by('U0ANA')).toEqual(words);
    expect(await by('U0BEN')).toEqual(['in the open', 'for members']);
    expect(await by('U0GIL')).toEqual(['in the open']);
  });

  test('read what their person may see, and nothing else', async () => {
    await rig.call('chat.postMessage', { channel: 'C0STAFF', text: 'for staff' });
    const read = async (user: string) =>
      (await (await fetch(`${rig.slack.url}/ui/messages?user=${user}&channel=C0STAFF`)).json()).length;
    expect([await read('U0ANA'), await read('U0BEN'), await read('U0NOBODY')]).toEqual([1, 0, 0]);
  });
});
