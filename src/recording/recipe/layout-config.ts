import type { z } from 'zod';
import { fields, listOf, oneOf, share, uid } from './fields.ts';

/** Six decimals count (Agora docs, set video layout); what is beyond them comes from adding. */
const rounding = 0.000_000_5;

/** One picture on the canvas; all numbers are parts of its width and height. */
export const layoutWindow = fields(
  {
    /** Whose picture; without it the next who joins. */
    uid: uid().optional(),
    x_axis: share(),
    y_axis: share(),
    width: share(),
    height: share(),
    alpha: share().optional(),
    /** 0 cropped, 1 whole. */
    render_mode: oneOf(0, 1).optional(),
  },
  {
    rules(v, complain) {
      for (const [start, size] of [
        ['x_axis', 'width'],
        ['y_axis', 'height'],
      ] as const) {
        if (Number(v[start]) + Number(v[size]) > 1 + rounding) {
          complain([size], `must be at most 1 minus ${start}, or the window leaves the picture`);
        }
      }
    },
  },
);

/** transcodingConfig.layoutConfig: the windows of a custom layout (Agora docs, rest-api/start). */
export const layoutConfig = listOf(layoutWindow, 17, 'windows');

export type LayoutConfig = z.infer<typeof layoutConfig>;
