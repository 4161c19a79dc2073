import type { RecordedList } from './parse-list.ts';

/**
 * A list that players take (RFC 8216), with an address for each slice: `urls` in the order of `list.slices`. Only what players need is written, so
 * nothing of the bucket's file gets through but names and lengths. A list that still grows starts at its beginning.
 */
export function writeList(list: Pick<RecordedList, 'slices' | 'ended'>, urls: readonly string[]): string {
  const longest = Math.max(1, ...list.slices.map((s) => Math.ceil(s.seconds)));
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${longest}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    `#EXT-X-PLAYLIST-TYPE:${list.ended ? 'VOD' : 'EVENT'}`,
    ...(list.ended ? [] : ['#EXT-X-START:TIME-OFFSET=0,PRECISE=YES']),
    ...list.slices.flatMap((s, i) => [
      ...(s.discontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
      `#EXTINF:${s.seconds.toFixed(6)},`,
      urls[i] ?? '',
    ]),
    ...(list.ended ? ['#EXT-X-ENDLIST'] : []),
  ]);
}

/**
 * A list of lists. What is sound and what is picture is told by Agora's names, `..._audio.m3u8` and `..._video.m3u8`: its own lists of lists are not
 * always right about it.
 */
export function writeMaster(variants: readonly { key: string; url: string }[]): string {
  const isAudio = (v: { key: string }) => v.key.endsWith('_audio.m3u8');
  const films = variants.filter((v) => !isAudio(v));
  const sounds = films.length > 0 ? variants.filter(isAudio) : [];
  const streams = films.length > 0 ? films : variants;
  return lines([
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    ...sounds.map(
      ({ url }, i) =>
        `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="${i + 1}",DEFAULT=${i === 0 ? 'YES' : 'NO'},AUTOSELECT=YES,URI="${url}"`,
    ),
    ...streams.flatMap(({ url }, i) => [
      // Nothing is known of the bandwidth, and a list has to name one.
      `#EXT-X-STREAM-INF:BANDWIDTH=${1_000_000 + i}${sounds.length > 0 ? ',AUDIO="audio"' : ''}`,
      url,
    ]),
  ]);
}

const lines = (all: string[]) => `${all.join('\n')}\n`;
