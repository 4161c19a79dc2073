/**
 * What the sandbox's page and its server say to each other. JSON over HTTP under `/ui/`, and one server-sent event stream.
 * This is not Slack's API: it stands for Slack's own client, which talks to Slack in a private way.
 *
 * - `GET  /ui/snapshot?user=U…`                       -> {@link Snapshot}
 * - `GET  /ui/messages?user=U…&channel=C…`            -> {@link UiMessage}[] oldest first, thread replies included (they carry `thread_ts`)
 * - `GET  /ui/file?user=U…&id=F…`                      -> the content of a file in a message that this person can see
 * - `GET  /ui/stream?user=U…`                         -> server-sent events, each `data:` line one {@link UiEvent}
 * - `POST /ui/message`  {@link MessageRequest}        -> `{ok:true}` | `{ok:false,error}`; a text that begins with `/` is a slash command
 * - `POST /ui/action`   {@link ActionRequest}         -> the same; sent after the person agreed in the confirm dialog, if there is one
 * - `POST /ui/view-submission` {@link ViewSubmissionRequest} -> `{ok:true}` | `{ok:false,error}` | `{ok:false,errors:{block_id:text}}`
 * - `POST /ui/view-closed` {@link ViewClosedRequest}  -> `{ok:true}`
 * - `GET  /ui/agora`                                  -> {@link AgoraPanel}
 * - `POST /ui/agora/fault` {@link FaultRequest}       -> `{ok:true}` | `{ok:false,error}`
 * - `POST /ui/slack/fault` `{down:boolean,seconds?:number}` -> `{ok:true}`; while down every Web API call answers HTTP 503; `seconds`: for so long
 */
export interface Snapshot {
  team: { id: string; name: string; domain: string };
  users: UiUser[];
  /** The channels this user can see. */
  channels: UiChannel[];
  /** From the app's manifest, for completion in the message box. */
  commands: { command: string; description: string; usage_hint: string }[];
  app: { id: string; name: string };
  slackDown: boolean;
}

export interface UiUser {
  id: string;
  name: string;
  real_name: string;
  /** Six hex digits, as Slack's `user.color`. */
  color: string;
  role: 'member' | 'guest' | 'stranger' | 'bot';
}

export interface UiChannel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  is_member: boolean;
  is_archived: boolean;
  topic: string;
}

export interface UiMessage {
  ts: string;
  channel: string;
  /** The author: a person's or the bot user's id. */
  user: string;
  /** True for posts made by the app: they wear the APP badge. */
  is_app: boolean;
  text: string;
  /** Block Kit, as stored: ids filled in. */
  blocks?: Record<string, unknown>[];
  files?: UiFile[];
  thread_ts?: string;
  /** On parents. */
  reply_count?: number;
  edited?: boolean;
  /** "Only visible to you". */
  is_ephemeral?: boolean;
  /** Also shown in the channel though it is a reply. */
  is_broadcast?: boolean;
}

export interface UiFile {
  id: string;
  name: string;
  title: string;
  /** Bytes. */
  size: number;
}

export type UiEvent =
  | { type: 'message'; message: UiMessage }
  | { type: 'message_changed'; message: UiMessage }
  | { type: 'message_deleted'; channel: string; ts: string }
  | { type: 'view_opened'; view: UiView }
  | { type: 'view_changed'; view: UiView }
  | { type: 'view_closed'; view_id: string }
  /** Slackbot's private word to this user, e.g. that the app did not answer in time. */
  | { type: 'notice'; channel: string; text: string }
  | { type: 'channels_changed' }
  | { type: 'agora'; panel: AgoraPanel }
  | { type: 'slack_status'; down: boolean; connections: number };

export interface UiView {
  id: string;
  type: 'modal' | 'home';
  title: string;
  submit?: string;
  close?: string;
  blocks: Record<string, unknown>[];
}

export interface MessageRequest {
  user: string;
  channel: string;
  text: string;
  thread_ts?: string;
}

