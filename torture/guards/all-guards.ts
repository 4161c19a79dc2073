import { agoraGuards } from './agora-guards.ts';
import { clockGuards } from './clock-guards.ts';
import { deliveryGuards } from './delivery-guards.ts';
import { doubtGuards } from './doubt-guards.ts';
import { endingGuards } from './ending-guards.ts';
import { fileGuards } from './file-guards.ts';
import type { Guard } from './guard.ts';
import { outOfControlGuards } from './out-of-control-guards.ts';
import { processGuards } from './process-guards.ts';
import { recordingGuards } from './recording-guards.ts';
import { slackGuards } from './slack-guards.ts';
import { storeGuards } from './store-guards.ts';
import { transitionGuards } from './transition-guards.ts';

/** Every guard, in the order in which they are removed. */
export const allGuards: readonly Guard[] = [
  ...transitionGuards,
  ...endingGuards,
  ...doubtGuards,
  ...outOfControlGuards,
  ...recordingGuards,
  ...storeGuards,
  ...clockGuards,
  ...fileGuards,
  ...slackGuards,
  ...deliveryGuards,
  ...agoraGuards,
  ...processGuards,
];
