import { z } from 'zod';
import { fields, mustBe } from './fields.ts';

/** HLS is always written; MP4 beside it only where the mode can (Agora docs, rest-api/start). */
function fileTypes(canMp4: boolean) {
  const error = mustBe(canMp4 ? 'must be ["hls"] or ["hls", "mp4"]' : 'must be ["hls"] in mode individual');
  return z
    .array(z.enum(['hls', 'mp4'], { error }), { error })
    .refine((v) => v.includes('hls') && new Set(v).size === v.length && (canMp4 || v.length === 1), { error });
}

/** start.clientRequest.recordingFileConfig of a composite or web page recording. */
export const recordingFileConfig = fields({ avFileType: fileTypes(true) });

/** The same of an individual recording. */
export const individualFileConfig = fields({ avFileType: fileTypes(false) });
