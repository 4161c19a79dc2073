import { z } from 'zod';
import { kept } from '../kept.ts';

/** Recording modes of Agora Cloud Recording (Agora docs, rest-api/start): composite, individual, web page. */
export const recordingMode = z.enum(['mix', 'individual', 'web']);

const fields = z.record(z.string(), z.unknown());

/**
 * What is recorded and how: a profile with what the person who started it chose over it. Plain JSON, kept in the session. The four fields of
 * Agora's are as in start.clientRequest; secrets in them stay `${ENV_NAME}` references and are filled in when they are sent.
 */
export const recipe = kept({
  profile: z.string(),
  /** Name of the Agora project; `default` is the environment's. */
  project: z.string(),
  /** Name of the storage; `default` is the environment's. */
  storage: z.string(),
  mode: recordingMode,
  recordingConfig: fields.optional(),
  recordingFileConfig: fields.optional(),
  snapshotConfig: fields.optional(),
  extensionServiceConfig: fields.optional(),
  /** Name of a layout of the file, when one is used. */
  layout: z.string().optional(),
});

export type RecordingMode = z.infer<typeof recordingMode>;
export type Recipe = z.infer<typeof recipe>;
