/** action_ids of the buttons on a finished card. Slack opens their address by itself, and tells the app as well; a number follows the first two. */
export const WATCH_RECORDING = 'watch_recording';
export const DOWNLOAD_RECORDING = 'download_recording';
/** Its value is the lead's id. */
export const NEW_LINK = 'new_link';
