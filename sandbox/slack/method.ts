import type { World } from './world.ts';

/** Arguments of a call, JSON texts already read. */
export type Args = Record<string, unknown>;
export type Result = { ok: true; [key: string]: unknown } | { ok: false; error: string; [key: string]: unknown };

export interface MethodContext {
  world: World;
  /** Of this workspace, without a slash at its end. */
  url: string;
  /** The bot token's. */
  scopes: string[];
  newId(): string;
  openView(args: Args): Result;
  updateView(args: Args): Result;
  openConnection(): Result;
}

/** `json` arguments are JSON text in a form body, and either text or the thing itself in a JSON body. */
type Kind = 'text' | 'whole' | 'flag' | 'json';
/** With `!`: required. */
export type ArgumentRule = Kind | `${Kind}!`;

/** How often a method may be called (docs.slack.dev/apis/web-api/rate-limits); `post` is chat.postMessage's own rule. */
export type Tier = 1 | 2 | 3 | 4 | 'post' | 'special';

export interface Method {
  /** `app`: an app-level token; `bot`: a bot token. */
  token: 'app' | 'bot';
  scope?: string;
  /** A scope for each kind of conversation, e.g. `channels:history`; the one for the conversation at hand is needed. */
  scopesByKind?: 'read' | 'history';
  tier: Tier;
  /** Slack reads JSON bodies for this method. */
  json: boolean;
  args: Record<string, ArgumentRule>;
  run(c: MethodContext, args: Args): Result;
}

export const failure = (error: string, more: object = {}): Result => ({ ok: false, error, ...more });

/** Slack's way to say what is wrong with arguments. */
export const invalidArguments = (...problems: string[]): Result =>
  failure('invalid_arguments', { response_metadata: { messages: problems.map((p) => `[ERROR] ${p}`) } });

export const missingScope = (needed: string, provided: string[]): Result =>
  failure('missing_scope', { needed, provided: provided.join(',') });

/** Slack takes flags as JSON and as texts. */
export const isOn = (v: unknown): boolean => v === true || v === 1 || v === 'true' || v === '1';
