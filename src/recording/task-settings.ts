import { z } from 'zod';
import { kept } from './kept.ts';

/**
 * What can be changed while a recording runs, in Agora's own fields. Agora keeps no copy that could be asked for, so the session remembers what
 * is in force.
 */

const uids = z.array(z.string());

/** Whose sound and picture are recorded (Agora docs, rest-api/update, streamSubscribe). Each list takes either who, or who not. */
export const streamSubscribe = kept({
  audioUidList: kept({ subscribeAudioUids: uids.optional(), unSubscribeAudioUids: uids.optional() }).optional(),
  videoUidList: kept({ subscribeVideoUids: uids.optional(), unSubscribeVideoUids: uids.optional() }).optional(),
});

/** The picture of a composite recording (Agora docs, rest-api/updateLayout): always whole, since what is left out goes back to its default. */
export const mixedLayout = kept({
  /** 0 floating, 1 best fit, 2 vertical, 3 custom. */
  mixedVideoLayout: z.number(),
  /** Vertical: whose picture is the large one. */
  maxResolutionUid: z.string().optional(),
  backgroundColor: z.string().optional(),
  backgroundImage: z.string().optional(),
  defaultUserBackgroundImage: z.string().optional(),
  layoutConfig: z.array(z.record(z.string(), z.unknown())).optional(),
  backgroundConfig: z.array(z.record(z.string(), z.unknown())).optional(),
});

export const taskSettings = kept({
  layout: mixedLayout.optional(),
  /** What people call the layout. */
  layoutName: z.string().optional(),
  subscribe: streamSubscribe.optional(),
  onhold: z.boolean().optional(),
  /** It is pushed to an RTMP address, which a person typed; the address holds a stream key and is not kept. */
  pushed: z.boolean().optional(),
});

/** What is changed by one call. The layout goes to updateLayout, the others to update (Agora docs). */
export const changeKind = z.enum(['layout', 'subscribe', 'onhold', 'pushed']);

export type ChangeKind = z.infer<typeof changeKind>;
export type StreamSubscribe = z.infer<typeof streamSubscribe>;
export type MixedLayout = z.infer<typeof mixedLayout>;
export type TaskSettings = z.infer<typeof taskSettings>;
