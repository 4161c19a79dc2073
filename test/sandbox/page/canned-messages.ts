import type { AgoraTaskRow, UiMessage } from '../../../sandbox/ui-protocol.ts';

/** 14 July 2026 and later; each next message is a minute younger. */
const start = 1_784_000_000;
let count = 0;

/** A fresh ts; Slack's are unique and grow. */
export const nextTs = (): string => `${start + 60 * count++}.000100`;

/** A person's message in #classes. */
export const said = (text: string, more: Partial<UiMessage> = {}): UiMessage => ({
  ts: nextTs(),
  channel: 'C1',
  user: 'U1',
  is_app: false,
  text,
  ...more,
});

/** A recording's card with a Stop button that asks first. */
export const card = (words: string, more: Partial<UiMessage> = {}): UiMessage => ({
  ...said(`Recording of math-101: ${words}.`, { user: 'U9', is_app: true }),
  blocks: [
    {
      type: 'section',
      block_id: 'what',
      text: { type: 'mrkdwn', text: `🔴 *${words}*\nAgora channel \`math-101\`, started by <@U1>` },
    },
    { type: 'context', block_id: 'when', elements: [{ type: 'mrkdwn', text: 'Recording since 11:03' }] },
    {
      type: 'actions',
      block_id: 'buttons',
      elements: [
        {
          type: 'button',
          action_id: 'stop',
          style: 'danger',
          value: 's1',
          text: { type: 'plain_text', text: 'Stop recording' },
          confirm: {
            title: { type: 'plain_text', text: 'Stop recording?' },
            text: { type: 'plain_text', text: 'The recording of math-101 ends for everybody.' },
            confirm: { type: 'plain_text', text: 'Yes, stop' },
            deny: { type: 'plain_text', text: 'Keep recording' },
            style: 'danger',
          },
        },
        { type: 'button', action_id: 'extend', value: 's1', text: { type: 'plain_text', text: 'Extend 15 min' } },
      ],
    },
  ],
  ...more,
});

export const task = (more: Partial<AgoraTaskRow> = {}): AgoraTaskRow => ({
  sid: 'a1b2',
  cname: 'math-101',
  uid: '4246379168',
  mode: 'mix',
  status: 5,
  statusText: 'recording',
  startedAt: 1_790_000_000_000,
  billedSeconds: 65,
  files: ['a1b2_math-101.m3u8', 'a1b2_math-101_0.ts'],
  alive: true,
  ...more,
});
