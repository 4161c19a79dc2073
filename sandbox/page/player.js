import Hls from '/vendor/hls.mjs';
import { byId } from './dom.js';

const params = new URLSearchParams(location.search);
const src = params.get('src') ?? '';
const video = /** @type {HTMLVideoElement} */ (byId('video'));
const state = byId('state');
byId('title').textContent = params.get('title') ?? 'Recording';
byId('source').textContent = src;
document.title = params.get('title') ?? 'Player';

/** @param {string} text */
const say = (text) => {
  state.textContent = text;
};

byId('play').addEventListener('click', () =>
  video.play().catch((error) => say(`It cannot be played: ${error.message}`)),
);
video.addEventListener('playing', () => say('Playing.'));
video.addEventListener('pause', () => say('Paused.'));
video.addEventListener('ended', () => say('The end.'));

if (!/^https?:\/\/127\.0\.0\.1(:\d+)?\//.test(src)) say('There is no file of this sandbox to play.');
else if (Hls.isSupported()) {
  const hls = new Hls({ startPosition: 0 });
  hls.on(Hls.Events.MANIFEST_PARSED, () => say('Ready to play.'));
  hls.on(Hls.Events.LEVEL_LOADED, (_event, data) => {
    byId('source').textContent =
      `${src} (${Math.round(data.details.totalduration)} s${data.details.live ? ', still being recorded' : ''})`;
  });
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (data.fatal) say(`It cannot be loaded: ${data.details}. The file may not be in the bucket yet.`);
  });
  hls.loadSource(src);
  hls.attachMedia(video);
} else {
  video.src = src;
  say('Ready to play.');
}
