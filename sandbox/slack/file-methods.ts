import { randomBytes } from 'node:crypto';
import { readBlocks, threadProblem } from './chat-methods.ts';
import { isObject } from './composition-objects.ts';
import { conversation, postProblem } from './conversation-access.ts';
import { fileObject } from './file-object.ts';
import { type Args, failure, invalidArguments, type Method, type MethodContext, type Result } from './method.ts';
import { app, type Channel, type SlackFile } from './world.ts';

const maxChannels = 100;

/** files.getUploadURLExternal: an address for the content of a file whose length is known. */
function getUploadUrl(c: MethodContext, args: Args): Result {
  const size = Number(args.length);
  if (size < 1) return invalidArguments('must be greater than 1 [json-pointer:/length]');
  if (String(args.alt_txt ?? '').length > 1000) return failure('alt_txt_too_large');
  const file: SlackFile = {
    id: `F${randomBytes(5).toString('hex').toUpperCase()}`,
    name: String(args.filename),
    title: String(args.filename),
    size,
    created: Math.floor(c.world.now() / 1000),
    uploadPath: `/upload/v1/${randomBytes(24).toString('base64url')}`,
    isComplete: false,
  };
  c.world.files.set(file.id, file);
  return { ok: true, upload_url: `${c.url}${file.uploadPath}`, file_id: file.id };
}

/** files.completeUploadExternal: shares the files that were sent, in one message for each conversation, or leaves them private. */
function completeUpload(c: MethodContext, args: Args): Result {
  if (!Array.isArray(args.files) || args.files.length < 1)
    return invalidArguments('must be an array [json-pointer:/files]');
  const files: SlackFile[] = [];
  for (const [i, given] of args.files.entries()) {
    if (!isObject(given) || typeof given.id !== 'string')
      return invalidArguments(`missing required field: id [json-pointer:/files/${i}]`);
    const file = c.world.files.get(given.id);
    if (!file?.content || file.isComplete) return failure('file_not_found');
    files.push({ ...file, title: typeof given.title === 'string' ? given.title : file.title });
  }
  const ids = [args.channel_id, ...String(args.channels ?? '').split(',')].filter(
    (id) => id !== undefined && id !== '',
  );
  if (ids.length > maxChannels) return failure('channels_limit_exceeded');
  const read = readBlocks(c, args.initial_comment === undefined ? args.blocks : undefined);
  if ('ok' in read) return read;
  const targets: Channel[] = [];
  for (const id of ids) {
    const where = conversation(c.world, id);
    const problem = postProblem(c, where) ?? (where && threadProblem(c, where, args.thread_ts));
    if (problem || !where) return failure(problem ?? 'channel_not_found');
    targets.push(where);
  }
  for (const file of files) Object.assign(c.world.files.get(file.id) ?? {}, { title: file.title, isComplete: true });
  for (const where of targets) {
    c.world.add({
      channel: where.id,
      user: app.botUser,
      isApp: true,
      text: String(args.initial_comment ?? ''),
      files: files.map((f) => c.world.files.get(f.id) ?? f),
      ...(read.blocks ? { blocks: read.blocks } : {}),
      ...(typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {}),
    });
  }
  return { ok: true, files: files.map((f) => fileObject(f, c.url)) };
}

/** files.* (docs.slack.dev/messaging/working-with-files). */
export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': {
    token: 'bot',
    scope: 'files:write',
    tier: 4,
    json: false,
    args: { filename: 'text!', length: 'whole!', alt_txt: 'text', snippet_type: 'text' },
    run: getUploadUrl,
  },
  'files.completeUploadExternal': {
    token: 'bot',
    scope: 'files:write',
    tier: 4,
    json: true,
    args: {
      files: 'json!',
      channel_id: 'text',
      channels: 'text',
      thread_ts: 'text',
      initial_comment: 'text',
      blocks: 'json',
    },
    run: completeUpload,
  },
};
