import { ErrorCode } from '@slack/web-api';
import type { Delivery } from '../recording/announcer.ts';
import type { Log } from '../recording/ports.ts';
import { slackErrorCode } from './error-code.ts';

/** The message is not there any more, or is not ours to change: a new one takes its place. */
export const cardGone = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
  'thread_not_found',
]);
/** Nobody in that conversation can be reached by us; another way has to be found. */
export const unreachable = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'is_inactive',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'messages_tab_disabled',
  'user_not_found',
  'user_disabled',
  'cannot_reply_to_message',
]);
/** Slack does not take the message as it is. Without its blocks it says the same in one sentence, and does not hold up what comes after it. */
export const unfit = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'block_mismatch',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'metadata_too_large',
  'invalid_arguments',
]);
/** The app itself is shut out. Nothing is dropped: an operator can put it right. */
export const shutOut = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'not_allowed_token_type',
  'org_login_required',
]);

/** Errors of Slack's own, after which nobody knows whether it was done. */
const doubtful = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

/** Refusals of the whole workspace for a while, wherever one posts. */
const passing = new Set([
  'ratelimited',
  'rate_limited',
  'accesslimited',
  'message_limit_exceeded',
  'team_added_to_org',
]);

/** Slack takes no such file of this app, whenever it is sent (docs.slack.dev/reference/methods/files.getUploadURLExternal). */
export const noFiles = new Set([
  'missing_scope',
  'file_type_not_allowed',
  'file_uploads_disabled',
  'file_uploads_except_images_disabled',
  'file_upload_size_restricted',
  'slack_connect_file_upload_sharing_blocked',
  'malware_detected',
]);

/** After so many refusals in a row the same way leads nowhere. */
const lasting = 5;

/** So often something is refused, which is about a day, before it is given up. */
export const mostRefusals = 1_440;

/** Waits between tries, in seconds; the last repeats. */
const ladder = [1, 2, 4, 8, 15, 30, 60];

/** What nobody waits for any more has so long to arrive before it is looked for. Milliseconds. */
export const mayStillCome = 10_000;

/** Slack could not take it now. Nothing is given up: what is owed stays owed. */
export function later(error: unknown, tries: number, log: Log): Delivery & { ok: false; retryAfterMs: number } {
  const wait = (ladder[Math.min(tries, ladder.length - 1)] ?? 60) * 1000;
  if (isRateLimit(error)) {
    return { ok: false, retryAfterMs: Math.max(1, Number(error.retryAfter)) * 1000, reason: 'rate limited' };
  }
  const name = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const code = slackErrorCode(error) ?? name;
  if (shutOut.has(code)) {
    log.error(
      { code },
      'Slack has shut the app out; recordings are still looked after. Check SLACK_BOT_TOKEN and the app in Slack',
    );
    return { ok: false, retryAfterMs: 60_000, reason: code };
  }
  const retryAfterMs = isTimeout(error) ? Math.max(wait, mayStillCome) : wait;
  return {
    ...{ ok: false, retryAfterMs, reason: code },
    ...(isDoubtful(error) ? { doubtful: true } : {}),
    ...(isRefusal(error) ? { refused: true } : {}),
  };
}

/** The client has stopped waiting (AbortSignal.timeout), and Slack may still be at it. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutError';
}

export function isRateLimit(error: unknown): error is Error & { retryAfter: number } {
  return (
    error instanceof Error && 'code' in error && error.code === ErrorCode.RateLimitedError && 'retryAfter' in error
  );
}

/** Slack has said no, for a reason of its own that need not pass. */
function isRefusal(error: unknown): boolean {
  const code = slackErrorCode(error);
  return code !== undefined && !isRateLimit(error) && ![doubtful, shutOut, passing].some((others) => others.has(code));
}

/** Slack has said no so often that another way is tried. `refusals`: in a row, before this one. */
export function isLasting(error: unknown, refusals: number): boolean {
  return refusals >= lasting && isRefusal(error);
}

/** There was no answer of Slack's, or one that says nothing: it may have been done. */
export function isDoubtful(error: unknown): boolean {
  const code = slackErrorCode(error);
  return code === undefined ? !isRateLimit(error) : doubtful.has(code);
}
