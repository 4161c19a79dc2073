import { z } from 'zod';
import { kept } from './kept.ts';
import { recordedFile } from './recorded-files.ts';
import { changeKind, taskSettings } from './task-settings.ts';

/** Why a recording did not do what was wanted. */
export const failure = kept({
  kind: z.enum([
    'start_refused', // Agora refused acquire or start
    'start_unproved', // no status 4 or 5 within 90 s
    'lost', // was recording, and Agora no longer has it
    'ended_early', // was recording, and ended though nobody asked
    'stop_unproved', // could not be shown to have stopped
    'upload_unproved', // stopped, but the files never showed up
    'unwatched', // nobody can say whether it records, because Agora does not say how it stands
    'credentials_expiring', // records, and soon Agora can write to the bucket no more
    'control_ending', // still runs, and soon Agora takes no stop any more
    'cancelled', // stopped by a person before anything began: not an alert
  ]),
  /** One sentence for people: what happened. */
  what: z.string(),
  /** The likely cause, one sentence. */
  cause: z.string(),
  /** What to do now, one sentence. */
  next: z.string(),
  /** Agora's raw code, e.g. `404/404` (HTTP status / body code) or `event 1: module 1 code 32`. */
  code: z.string(),
  at: z.number(),
});

/** What the thread is told. Rendered when sent, so the store keeps facts and not prose. */
export const note = z.discriminatedUnion('type', [
  kept({ type: z.literal('recording'), at: z.number() }),
  kept({ type: z.literal('warning'), stopAt: z.number() }),
  kept({ type: z.literal('extended'), by: z.string(), stopAt: z.number() }),
  kept({ type: z.literal('stop_asked'), by: z.string().nullable(), at: z.number() }),
  kept({ type: z.literal('checking'), code: z.string() }),
  kept({ type: z.literal('back') }),
  kept({ type: z.literal('moved'), newUid: z.string() }),
  kept({ type: z.literal('retrying'), code: z.string(), cause: z.string() }),
  kept({ type: z.literal('new_attempt'), attempt: z.number(), code: z.string() }),
  kept({ type: z.literal('backuped') }),
  /** After an alert that the bucket's credentials run out: fresh ones are in force. */
  kept({ type: z.literal('credentials'), until: z.number() }),
  /** A new recorder works, and somebody had the page pushed to an address that is not kept. */
  kept({ type: z.literal('push_again') }),
  /** `patterns`: where not even the names are known, how they begin and end. */
  kept({
    type: z.literal('upload_slow'),
    files: z.array(recordedFile),
    patterns: z.array(z.string()).optional(),
  }),
  kept({
    type: z.literal('files'),
    files: z.array(recordedFile),
    proof: z.enum(['agora', 'bucket', 'both', 'none']),
    /** It was told before, and something was heard of it since. */
    again: z.literal(true).optional(),
  }),
  /** The whole list of files, where a message cannot hold it. */
  kept({ type: z.literal('file_list') }),
  /** Agora says that all is uploaded, and yet these were not seen in the bucket. */
  kept({ type: z.literal('missing_files'), missing: z.array(z.string()), count: z.number() }),
  kept({ type: z.literal('empty') }),
  kept({ type: z.literal('stuck'), failure }),
  kept({ type: z.literal('cancelled') }),
  /** Another recorder joins in: a second one beside the first, the next one before a token runs out, or one in place of a lost one. */
  kept({ type: z.literal('part'), part: z.number(), role: z.enum(['twin', 'next', 'replacement']) }),
  kept({ type: z.literal('rolled'), at: z.number() }),
  kept({ type: z.literal('queued'), place: z.number(), code: z.string() }),
  /** What a person asked to change is in force, or was refused. `to`: all that was in force then; older records do not say. */
  kept({ type: z.literal('changed'), by: z.string().nullable(), what: changeKind, to: taskSettings.optional() }),
  kept({
    type: z.literal('change_refused'),
    by: z.string().nullable(),
    what: changeKind,
    code: z.string(),
    cause: z.string(),
    next: z.string(),
  }),
]);

/**
 * A message that is owed. `card` brings the card up to date; `thread` posts a note under it; `alert` tells the channel (and, where the
 * channel cannot be reached, the starter or the alert channel) that something went wrong. Delivered in order, removed once Slack took it.
 */
export const outboxItem = kept({
  id: z.string(),
  message: z.discriminatedUnion('kind', [
    kept({ kind: z.literal('card') }),
    kept({ kind: z.literal('thread'), note }),
    kept({ kind: z.literal('alert'), failure }),
  ]),
  tries: z.number(),
  /** So often in a row Slack has said no to it, for reasons of its own. */
  refusals: z.number().optional(),
  /** Not before this. */
  nextAt: z.number(),
  /** Since when it is owed. Older records do not say. */
  owedAt: z.number().optional(),
  /** It was sent at this time, and nobody knows whether Slack took it. */
  sentAt: z.number().optional(),
});

export type Failure = z.infer<typeof failure>;
export type Note = z.infer<typeof note>;
export type OutboxItem = z.infer<typeof outboxItem>;
