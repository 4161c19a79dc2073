/** The Agora project of the environment, which people need not name. */
export const ownProject = 'default';

/**
 * Where something is recorded: its name and, unless it is the environment's, its Agora project, since the same name in two projects is two channels.
 * Agora's names have no `/`, so it reads only one way; people type it too where the name alone would not tell two recordings apart.
 */
export function placeOf(channelName: string, project: string): string {
  return project === ownProject ? channelName : `${project}/${channelName}`;
}

/** What a person typed in place of a name: a name alone, or with its project. */
export function readPlace(typed: string): { channelName: string; project?: string } {
  const at = typed.indexOf('/');
  return at < 0 ? { channelName: typed } : { channelName: typed.slice(at + 1), project: typed.slice(0, at) };
}
