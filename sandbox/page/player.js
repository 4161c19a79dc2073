import Hls from '/vendor/hls.mjs';
import { byId } from './dom.js';

const params = new URLSearchParams(location.search);
const src = params.get('src') ?? '';
const video = /** @type {HTMLVideoElement} */ (byId('video'));
const play = byId('play');
const title = fileName(src) || params.get('title') || 'Recording';
byId('title').textContent = title;
document.title = title;
byId('source').textContent = src;

/** The last part of an address's path. @param {string} address */
function fileName(address) {
  return decodeURIComponent(URL.parse(address)?.pathname.split('/').at(-1) ?? '');
}

/** @param {string} text */
function say(text) {
  byId('state').textContent = text;
}

/** What the Play button does: play and pause, or try again what did not load. */
const button = {
  /** @type {() => void} */
  press: () => {},
  /** @param {string} label @param {() => void} press */
  set(label, press) {
    play.textContent = label;
    button.press = press;
  },
};
play.addEventListener('click', () => button.press());

const start = () => void video.play().catch((error) => say(`It cannot be played: ${error.message}`));
video.addEventListener('playing', () => {
  say('Playing.');
  button.set('Pause', () => video.pause());
});
video.addEventListener('pause', () => {
  if (!video.ended) say('Paused.');
  button.set('Play', start);
});
video.addEventListener('ended', () => {
  say('The end.');
  button.set('Play', start);
});

/** Shows why nothing plays, and lets the person try again. @param {string} why @param {() => void} again */
function failed(why, again) {
  say(`It cannot be loaded: ${why}`);
  button.set('Try again', again);
}

/** hls.js's fatal errors in words. @param {{ details: string, response?: { code?: number } }} data */
function reason({ details, response }) {
  if (response?.code === 404) return 'the bucket has no such file (yet).';
  if (response?.code === 403) return 'the bucket refuses it. The link may have run out; ask the bot for a new one.';
  if (/^(manifest|level|frag)Load/.test(details)) return 'the bucket does not answer.';
  return `it is not a recording that can be played here (${details}).`;
}

function load() {
  say('Loading…');
  const hls = new Hls({ startPosition: 0 });
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    say('Ready to play.');
    button.set('Play', start);
  });
  hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) => {
    const running = details.live ? ', still being recorded' : '';
    byId('source').textContent = `${src} (${Math.round(details.totalduration)} s${running})`;
  });
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (!data.fatal) return;
    hls.destroy();
    failed(reason(data), load);
  });
  hls.loadSource(src);
  hls.attachMedia(video);
}

function loadNatively() {
  say('Loading…');
  video.src = src;
  video.onloadedmetadata = () => say('Ready to play.');
  video.onerror = () => failed('the bucket does not answer, or it is not a recording.', loadNatively);
  button.set('Play', start);
}

button.set('Play', start);
if (!/^http:\/\/127\.0\.0\.1(:\d+)?\//.test(src)) {
  say('There is no recording of this sandbox in the address. Open the player from a link in a message.');
  play.hidden = true;
} else if (Hls.isSupported()) load();
else loadNatively();
