import type { Log } from '../recording/ports.ts';
import { type Route, sendJson } from './create-http-server.ts';
import { readBody } from './read-body.ts';

/** Larger than any notification; a bigger body is not read to its end. Bytes. */
const maxBody = 256 * 1024;

export interface NotificationHandling {
  /** False: AGORA_NOTIFICATION_SECRET is not set. */
  enabled: boolean;
  verify(raw: Buffer, signature: string | undefined): boolean;
  /**
   * Saves what a verified body says. Throws when it could not be saved, so that Agora sends it again.
   * `invalid` says what is wrong with the body.
   */
  accept(raw: Buffer): Promise<{ invalid?: string }>;
}

/**
 * POST /agora/notifications, checked in a fixed order: is it switched on, size, signature of the raw bytes, shape, and only then saved and
 * answered. Agora waits 10 s and wants HTTP 200 with JSON (Agora docs, notification center).
 */
export function createNotificationsRoute(handling: NotificationHandling, log: Log): Route {
  let toldDisabled = false;
  return async (req, res) => {
    if (!handling.enabled) {
      if (!toldDisabled) {
        log.warn(
          {},
          'Agora sends notifications, but AGORA_NOTIFICATION_SECRET is not set, so they are refused. It is in Agora Console > Notifications.',
        );
        toldDisabled = true;
      }
      req.resume();
      sendJson(res, 503, { error: 'AGORA_NOTIFICATION_SECRET is not set' });
      return;
    }
    const raw = await readBody(req, maxBody);
    if (!raw) {
      res.setHeader('connection', 'close');
      sendJson(res, 413, { error: 'body too large' });
      return;
    }
    const signature = req.headers['agora-signature-v2'];
    if (!handling.verify(raw, typeof signature === 'string' ? signature : undefined)) {
      log.warn(
        { bytes: raw.length },
        'A notification with a wrong signature was refused; check AGORA_NOTIFICATION_SECRET',
      );
      sendJson(res, 401, { error: 'wrong signature' });
      return;
    }
    const { invalid } = await handling.accept(raw);
    if (invalid) sendJson(res, 400, { error: invalid });
    else sendJson(res, 200, {});
  };
}
