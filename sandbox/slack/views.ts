import { randomBytes } from 'node:crypto';
import type { UiEvent, UiView } from '../ui-protocol.ts';
import { fillIds } from './block-kit.ts';
import { checkView } from './check-view.ts';
import type { Json } from './composition-objects.ts';
import { type Args, failure, invalidArguments, type Result } from './method.ts';
import { app, team } from './world.ts';

/** Slack takes views of up to 250 kB. */
const maxSize = 250_000;

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

  /** What is wrong with a view that is to be shown, in place of another one or not. */
  function refusal(view: unknown, replaced?: string): Result | undefined {
    if (JSON.stringify(view).length > maxSize) return failure('view_too_large');
    const problems = checkView(view);
    if (problems.length > 0) return invalidArguments(...problems);
    const id = (view as Json).external_id;
    const isTaken = id && [...open].some(([other, o]) => other !== replaced && o.view.external_id === id);
    return isTaken ? failure('duplicate_external_id') : undefined;
  }

  return {
    open(args: Args): Result {
      if ((args.trigger_id === undefined) === (args.interactivity_pointer === undefined))
        return invalidArguments('exactly one of trigger_id and interactivity_pointer is needed');
      const refused = refusal(args.view);
      if (refused) return refused;
      const trigger = options.useTrigger(String(args.trigger_id ?? ''));
      if ('error' in trigger) return failure(trigger.error);
      const id = `V${randomBytes(5).toString('hex').toUpperCase()}`;
      const stored = store(id, args.view as Json, trigger.user);
      options.tell({ type: 'view_opened', view: toUi(id, stored) }, trigger.user);
      return { ok: true, view: stored };
    },
    update(args: Args): Result {
      if ((args.view_id === undefined) === (args.external_id === undefined))
        return invalidArguments('exactly one of view_id and external_id is needed');
      const [id, entry] =
        [...open].find(
          ([id, o]) => id === args.view_id || (args.external_id && o.view.external_id === args.external_id),
        ) ?? [];
      if (id === undefined || !entry) return failure('not_found');
      if (args.hash !== undefined && args.hash !== entry.view.hash) return failure('hash_conflict');
      const refused = refusal(args.view, id);
      if (refused) return refused;
      const stored = store(id, args.view as Json, entry.user);
      options.tell({ type: 'view_changed', view: toUi(id, stored) }, entry.user);
      return { ok: true, view: stored };
    },
    get: (id: string) => open.get(id),
    /** Is there an input block of this id in the view? Errors are shown beside such ones only. */
    hasInput: (id: string, blockId: string) =>
      ((open.get(id)?.view.blocks ?? []) as Json[]).some((b) => b.type === 'input' && b.block_id === blockId),
    close(id: string): void {
      const entry = open.get(id);
      open.delete(id);
      if (entry) options.tell({ type: 'view_closed', view_id: id }, entry.user);
    },
  };
}

export type Views = ReturnType<typeof createViews>;
