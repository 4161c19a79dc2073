import type { RequestListener } from 'node:http';
import { parseNotification, verifyNotification } from './agora/notification.ts';
import type { Storage } from './files/bucket.ts';
import { createWatchable } from './files/watchable.ts';
import type { Route } from './http/create-http-server.ts';
import { createHealthRoutes, type Health } from './http/health-routes.ts';
import { createMetricsRoute } from './http/metrics-route.ts';
import { createNotificationsRoute, type NotificationHandling } from './http/notifications-route.ts';
import { createSlackRoute } from './http/slack-route.ts';
import { createWatchRoutes } from './http/watch-routes.ts';
import type { WatchGrant } from './http/watch-token.ts';
import type { Log } from './recording/ports.ts';
import type { Recordings } from './recording/recordings.ts';

/** What the bot answers over HTTP, by method and path: health, figures, Agora's notifications, the player page, and in HTTP mode Slack's requests. */
export function wireRoutes(parts: {
  look: () => Promise<Health>;
  scrape: () => Promise<{ contentType: string; text: string }>;
  recordings: Pick<Recordings, 'accept' | 'get'>;
  /** Undefined: notifications are not taken. */
  notificationSecret: string | undefined;
  /** Undefined: there is no player page, for nobody outside could open it. */
  player: { secret: Uint8Array; storageOf: (name: string) => Promise<Storage | undefined> } | undefined;
  /** Undefined in Socket Mode. */
  slack: RequestListener | undefined;
  now: () => number;
  /** What the bucket goes by when it looks at the links of a film: the true time, also where `now` is another one. */
  bucketNow: () => number;
  log: Log;
}): Map<string, Route> {
  const { recordings, notificationSecret: secret, player, now, bucketNow, log } = parts;
  const routes = createHealthRoutes(parts.look);
  routes.set('GET /metrics', createMetricsRoute(parts.scrape));
  const notifications: NotificationHandling = {
    enabled: secret !== undefined,
    verify: (raw, signature) => verifyNotification({ secret: secret ?? '', raw, signature }),
    async accept(raw) {
      const parsed = parseNotification(raw);
      if (parsed.kind === 'invalid') return { invalid: parsed.why };
      if (parsed.kind === 'notice') await recordings.accept(parsed.notice);
      return {};
    },
  };
  routes.set('POST /agora/notifications', createNotificationsRoute(notifications, log));
  if (player) {
    const open = async ({ sessionId, key }: WatchGrant) => {
      const s = await recordings.get(sessionId);
      const storage = s && (await player.storageOf(s.recipe.storage));
      // The token says so, and so does the session: nothing but its own files is opened.
      if (!s || !storage || !s.files.some((f) => f.name === key)) return undefined;
      const watchable = createWatchable(storage, key, { now: bucketNow });
      return watchable && { ...watchable, title: s.title ?? s.channelName };
    };
    for (const [pattern, route] of createWatchRoutes({ secret: player.secret, now, open, log })) {
      routes.set(pattern, route);
    }
  }
  if (parts.slack) routes.set('POST /slack/events', createSlackRoute(parts.slack, now));
  return routes;
}
