import { fields, imageUrl, integer, listOf, matching, oneOf, uid } from './fields.ts';
import { layoutConfig } from './layout-config.ts';

/** Largest picture: 1920x1080, either way round (Agora docs, rest-api/start). */
export const maxPixels = 1920 * 1080;

/** recordingConfig.transcodingConfig: the picture of a composite recording (Agora docs, rest-api/start). */
export const transcodingConfig = fields(
  {
    width: integer(1, 1920, 'pixels').optional(),
    height: integer(1, 1920, 'pixels').optional(),
    fps: oneOf(1, 7, 10, 15, 24, 30, 60).optional(),
    bitrate: integer(1, 6500, 'kbit/s').optional(),
    /** 0 floating, 1 best fit, 2 vertical, 3 custom. */
    mixedVideoLayout: oneOf(0, 1, 2, 3).optional(),
    maxResolutionUid: uid().optional(),
    backgroundColor: matching(/^#[0-9a-fA-F]{6}$/, 'must be a colour in quotes, such as "#1a2b3c"').optional(),
    backgroundImage: imageUrl().optional(),
    defaultUserBackgroundImage: imageUrl().optional(),
    layoutConfig: layoutConfig.optional(),
    backgroundConfig: listOf(
      fields({ uid: uid(), image_url: imageUrl(), render_mode: oneOf(0, 1).optional() }),
      17,
      'pictures',
    ).optional(),
  },
  {
    rules(v, complain) {
      const { width = 360, height = 640, mixedVideoLayout: layout = 0 } = v;
      if (Number(width) * Number(height) > maxPixels) {
        complain(['width'], 'times height must be at most 2073600 pixels (1920x1080)');
      }
      if (v.layoutConfig !== undefined && layout !== 3) {
        complain(['layoutConfig'], 'is only for mixedVideoLayout 3; leave it out or set mixedVideoLayout to 3');
      }
      if (v.layoutConfig === undefined && layout === 3) {
        complain(['layoutConfig'], 'is missing; mixedVideoLayout 3 needs 1 to 17 windows');
      }
    },
  },
);
