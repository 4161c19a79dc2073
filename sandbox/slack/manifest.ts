/** What the workspace takes from the app's manifest. */
export interface AppManifest {
  name: string;
  commands: { command: string; description: string; usage_hint: string; should_escape: boolean }[];
  botScopes: string[];
  socketMode: boolean;
  interactivity: boolean;
}

type Shape = { [key: string]: Shape | Leaf };
type Leaf = (value: unknown, path: string) => string | undefined;

const words =
  (low: number, high: number, like?: RegExp): Leaf =>
  (v, path) =>
    typeof v === 'string' && v.length >= low && v.length <= high && (!like || like.test(v))
      ? undefined
      : `${path} must be a text of ${low} to ${high} characters${like ? ` like ${like.source}` : ''}`;
const flag: Leaf = (v, path) => (typeof v === 'boolean' ? undefined : `${path} must be true or false`);
const whole: Leaf = (v, path) => (Number.isInteger(v) ? undefined : `${path} must be a whole number`);
const texts: Leaf = (v, path) =>
  Array.isArray(v) && v.every((x) => typeof x === 'string') ? undefined : `${path} must be a list of texts`;
const address = words(1, 3000, /^https?:\/\//);
const items =
  (low: number, high: number, item: Shape, required: string[]): Leaf =>
  (v, path) => {
    if (!Array.isArray(v) || v.length < low || v.length > high) return `${path} must have ${low} to ${high} items`;
    for (const [i, x] of v.entries()) {
      const problem = check(x, item, `${path}/${i}`) ?? missing(x, required, `${path}/${i}`);
      if (problem) return problem;
    }
    return undefined;
  };

/** Unknown properties are refused everywhere (manifest schema v1; docs.slack.dev/reference/app-manifest). */
const shape: Shape = {
  _metadata: { major_version: whole, minor_version: whole },
  display_information: {
    name: words(1, 35),
    description: words(1, 140),
    long_description: words(175, 4000),
    background_color: words(4, 7, /^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  },
  features: {
    bot_user: { display_name: words(1, 80), always_online: flag },
    app_home: { home_tab_enabled: flag, messages_tab_enabled: flag, messages_tab_read_only_enabled: flag },
    slash_commands: items(
      1,
      50,
      {
        command: words(2, 32, /^\//),
        description: words(1, 2000),
        usage_hint: words(1, 1000),
        should_escape: flag,
        url: address,
      },
      ['command', 'description'],
    ),
    shortcuts: items(
      1,
      10,
      { name: words(1, 24), type: words(1, 10), callback_id: words(1, 255), description: words(1, 150) },
      ['name', 'type', 'callback_id', 'description'],
    ),
    unfurl_domains: texts,
  },
  oauth_config: { scopes: { bot: texts, user: texts, bot_optional: texts }, redirect_urls: texts },
  settings: {
    event_subscriptions: { request_url: address, bot_events: texts },
    interactivity: { is_enabled: flag, request_url: address, message_menu_options_url: address },
    org_deploy_enabled: flag,
    socket_mode_enabled: flag,
    token_rotation_enabled: flag,
    is_hosted: flag,
    allowed_ip_address_ranges: texts,
  },
};

function check(value: unknown, wanted: Shape, path: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `${path || 'the manifest'} must be an object`;
  for (const [name, v] of Object.entries(value)) {
    const next = wanted[name];
    if (!next) return `${path}/${name} is not known`;
    const problem = typeof next === 'function' ? next(v, `${path}/${name}`) : check(v, next, `${path}/${name}`);
    if (problem) return problem;
  }
  return undefined;
}

function missing(value: unknown, required: string[], path: string): string | undefined {
  const lacking = required.find((name) => typeof value !== 'object' || value === null || !(name in value));
  return lacking ? `${path}/${lacking} is missing` : undefined;
}

/** Reads a manifest as Slack does, and throws with the reason when Slack would not take it. */
export function readManifest(value: unknown): AppManifest {
  const problem = check(value, shape, '') ?? missing(value, ['display_information'], '');
  if (problem) throw new Error(`Slack would refuse this manifest: ${problem}`);
  const m = value as {
    display_information: { name: string };
    features?: {
      slash_commands?: { command: string; description: string; usage_hint?: string; should_escape?: boolean }[];
    };
    oauth_config?: { scopes?: { bot?: string[]; bot_optional?: string[] } };
    settings?: { socket_mode_enabled?: boolean; interactivity?: { is_enabled?: boolean } };
  };
  const commands = m.features?.slash_commands ?? [];
  // Whoever installs an app in the sandbox grants what is asked for.
  const botScopes = [...(m.oauth_config?.scopes?.bot ?? []), ...(m.oauth_config?.scopes?.bot_optional ?? [])];
  if (commands.length > 0 && !botScopes.includes('commands'))
    throw new Error('Slack would refuse this manifest: slash commands need the scope commands');
  return {
    name: m.display_information.name,
    commands: commands.map((c) => ({
      command: c.command,
      description: c.description,
      usage_hint: c.usage_hint ?? '',
      should_escape: c.should_escape ?? false,
    })),
    botScopes,
    socketMode: m.settings?.socket_mode_enabled ?? false,
    interactivity: m.settings?.interactivity?.is_enabled ?? false,
  };
}
