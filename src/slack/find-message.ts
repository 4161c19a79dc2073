import type { WebClient } from '@slack/web-api';
import { slackErrorCode } from './error-code.ts';

/** Clocks may differ; messages from before that are not ours. Milliseconds. */
const margin = 60_000;
/** Of a page, and so many pages: more than a channel gets in the time that is looked at. */
const mostLooked = 200;
const mostPages = 10;

/** What the bot writes into the metadata of its messages. `keys`: of a message that tells several things, separated by spaces. */
export interface MessageMetadata {
  event_type: 'agora_recording';
  event_payload: { session: string; key: string } | { keys: string };
}

/**
 * Looks whether a message is there whose answer was lost. Its time and what it tells, or undefined when it is not there, or cannot be looked for: the scopes for it are
 * optional (channels:history and its kin), and a person's id is no conversation. Throws what Slack throws for other reasons.
 */
export async function findMessage(
  client: WebClient,
  r: { channel: string; thread?: string | undefined; key: string; since: number; file?: string | undefined },
): Promise<{ ts: string; keys: string[] } | undefined> {
  if (/^[UW]/.test(r.channel)) return undefined;
  const how = {
    channel: r.channel,
    oldest: String(Math.max(0, Math.floor((r.since - margin) / 1000))),
    limit: mostLooked,
    include_all_metadata: true,
  };
  try {
    let cursor: string | undefined;
    for (let n = 0; n < mostPages; n++) {
      const page = cursor === undefined ? how : { ...how, cursor };
      const answer =
        r.thread === undefined
          ? await client.conversations.history(page)
          : await client.conversations.replies({ ...page, ts: r.thread });
      const found = answer.messages?.find(
        (m) => keysOf(m.metadata).includes(r.key) || (r.file !== undefined && m.files?.some((f) => f.name === r.file)),
      );
      if (found?.ts !== undefined) return { ts: found.ts, keys: keysOf(found.metadata) };
      cursor = answer.response_metadata?.next_cursor || undefined;
      if (cursor === undefined) return undefined;
    }
    return undefined;
  } catch (error) {
    const code = slackErrorCode(error);
    if (
      code === 'missing_scope' ||
      code === 'not_in_channel' ||
      code === 'channel_not_found' ||
      code === 'thread_not_found'
    ) {
      return undefined;
    }
    throw error;
  }
}

function keysOf(metadata: { event_payload?: unknown } | undefined): string[] {
  const payload = metadata?.event_payload;
  if (typeof payload !== 'object' || payload === null) return [];
  if ('key' in payload && typeof payload.key === 'string') return [payload.key];
  return 'keys' in payload && typeof payload.keys === 'string' ? payload.keys.split(' ') : [];
}
