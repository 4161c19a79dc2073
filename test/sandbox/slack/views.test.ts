import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type RawClient, type Rig } from './rig.ts';

/** Modals: what is refused, how long a trigger is good, and what becomes of what people send. */
let rig: Rig;
let client: RawClient;
beforeEach(async () => {
  rig = await createRig();
  client = await rig.connect();
});
afterEach(() => rig.close());

const plain = (text: string) => ({ type: 'plain_text', text });
const input = {
  type: 'input',
  block_id: 'name',
  label: plain('Name'),
  element: { type: 'plain_text_input', action_id: 'a' },
};
const modal = (more: object = {}) => ({
  type: 'modal',
  title: plain('Record'),
  submit: plain('Go'),
  blocks: [input],
  ...more,
});

async function trigger(user = 'U0ANA'): Promise<string> {
  const typed = rig.slack.type({ user, channel: 'C0CLASSES', text: '/record help' });
  const envelope = await client.next();
  client.ack(envelope);
  await typed;
  return envelope.payload.trigger_id ?? '';
}
const open = async (view: unknown, more: object = {}) =>
  (await rig.call('views.open', { view, trigger_id: await trigger(), ...more })).body;
const update = async (args: Record<string, unknown>) => (await rig.call('views.update', args)).body;
interface Opened {
  id: string;
  hash: string;
}

