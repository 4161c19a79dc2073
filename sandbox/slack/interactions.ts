import { isObject, type Json } from './composition-objects.ts';
import type { Delivered } from './http-delivery.ts';
import type { AppManifest } from './manifest.ts';
import { messageObject } from './message-object.ts';
import { blockActionsPayload, commandPayload, viewClosedPayload, viewSubmissionPayload } from './payloads.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { Views } from './views.ts';
import type { World } from './world.ts';

export interface Outcome {
  ok: boolean;
  error?: string;
  /** What the app acknowledged with. */
  ack?: unknown;
}

export interface Click {
  user: string;
  channel: string;
  message_ts: string;
  /** Unique within its block only: without `block_id`, the first one is meant. */
  action_id: string;
  block_id?: string;
  /** For menus and the like: `selected_option` and its kin. */
  selected?: Json;
}

export interface Interactions {
  type(r: { user: string; channel: string; text: string; thread_ts?: string }): Promise<Outcome>;
  click(r: Click): Promise<Outcome>;
  submitView(r: {
    user: string;
    view_id: string;
    values: Record<string, Record<string, unknown>>;
  }): Promise<Outcome & { errors?: Record<string, string> }>;
  closeView(r: { user: string; view_id: string }): Promise<Outcome>;
}

/** What Slack repeats of an element in the payload of its action; what was chosen is added. */
const repeated = [
  'type',
  'action_id',
  'text',
  'value',
  'url',
  'style',
  'confirm',
  'placeholder',
  'initial_option',
  'initial_options',
];

/** What Slack calls it when the app did not acknowledge. */
const unacked = (why: 'no_connection' | 'timeout') => (why === 'timeout' ? 'operation_timeout' : 'dispatch_failed');

