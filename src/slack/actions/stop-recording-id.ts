/** action_id of the card's Stop button. Its value is the session's id. */
export const STOP_RECORDING = 'stop_recording';
