/** What fits the titles of a test as they are run: where its title has a place for a value (`%s`), anything may stand. */
export function titlePattern(title: string): string {
  return title
    .split(/%[a-z]/)
    .map((piece) => piece.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('[\\s\\S]*');
}
