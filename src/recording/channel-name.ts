/**
 * Agora's characters for channel names: letters, digits, space and these marks (Agora docs, error 1013 in the common-errors page).
 * `<`, `>`, `!` and `&` are among them, so a legal name may look like a Slack mention: always escape it.
 */
const legal = /^[a-zA-Z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/;

/** Longest channel name, in bytes (Agora docs, rest-api/acquire). */
export const maxChannelNameBytes = 64;

/** One sentence on what is wrong with an Agora channel name, or undefined when it is legal. */
export function channelNameProblem(name: string): string | undefined {
  if (name === '') return 'The channel name is missing.';
  const bad = [...name].find((c) => !legal.test(c));
  if (bad !== undefined) {
    const shown = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(bad) ? `"${bad}"` : 'a character that cannot be shown';
    return `An Agora channel name cannot contain ${shown}; it takes letters without accents, digits, spaces and ! # $ % & ( ) + - : ; < = . > ? @ [ ] ^ _ { } | ~ ,`;
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > maxChannelNameBytes) {
    return `An Agora channel name has at most ${maxChannelNameBytes} characters, and this one has ${bytes}.`;
  }
  return undefined;
}
