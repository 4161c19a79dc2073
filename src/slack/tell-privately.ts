import type { RespondFn } from '@slack/bolt';
import type { Log } from '../recording/ports.ts';
import type { View } from './views/blocks.ts';

/** A message for the one who clicked, beside the message and not in its place. Being unable to say it is logged and harms nothing else. */
export async function tellPrivately(respond: RespondFn, view: View, log: Log): Promise<void> {
  try {
    await respond({ response_type: 'ephemeral', replace_original: false, ...view });
  } catch (error) {
    log.warn({ err: error }, 'A private answer did not reach its reader');
  }
}
