import { z } from 'zod';
import { type Complain, fields, type Given, given, integer, mustBe } from './fields.ts';

const error = mustBe('must be ["jpg"]');

/**
 * start.clientRequest.snapshotConfig, for individual recordings (Agora docs, rest-api/start). The release notes let captureInterval begin at 1,
 * the reference at 5; what both allow is taken.
 */
export const snapshotConfig = fields({
  captureInterval: integer(5, 3600, 'seconds').optional(),
  fileType: z.tuple([z.literal('jpg', { error })], { error }),
});

/** What snapshots ask of the rest of a recipe (Agora docs, take snapshots). */
export function snapshotRules(recipe: Given, complain: Complain): void {
  if (recipe.snapshotConfig === undefined) return;
  const config = given(recipe.recordingConfig);
  if (config.streamTypes === 0) {
    complain(['recordingConfig', 'streamTypes'], 'must be 1 or 2, because snapshots need video');
  }
  if (config.subscribeAudioUids !== undefined && config.subscribeVideoUids === undefined) {
    complain(
      ['recordingConfig', 'subscribeVideoUids'],
      'is missing; snapshots need it beside subscribeAudioUids, or there is no video to take',
    );
  }
}
