import type { z } from 'zod';

/** One thing that is wrong. `message` goes on from the path: `must be a whole number from 5 to 2592000`. It never holds the value. */
export interface Problem {
  at: readonly (string | number)[];
  message: string;
}

/** Everything that a schema of this folder found, each once. */
export function problemsOf(error: z.ZodError): Problem[] {
  const found = error.issues.flatMap((issue): Problem[] => {
    const at = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code !== 'unrecognized_keys') return [{ at, message: issue.message }];
    // One line of the message for each field; see fields.ts.
    const lines = issue.message.split('\n');
    return issue.keys.map((key, i) => {
      const message = lines[i] ?? 'is not known';
      return isPlain(key) || !message.startsWith('is not known; known')
        ? { at: [...at, key], message }
        : { at, message: `has a field that ${message}` };
    });
  });
  const seen = new Set<string>();
  return found.filter((p) => {
    const key = JSON.stringify([p.at, p.message]);
    return seen.has(key) ? false : seen.add(key);
  });
}

/** A field's name could be said. What is none may be a secret that slipped out of its place. */
const isPlain = (key: string) => /^[A-Za-z]{1,40}$/.test(key);

/** A problem as a sentence; `whole` stands where the path would be when the whole thing is wrong. */
export function sentence({ at, message }: Problem, whole: string): string {
  return `${showPath(at) || whole} ${message}${message.endsWith('?') ? '' : '.'}`;
}

/** `recordingConfig.transcodingConfig.layoutConfig[2].width`. */
export function showPath(at: Problem['at']): string {
  return at.reduce<string>((path, part) => {
    if (typeof part === 'number') return `${path}[${part}]`;
    // What is no plain name may be anything, so little of it is shown.
    const name = /^[\w.-]{1,64}$/.test(part) ? part : JSON.stringify(part.slice(0, 20));
    return path === '' ? name : `${path}.${name}`;
  }, '');
}
