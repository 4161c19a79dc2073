import { randomBytes } from 'node:crypto';
import type { UiEvent, UiView } from '../ui-protocol.ts';
import { checkBlocks, fillIds } from './block-kit.ts';
import type { Args, Result } from './methods.ts';
import { app, team } from './world.ts';

interface OpenView {
  view: Record<string, unknown>;
  user: string;
}

/** Modals: opened with a trigger within three seconds, updated by id and hash (docs.slack.dev/surfaces/modals). */
export function createViews(options: {
  now: () => number;
  newId: () => string;
  /** Whose trigger it is, once; the error if it is of no use. */
  useTrigger: (id: string) => { user: string } | { error: string };
  tell: (event: UiEvent, only: string) => void;
}) {
  const open = new Map<string, OpenView>();
  const hash = () => `${Math.floor(options.now() / 1000)}.${randomBytes(4).toString('hex')}`;

  function problems(view: Record<string, unknown>): string[] {
    const found: string[] = [];
    const limits: [string, number][] = [
      ['title', 24],
      ['submit', 24],
      ['close', 24],
    ];
    if (view.type !== 'modal' && view.type !== 'home') found.push('unsupported type [json-pointer:/view/type]');
    for (const [name, max] of limits) {
      const field = view[name];
      const text = typeof field === 'object' && field !== null && 'text' in field ? String(field.text) : undefined;
      if (text !== undefined && text.length > max)
        found.push(`must be less than ${max + 1} characters [json-pointer:/view/${name}/text]`);
      if (text === undefined && name === 'title') found.push('missing required field: title [json-pointer:/view]');
    }
    const blocks = Array.isArray(view.blocks) ? view.blocks : [];
    if (blocks.length < 1) found.push('missing required field: blocks [json-pointer:/view]');
    if (typeof view.private_metadata === 'string' && view.private_metadata.length > 3000)
      found.push('must be less than 3001 characters [json-pointer:/view/private_metadata]');
    return [...found, ...checkBlocks(blocks, 100, '/view/blocks')];
  }

  const toUi = (id: string, view: Record<string, unknown>): UiView => {
    const text = (v: unknown) => (typeof v === 'object' && v !== null && 'text' in v ? String(v.text) : undefined);
    const submit = text(view.submit);
    const close = text(view.close);
    return {
      id,
      type: 'modal',
      title: text(view.title) ?? '',
      ...(submit ? { submit } : {}),
      ...(close ? { close } : {}),
      blocks: (view.blocks ?? []) as Record<string, unknown>[],
    };
  };

  function store(id: string, given: Record<string, unknown>, user: string): Record<string, unknown> {
    const view = {
      private_metadata: '',
      callback_id: '',
      external_id: '',
      clear_on_close: false,
      notify_on_close: false,
      ...given,
      id,
      team_id: team.id,
      app_id: app.id,
      bot_id: app.botId,
      root_view_id: id,
      previous_view_id: null,
      hash: hash(),
      state: { values: {} },
      blocks: fillIds((given.blocks ?? []) as Record<string, unknown>[], options.newId),
    };
    open.set(id, { view, user });
    return view;
  }

  return {
    open(args: Args): Result {
      const view = args.view as Record<string, unknown>;
      const found = problems(view);
      if (found.length > 0)
        return {
          ok: false,
          error: 'invalid_arguments',
          response_metadata: { messages: found.map((p) => `[ERROR] ${p}`) },
        };
      const trigger = options.useTrigger(String(args.trigger_id ?? ''));
      if ('error' in trigger) return { ok: false, error: trigger.error };
      const id = `V${randomBytes(5).toString('hex').toUpperCase()}`;
      const stored = store(id, view, trigger.user);
      options.tell({ type: 'view_opened', view: toUi(id, stored) }, trigger.user);
      return { ok: true, view: stored };
    },
    update(args: Args): Result {
      const entry = open.get(String(args.view_id ?? ''));
      if (!entry) return { ok: false, error: 'not_found' };
      if (args.hash !== undefined && args.hash !== entry.view.hash) return { ok: false, error: 'hash_conflict' };
      const view = args.view as Record<string, unknown>;
      const found = problems(view);
      if (found.length > 0)
        return {
          ok: false,
          error: 'invalid_arguments',
          response_metadata: { messages: found.map((p) => `[ERROR] ${p}`) },
        };
      const stored = store(String(args.view_id), view, entry.user);
      options.tell({ type: 'view_changed', view: toUi(String(args.view_id), stored) }, entry.user);
      return { ok: true, view: stored };
    },
    get: (id: string) => open.get(id),
    close(id: string): void {
      const entry = open.get(id);
      open.delete(id);
      if (entry) options.tell({ type: 'view_closed', view_id: id }, entry.user);
    },
  };
}