/** What people do in the workspace, and what becomes of it: payloads to the app, and its acknowledgements. */
export function createInteractions(options: {
  world: World;
  manifest: AppManifest;
  responseUrls: ResponseUrls;
  views: Views;
  url: () => string;
  newTrigger: (user: string) => string;
  deliver: (type: 'slash_commands' | 'interactive', payload: object) => Promise<Delivered>;
  /** Slackbot's private word to a person. */
  notice: (user: string, channel: string, words: string) => void;
}): Interactions {
  const { world, manifest, responseUrls, views, newTrigger, deliver } = options;

  async function runCommand(user: string, channelId: string, text: string): Promise<Outcome> {
    const person = world.users.get(user);
    const channel = world.channels.get(channelId);
    if (!person || !channel) return { ok: false, error: 'channel_not_found' };
    const [command = '', ...rest] = text.trim().split(/(?<=^\S+)\s/);
    const notice = (words: string) => options.notice(user, channelId, words);
    // People of other workspaces cannot use this workspace's commands.
    if (!manifest.commands.some((c) => c.command === command) || person.role === 'stranger') {
      notice(`${command} is not a valid command.`);
      return { ok: false, error: 'unknown_command' };
    }
    const target = { channel: channelId, user };
    const result = await deliver(
      'slash_commands',
      commandPayload({
        person,
        channel,
        command,
        text: rest.join(' ').trim(),
        responseUrl: responseUrls.make('commands', target),
        triggerId: newTrigger(user),
      }),
    );
    if (!result.acked) {
      const code = unacked(result.why);
      notice(`${command} failed with the error "${code}"`);
      return { ok: false, error: code };
    }
    const { payload } = result;
    if (typeof payload === 'object' && payload !== null && Object.keys(payload).length > 0) {
      const problem = responseUrls.apply(target, payload);
      if (problem) notice(`${command} failed with the error "${problem}"`);
    }
    return { ok: true, ack: payload };
  }

  return {
    async type(r) {
      const channel = world.channels.get(r.channel);
      if (!channel?.members.has(r.user)) return { ok: false, error: 'not_in_channel' };
      if (channel.archived) return { ok: false, error: 'is_archived' };
      if (r.text.startsWith('/')) {
        if (r.thread_ts) return { ok: false, error: 'Slash commands do not work in threads.' };
        return runCommand(r.user, r.channel, r.text);
      }
      const text = r.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      world.add({
        channel: r.channel,
        user: r.user,
        isApp: false,
        text,
        ...(r.thread_ts ? { thread_ts: r.thread_ts } : {}),
      });
      return { ok: true };
    },

    async click(r) {
      const person = world.users.get(r.user);
      const channel = world.channels.get(r.channel);
      const message = world.find(r.channel, r.message_ts);
      const isThere = message && world.canSee(r.user, r.channel) && [undefined, r.user].includes(message.ephemeralFor);
      if (!person || !channel || !isThere) return { ok: false, error: 'message_not_found' };
      const found = findElement(message.blocks ?? [], r.action_id, r.block_id);
      if (!found) return { ok: false, error: 'action_not_found' };
      if (!isOffered(found.element, r.selected)) return { ok: false, error: 'option_not_found' };
      if (!manifest.interactivity) return { ok: false, error: 'interactivity_is_off' };
      const said = repeated.filter((name) => found.element[name] !== undefined);
      const action = {
        ...Object.fromEntries(said.map((name) => [name, found.element[name]])),
        block_id: found.blockId,
        action_ts: world.nextTs(),
        ...r.selected,
      };
      const target = { channel: r.channel, user: r.user, message: { ts: message.ts } };
      const result = await deliver(
        'interactive',
        blockActionsPayload({
          person,
          channel,
          message: messageObject(world, options.url(), message),
          isEphemeral: message.ephemeralFor !== undefined,
          action,
          responseUrl: responseUrls.make('actions', target),
          triggerId: newTrigger(r.user),
        }),
      );
      return result.acked ? { ok: true, ack: result.payload } : { ok: false, error: unacked(result.why) };
    },

    async submitView(r) {
      const person = world.users.get(r.user);
      const entry = views.get(r.view_id);
      if (!person || !entry || entry.user !== r.user) return { ok: false, error: 'not_found' };
      const result = await deliver(
        'interactive',
        viewSubmissionPayload({ person, view: entry.view, values: r.values, triggerId: newTrigger(r.user) }),
      );
      if (!result.acked) return { ok: false, error: unacked(result.why) };
      const answer = isObject(result.payload) ? result.payload : {};
      switch (answer.response_action) {
        case undefined:
        case 'clear':
          views.close(r.view_id);
          return { ok: true };
        case 'errors': {
          const errors = isObject(answer.errors) ? (answer.errors as Record<string, string>) : {};
          const isShown =
            Object.keys(errors).length > 0 && Object.keys(errors).every((id) => views.hasInput(r.view_id, id));
          return isShown ? { ok: false, error: 'errors', errors } : { ok: false, error: 'errors_for_no_input' };
        }
        case 'update': {
          const updated = views.update({ view_id: r.view_id, view: answer.view });
          return updated.ok ? { ok: true } : { ok: false, error: updated.error };
        }
        default:
          return { ok: false, error: `unknown response_action: ${String(answer.response_action)}` };
      }
    },

    async closeView(r) {
      const person = world.users.get(r.user);
      const entry = views.get(r.view_id);
      views.close(r.view_id);
      if (!person || !entry?.view.notify_on_close) return { ok: true };
      const result = await deliver('interactive', viewClosedPayload({ person, view: entry.view }));
      return result.acked ? { ok: true } : { ok: false, error: unacked(result.why) };
    },
  };
}

/** The element with this action_id, which must be in the message as it is now. */
function findElement(
  blocks: Json[],
  actionId: string,
  blockId?: string,
): { element: Json; blockId: unknown } | undefined {
  for (const block of blocks) {
    if (blockId !== undefined && block.block_id !== blockId) continue;
    const candidates = [
      ...(Array.isArray(block.elements) ? (block.elements as Json[]) : []),
      ...(block.accessory ? [block.accessory as Json] : []),
    ];
    const element = candidates.find((e) => e.action_id === actionId);
    if (element) return { element, blockId: block.block_id };
  }
  return undefined;
}

/** Is what was chosen among the element's options? A button has none. */
function isOffered(element: Json, selected: Json | undefined): boolean {
  if (!selected) return true;
  const groups = Array.isArray(element.option_groups) ? (element.option_groups as Json[]) : [element];
  const values = groups.flatMap((g) => (Array.isArray(g.options) ? (g.options as Json[]) : [])).map((o) => o.value);
  const { selected_option: one, selected_options: many, ...others } = selected;
  const chosen = [one, ...(Array.isArray(many) ? many : [])].filter(isObject);
  return Object.keys(others).length === 0 && chosen.every((o) => values.includes(o.value));
}