export interface ActionRequest {
  user: string;
  channel: string;
  message_ts: string;
  /** An action_id is unique within its block only. */
  block_id: string;
  action_id: string;
  /** For selects and the like: the value Slack would put beside type, block_id and action_id. */
  selected?: Record<string, unknown>;
}

export interface ViewSubmissionRequest {
  user: string;
  view_id: string;
  /** state.values as Slack sends it: block_id -> action_id -> value. */
  values: Record<string, Record<string, unknown>>;
}

export interface ViewClosedRequest {
  user: string;
  view_id: string;
}

export interface AgoraPanel {
  /** Virtual ms since the epoch on the Agora side. */
  now: number;
  /** Virtual seconds per second. */
  speed: number;
  tasks: AgoraTaskRow[];
  billedSecondsTotal: number;
  /** The REST failure that is on: 'http_500' while every call answers 500. */
  restFault: 'none' | 'http_500';
  /** No recorder is free. */
  full?: boolean;
  /** The bucket takes no file. */
  bucketRefuses?: boolean;
  notifications: { delivered: number; failed: number };
}

export interface AgoraTaskRow {
  sid: string;
  cname: string;
  uid: string;
  mode: 'mix' | 'individual' | 'web';
  /** 0-8 or 20 as in the query reply. */
  status: number;
  /** A few plain words: "recording", "uploading", "in failover", "exited". */
  statusText: string;
  /** Virtual ms. */
  startedAt: number;
  endedAt?: number;
  billedSeconds: number;
  files: string[];
  alive: boolean;
  /** Mix: the layout that is in force, in the fields of Agora's updateLayout. */
  layout?: Record<string, unknown>;
  /** Web: no slices are written until it is resumed. */
  onHold?: boolean;
  /** Web: where the page is pushed to live. */
  outputs?: { rtmpUrl: string; status: 'connecting' | 'publishing' | 'onhold' | 'disconnected' }[];
}

/**
 * `recorder_dies`: the worker is gone for good, query answers 404, event 11 exitStatus 1.
 * `failover`: 60 virtual seconds of 404, then event 12 and the recording goes on under a new uid, files prefixed bak0_.
 * `upload_to_backup`: the upload after stop ends as `backuped` (event 32).
 * `http_500_on` / `http_500_off`: every REST call answers 500.
 * `slow_upload`: the upload after stop takes so many virtual seconds; a stop that waits gets 206/50 after 20.
 * `web_page`: what happens to a page that is recorded: it asks for more than a recorder has (events 72 and 71), it is silent and loaded anew
 * (73), its recorder breaks (71).
 * `answer`: the next calls of an endpoint (`*`: of any) get this status and body; `after`: though they took effect.
 * `delay`: the next calls are answered so much later, real ms. `drop`: their connection ends without an answer, before or after the effect.
 * `capacity_full_on` / `capacity_full_off`: no recorder is free for a new recording.
 * `bucket_refuses_on` / `bucket_refuses_off`: the bucket refuses every file, as with wrong keys.
 * `host_down` / `host_up`: one of Agora's hosts takes no connections.
 */
export type FaultRequest =
  | { kind: 'recorder_dies' | 'failover' | 'upload_to_backup'; sid: string }
  | { kind: 'slow_upload'; sid: string; seconds: number }
  | { kind: 'web_page'; sid: string; what: 'resolution' | 'WebGL' | 'bandwidth' | 'audio_silence' | 'recorder_error' }
  | { kind: 'answer'; endpoint: FaultEndpoint | '*'; status: number; body?: object; times?: number; after?: boolean }
  | { kind: 'delay'; endpoint: FaultEndpoint; delayMs: number; times?: number }
  | { kind: 'drop'; endpoint: FaultEndpoint; times?: number; after?: boolean }
  | { kind: 'host_down' | 'host_up'; host: number }
  | { kind: 'capacity_full_on' | 'capacity_full_off' }
  | { kind: 'bucket_refuses_on' | 'bucket_refuses_off' }
  | { kind: 'http_500_on' | 'http_500_off' };

/** The last part of a call's path. */
export type FaultEndpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop' | 'kicking-rule';
