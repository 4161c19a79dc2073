/** What the operator sets and the core needs. Durations in milliseconds. */
export interface Settings {
  /** Length of a recording when nobody says. */
  defaultDuration: number;
  /** Longest length, extensions included. At most 29 days: Agora takes orders for a task for 30 days. */
  maxDuration: number;
  /** Agora's maxIdleTime: a recorder alone in its channel leaves after this. */
  maxIdleTime: number;
  /** Whether the keys of a storage are temporary, so that Agora has to be sent fresh ones. */
  hasTemporaryCredentials?: ((storage: string) => boolean) | undefined;
  /** Whether recorders in channels of a project get a token, which ends them by itself. */
  givesTokens?: ((project: string) => boolean) | undefined;
  /** Names of all Agora projects that are set up; the environment's alone unless given. */
  projects?: (() => readonly string[]) | undefined;
  /** What Agora grants a project: requests a second, and recorders at once. */
  limitsOf(project: string): { qps: number; maxConcurrent: number };
}
