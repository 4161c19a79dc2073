import { nearestName } from '../recording/recipe/nearest-name.ts';

/** One sentence on a name that was typed and is not there: the nearest one, and what there is. */
export function unknownName(kind: string, typed: string, names: readonly string[]): string {
  const near = nearestName(typed, names);
  const shown = typed.length > 64 ? `${typed.slice(0, 64)}…` : typed;
  const some = names.length > 20 ? `${names.slice(0, 20).join(', ')}, …` : names.join(', ');
  return `There is no ${kind} "${shown}"${near ? `; did you mean "${near}"?` : '.'} There ${names.length > 1 ? 'are' : 'is'} ${some}.`;
}