describe('views.open refuses', () => {
  test.each<[string, unknown, string]>([
    ['no object', [], 'must be an object [json-pointer:/view]'],
    ['nothing', 'null', 'must be an object [json-pointer:/view]'],
    ['a home tab', modal({ type: 'home' }), 'unsupported type: home [json-pointer:/view/type]'],
    ['no title', modal({ title: undefined }), 'missing required field: title [json-pointer:/view]'],
    [
      'a title of 25',
      modal({ title: plain('x'.repeat(25)) }),
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    [
      'a title in mrkdwn',
      modal({ title: { type: 'mrkdwn', text: 'x' } }),
      'unsupported type: mrkdwn [json-pointer:/view/title/type]',
    ],
    [
      'a submit of 25',
      modal({ submit: plain('x'.repeat(25)) }),
      'must be less than 25 characters [json-pointer:/view/submit/text]',
    ],
    ['inputs without submit', modal({ submit: undefined }), 'missing required field: submit [json-pointer:/view]'],
    ['no blocks', modal({ blocks: [] }), 'no fewer than 1 items allowed [json-pointer:/view/blocks]'],
    [
      '101 blocks',
      modal({ blocks: Array(101).fill({ type: 'divider' }) }),
      'no more than 100 items allowed [json-pointer:/view/blocks]',
    ],
    [
      'a flaw in a block',
      modal({ blocks: [{ type: 'header' }] }),
      'missing required field: text [json-pointer:/view/blocks/0]',
    ],
    [
      '3001 of metadata',
      modal({ private_metadata: 'x'.repeat(3001) }),
      'must be less than 3001 characters [json-pointer:/view/private_metadata]',
    ],
    [
      'a callback_id of 256',
      modal({ callback_id: 'x'.repeat(256) }),
      'must be less than 256 characters [json-pointer:/view/callback_id]',
    ],
    ['what it does not know', modal({ colour: 'red' }), 'invalid additional property: colour [json-pointer:/view]'],
  ])('%s', async (_, view, problem) => {
    const body = await open(view);
    expect([body.error, body.response_metadata?.messages]).toEqual(['invalid_arguments', [`[ERROR] ${problem}`]]);
  });

  test('a view of 250 kB', async () => {
    const section = { type: 'section', text: plain('x'.repeat(2999)) };
    expect((await open(modal({ blocks: Array(90).fill(section) }))).error).toBe('view_too_large');
  });

  test('triggers that are unknown, used, or older than three seconds', async () => {
    const used = await trigger();
    const old = await trigger();
    const with_ = async (trigger_id?: string) =>
      (await rig.call('views.open', { view: modal(), trigger_id })).body.error;
    expect(await with_('1.2.abc')).toBe('invalid_trigger_id');
    expect(await with_()).toBe('invalid_arguments');
    expect(await with_(used)).toBeUndefined();
    expect(await with_(used)).toBe('exchanged_trigger_id');
    rig.clock.ahead += 3_001;
    expect(await with_(old)).toBe('expired_trigger_id');
  });

  test('an external_id that another view has', async () => {
    expect((await open(modal({ external_id: 'e' }))).ok).toBe(true);
    expect((await open(modal({ external_id: 'e' }))).error).toBe('duplicate_external_id');
  });
});

describe('views.update', () => {
  test('goes by id or external_id, and by the hash if there is one', async () => {
    const { id, hash } = (await open(modal({ external_id: 'e' }))).view as Opened;
    const first = await update({ view_id: id, hash, view: modal({ external_id: 'e' }) });
    expect(first.ok).toBe(true);
    expect((first.view as Opened).hash).not.toBe(hash);
    expect((await update({ view_id: id, hash, view: modal() })).error).toBe('hash_conflict');
    expect((await update({ external_id: 'e', view: modal() })).ok).toBe(true);
    expect((await update({ view_id: 'V0', view: modal() })).error).toBe('not_found');
    expect((await update({ view: modal() })).error).toBe('invalid_arguments');
    expect((await update({ view_id: id, view: modal({ blocks: [] }) })).error).toBe('invalid_arguments');
  });
});

describe('what a person sends', () => {
  const values = { name: { a: { type: 'plain_text_input', value: 'x' } } };
  async function submit(answer?: object) {
    const { id } = (await open(modal({ private_metadata: 'm' }))).view as Opened;
    const submitted = rig.slack.submitView({ user: 'U0ANA', view_id: id, values });
    const envelope = await client.next();
    client.ack(envelope, answer);
    return { id, envelope, outcome: await submitted };
  }
  const isOpen = async (id: string) => (await update({ view_id: id, view: modal() })).ok === true;

  test('comes as view_submission, and an empty answer closes the view', async () => {
    const { id, envelope, outcome } = await submit();
    expect(envelope).toMatchObject({ type: 'interactive', payload: { type: 'view_submission' } });
    expect(envelope.payload).toMatchObject({
      view: { id, private_metadata: 'm', state: { values } },
      response_urls: [],
    });
    expect(envelope.payload).not.toHaveProperty('response_url');
    expect([outcome, await isOpen(id)]).toEqual([{ ok: true }, false]);
  });

  test.each<[string, object, object, boolean]>([
    [
      'errors are shown beside their inputs',
      { response_action: 'errors', errors: { name: 'Too long' } },
      { ok: false, errors: { name: 'Too long' } },
      true,
    ],
    [
      'errors for no input fail',
      { response_action: 'errors', errors: { nobody: 'x' } },
      { ok: false, error: 'errors_for_no_input' },
      true,
    ],
    ['an update changes the view', { response_action: 'update', view: modal() }, { ok: true }, true],
    [
      'an update with a flaw fails',
      { response_action: 'update', view: modal({ blocks: [] }) },
      { ok: false, error: 'invalid_arguments' },
      true,
    ],
    ['clear closes it', { response_action: 'clear' }, { ok: true }, false],
    ['anything else fails', { response_action: 'explode' }, { ok: false }, true],
  ])('%s', async (_, answer, expected, open) => {
    const { id, outcome } = await submit(answer);
    expect(outcome).toMatchObject(expected);
    expect(await isOpen(id)).toBe(open);
  });

  test("is refused for somebody else's view", async () => {
    const { id } = (await open(modal())).view as Opened;
    expect(await rig.slack.submitView({ user: 'U0BEN', view_id: id, values })).toEqual({
      ok: false,
      error: 'not_found',
    });
  });

  test('closing is told only if the view asks for it', async () => {
    const close = async (id: string) => {
      const body = JSON.stringify({ user: 'U0ANA', view_id: id });
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${rig.slack.url}/ui/view-closed`, { method: 'POST', headers, body })).json();
    };
    const [quiet, loud] = [await open(modal()), await open(modal({ notify_on_close: true }))];
    expect(await close((quiet.view as Opened).id)).toEqual({ ok: true });
    const closed = close((loud.view as Opened).id);
    const envelope = await client.next();
    client.ack(envelope);
    expect(envelope.payload).toMatchObject({ type: 'view_closed', is_cleared: false, view: { notify_on_close: true } });
    expect(envelope.payload).not.toHaveProperty('trigger_id');
    expect(await closed).toEqual({ ok: true });
  });
});
