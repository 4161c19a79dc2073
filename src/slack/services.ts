import type { WebClient } from '@slack/web-api';
import type { Log } from '../recording/ports.ts';
import type { Presets } from '../recording/presets.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { Session } from '../recording/session.ts';
import type { Settings } from '../recording/settings.ts';
import type { Sealer } from './actions/stop-value.ts';
import type { FileLinks } from './file-links.ts';
import type { Permissions } from './permissions.ts';

/** What listeners need. Made once, in the composition root. */
export interface SlackServices {
  recordings: Recordings;
  permissions: Permissions;
  settings: Settings;
  presets: Presets;
  links: FileLinks;
  sealer: Sealer;
  /** The slash command, e.g. `/record`. */
  command: string;
  client: WebClient;
  now(): number;
  log: Log;
}

/**
 * A link to a recording's card; undefined while there is none, or when Slack does not say within `patience` (ms): somebody waits for the
 * sentence that it goes into, and that is worth more without a link than late.
 */
export async function cardLink(client: WebClient, s: Session, patience = 700): Promise<string | undefined> {
  if (!s.card) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience);
  });
  const link = client.chat.getPermalink({ channel: s.card.channel, message_ts: s.card.ts }).then(
    (answer) => answer.permalink,
    () => undefined,
  );
  return Promise.race([link, late]).finally(() => clearTimeout(timer));
}
