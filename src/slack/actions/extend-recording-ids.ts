/** action_ids of the card's Extend buttons, and what each adds. Their value is the session's id. */
export const EXTEND_15_MIN = 'extend_recording_15_min';
export const EXTEND_1_H = 'extend_recording_1_h';

export const extensions = {
  [EXTEND_15_MIN]: { label: 'Extend 15 min', ms: 15 * 60_000 },
  [EXTEND_1_H]: { label: 'Extend 1 h', ms: 60 * 60_000 },
} as const;
