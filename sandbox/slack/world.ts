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
  files?: SlackFile[];
  /** Only this person sees it; it is in no history. */
  ephemeralFor?: string;
}

export interface SlackFile {
  id: string;
  name: string;
  title: string;
  /** Bytes, as announced. */
  size: number;
  /** Unix seconds. */
  created: number;
  uploadPath: string;
  /** Once it has been sent. */
  content?: Buffer;
  /** The app has said that it is done with it. */
  isComplete: boolean;
}

export interface UserGroup {
  id: string;
  handle: string;
  name: string;
  users: string[];
}

/** Who is told of an event: everybody who looks, one person, or those of whom this is true. */
export type Audience = undefined | string | ((user: string) => boolean);

export const team = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'sandbox' } as const;
export const app = { id: 'A0SANDBOX', botUser: 'U0BOT', botId: 'B0SANDBOX' } as const;

const people: Person[] = [
  { id: 'U0ANA', team: team.id, name: 'ana', real_name: 'Ana Alves', color: '2f6f4f', role: 'member' },
  { id: 'U0BEN', team: team.id, name: 'ben', real_name: 'Ben Bauer', color: '7a3e9d', role: 'member' },
  { id: 'U0GIL', team: team.id, name: 'gil', real_name: 'Gil Guest', color: '8a5a00', role: 'guest' },
  { id: 'U0SAM', team: 'T0OTHER', name: 'sam', real_name: 'Sam Stranger', color: '99334d', role: 'stranger' },
];

/** The id of the conversation between the app and a person. */
const dmId = (user: string) => `D0${user.slice(2)}`;

/** A workspace with its people, channels and messages. Everything that changes is told to `tell`. */
export function createWorld(botName: string, now: () => number, tell: (event: UiEvent, to?: Audience) => void) {
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
  const groups: UserGroup[] = [{ id: 'S0TEACHERS', handle: 'teachers', name: 'Teachers', users: ['U0BEN'] }];
  const messages: Message[] = [];
  const files = new Map<string, SlackFile>();
  let lastTs = 0;

  /** Unique in the whole workspace and always growing, as Slack's are within a channel. */
  function nextTs(): string {
    lastTs = Math.max(Math.round(now() * 1000), lastTs + 1);
    return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, '0')}`;
  }

  /** What everybody can see that was said there, oldest first. */
  const said = (channel: string) => messages.filter((m) => m.channel === channel && !m.ephemeralFor);
  const repliesTo = (m: Message) => said(m.channel).filter((r) => r.thread_ts === m.ts && r.ts !== m.ts);

  /** May this person look into that conversation? Public ones are open to full members, the others to those who are in them. */
  function canSee(user: string, channelId: string): boolean {
    const channel = channels.get(channelId);
    if (!channel) return false;
    return channel.members.has(user) || (channel.kind === 'public' && users.get(user)?.role === 'member');
  }
  const readers = (m: Message): Audience => m.ephemeralFor ?? ((user) => canSee(user, m.channel));

  function toUi(m: Message): UiMessage {
    const replies = repliesTo(m).length;
    return {
      ts: m.ts,
      channel: m.channel,
      user: m.user,
      is_app: m.isApp,
      text: m.text,
      ...(m.blocks ? { blocks: m.blocks } : {}),
      ...(m.files ? { files: m.files.map(({ id, name, title, size }) => ({ id, name, title, size })) } : {}),
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
    files,
    now,
    nextTs,
    toUi,
    said,
    repliesTo,
    canSee,
    dmWith: (user: string) => channels.get(dmId(user)),
    /** One more public channel, with the app in it. */
    addChannel(id: string, name: string): void {
      channels.set(...channel(id, name, 'public', '', [...everybody, app.botUser]));
    },
    /** The conversation between the app and a person. */
    openDm(user: string): Channel {
      const id = dmId(user);
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
      tell({ type: 'message', message: toUi(message) }, readers(message));
      const parent = m.thread_ts ? messages.find((p) => p.channel === m.channel && p.ts === m.thread_ts) : undefined;
      if (parent) tell({ type: 'message_changed', message: toUi(parent) }, readers(parent));
      return message;
    },
    change(m: Message): void {
      tell({ type: 'message_changed', message: toUi(m) }, readers(m));
    },
    remove(m: Message): void {
      messages.splice(messages.indexOf(m), 1);
      tell({ type: 'message_deleted', channel: m.channel, ts: m.ts }, readers(m));
    },
    find: (channel: string, ts: string) => messages.find((m) => m.channel === channel && m.ts === ts),
    /** What this person sees there, oldest first. */
    visible(channel: string, user: string): UiMessage[] {
      return messages.filter((m) => m.channel === channel && (!m.ephemeralFor || m.ephemeralFor === user)).map(toUi);
    },
    channelsOf(user: string): Channel[] {
      return [...channels.values()].filter((c) => canSee(user, c.id));
    },
  };
}

export type World = ReturnType<typeof createWorld>;
