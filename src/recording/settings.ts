/** What the operator sets and the core needs. Durations in milliseconds. */
export interface Settings {
  /** Length of a recording when nobody says. */
  defaultDuration: number;
  /** Longest length, extensions included. At most 23 h 50 min: a recorder's token lives 24 h at most and cannot be renewed. */
  maxDuration: number;
  /** Agora's maxIdleTime: a recorder alone in its channel leaves after this. */
  maxIdleTime: number;
  /** Requests a second that Agora grants this App ID. */
  qps: number;
}
