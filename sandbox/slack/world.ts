import type { UiEvent, UiMessage } from '../ui-protocol.ts';

export interface Person {
  id: string;
  team: string;
  name: string;
  real_name: string;
  color: string;
  role: 'member' | 'guest' | 'stranger' | 'bot';
}

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  topic: string;
  members: Set<string>;
  archived: boolean;
}

/** A message as Slack stores it. */
export interface Message {
  ts: string;
  channel: string;
  user: string;
  isApp: boolean;
  text: string;
  blocks?: Record<string, unknown>[];
  thread_ts?: string;
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  edited?: boolean;
  broadcast?: boolean;
  /** Only this person sees it; it is in no history. */
  ephemeralFor?: string;
}

export const team = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'sandbox' } as const;
export const app = { id: 'A0SANDBOX', botUser: 'U0BOT', botId: 'B0SANDBOX' } as const;

const people: Person[] = [
  { id: 'U0ANA', team: team.id, name: 'ana', real_name: 'Ana Alves', color: '2f6f4f', role: 'member' },
  { id: 'U0BEN', team: team.id, name: 'ben', real_name: 'Ben Bauer', color: '7a3e9d', role: 'member' },
  { id: 'U0GIL', team: team.id, name: 'gil', real_name: 'Gil Guest', color: '8a5a00', role: 'guest' },
  { id: 'U0SAM', team: 'T0OTHER', name: 'sam', real_name: 'Sam Stranger', color: '99334d', role: 'stranger' },
];

/** A workspace with its people, channels and messages. Everything that changes is told to `tell`. */
export function createWorld(botName: string, now: () => number, tell: (event: UiEvent, only?: string) => void) {
  const users = new Map<string, Person>(
    [
      ...people,
      { id: app.botUser, team: team.id, name: botName, real_name: botName, color: '1d3b53', role: 'bot' as const },
    ].map((p) => [p.id, p]),
  );
  const channel = (
    id: string,
    name: string,
    kind: Channel['kind'],
    topic: string,
    members: string[],
  ): [string, Channel] => [id, { id, name, kind, topic, members: new Set(members), archived: false }];
  const everybody = ['U0ANA', 'U0BEN'];
  const channels = new Map<string, Channel>([
    channel('C0GENERAL', 'general', 'public', 'Everything else', [...everybody, app.botUser]),
    channel('C0CLASSES', 'classes', 'public', 'Maths and physics, live', [...everybody, 'U0GIL', 'U0SAM', app.botUser]),
    channel('C0OPS', 'ops', 'public', 'Alerts', [...everybody, app.botUser]),
    channel('C0RANDOM', 'random', 'public', 'The bot is not in here', everybody),
    channel('C0STAFF', 'staff', 'private', 'Not for guests', ['U0ANA', app.botUser]),
  ]);
  const groups = [{ id: 'S0TEACHERS', handle: 'teachers', name: 'Teachers', users: ['U0BEN'] }];
  const messages: Message[] = [];
  let lastTs = 0;

  /** Unique in the whole workspace and always growing, as Slack's are within a channel. */
  function nextTs(): string {
    lastTs = Math.max(Math.round(now() * 1000), lastTs + 1);
    return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, '0')}`;
  }

  function toUi(m: Message): UiMessage {
    const replies = messages.filter(
      (r) => r.channel === m.channel && r.thread_ts === m.ts && r.ts !== m.ts && !r.ephemeralFor,
    ).length;
    return {
      ts: m.ts,
      channel: m.channel,
      user: m.user,
      is_app: m.isApp,
      text: m.text,
      ...(m.blocks ? { blocks: m.blocks } : {}),
      ...(m.thread_ts ? { thread_ts: m.thread_ts } : {}),
      ...(replies > 0 ? { reply_count: replies } : {}),
      ...(m.edited ? { edited: true } : {}),
      ...(m.ephemeralFor ? { is_ephemeral: true } : {}),
      ...(m.broadcast ? { is_broadcast: true } : {}),
    };
  }

  return {
    users,
    channels,
    groups,
    messages,
    nextTs,
    toUi,
    /** The conversation between the app and a person. */
    openDm(user: string): Channel {
      const id = `D0${user.slice(2)}`;
      const known = channels.get(id);
      if (known) return known;
      const dm: Channel = {
        id,
        name: botName,
        kind: 'im',
        topic: '',
        members: new Set([user, app.botUser]),
        archived: false,
      };
      channels.set(id, dm);
      tell({ type: 'channels_changed' }, user);
      return dm;
    },
    add(m: Omit<Message, 'ts'>): Message {
      const message: Message = { ...m, ts: nextTs() };
      messages.push(message);
      tell({ type: 'message', message: toUi(message) }, m.ephemeralFor);
      const parent = m.thread_ts ? messages.find((p) => p.channel === m.channel && p.ts === m.thread_ts) : undefined;
      if (parent) tell({ type: 'message_changed', message: toUi(parent) });
      return message;
    },
    change(m: Message): void {
      tell({ type: 'message_changed', message: toUi(m) }, m.ephemeralFor);
    },
    remove(m: Message): void {
      messages.splice(messages.indexOf(m), 1);
      tell({ type: 'message_deleted', channel: m.channel, ts: m.ts }, m.ephemeralFor);
    },
    find: (channel: string, ts: string) => messages.find((m) => m.channel === channel && m.ts === ts),
    /** What this person sees there, oldest first. */
    visible(channel: string, user: string): UiMessage[] {
      return messages.filter((m) => m.channel === channel && (!m.ephemeralFor || m.ephemeralFor === user)).map(toUi);
    },
    channelsOf(user: string): Channel[] {
      const person = users.get(user);
      return [...channels.values()].filter(
        (c) => c.members.has(user) || (c.kind === 'public' && person?.role === 'member'),
      );
    },
  };
}

export type World = ReturnType<typeof createWorld>;
