/** Agora writes these as "-" in file names (Agora docs, manage recorded files). */
const replaced = /[!@#$%^&*()+_.=[\]{}~|,;:?<>]/g;

/**
 * The list that a composite recording writes, known before Agora names it: `{prefix/}{sid}_{channel}.m3u8`. After a failover there are more,
 * with `bak<n>_` before the name.
 */
export function predictFiles(r: { prefix: readonly string[]; sid: string; channelName: string }): string[] {
  return [[...r.prefix, `${r.sid}_${r.channelName.replace(replaced, '-')}.m3u8`].join('/')];
}
