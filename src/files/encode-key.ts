/** Percent-encodes text as AWS does it: everything but `A-Z a-z 0-9 - . _ ~`. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Percent-encodes an object key once, slashes kept. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeText).join('/');
}

/** One sentence on why no address can be made of a key, or undefined: addresses cannot hold `.` and `..` as folders. */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'The name of the file is missing.';
  if (!key.isWellFormed()) return 'The name of the file is not legal text.';
  if (key.split('/').some((part) => part === '.' || part === '..')) {
    return 'The name of the file has "." or ".." as a folder.';
  }
  return undefined;
}
