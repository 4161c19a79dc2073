/** What Agora writes, by the end of the file's name. Agora sets no types itself, and the type of a list matters to Safari. */
const types: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  webm: 'video/webm',
  jpg: 'image/jpeg',
  mpd: 'application/dash+xml',
};

/** The media type of a recorded file; undefined for names that Agora does not write. */
export function contentType(key: string): string | undefined {
  return types[key.slice(key.lastIndexOf('.') + 1).toLowerCase()];
}
