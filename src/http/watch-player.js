// Plays the list of the page: by itself in Safari, with hls.js elsewhere. Says in one sentence what keeps it from playing.

const video = document.querySelector('video');
const status = document.querySelector('#status');
const list = video.dataset.list;
const hlsType = 'application/vnd.apple.mpegurl';
/** Pieces that are not in the bucket are passed over, so many of them. */
const mostMissing = 50;

const say = (sentence) => {
  status.textContent = sentence;
};
const blocked =
  'This recording cannot be played here: the bucket did not give its files to this page. Whoever runs the bot may have to allow this address in the CORS settings of the bucket.';

/** `#t=751` in the address begins there. Seconds. */
const begin = Number(/^#t=(\d+(?:\.\d+)?)$/.exec(location.hash)?.[1] ?? 0);
video.addEventListener('loadedmetadata', () => {
  if (begin > 0) video.currentTime = begin;
});

/** What the bot itself says about the list, in its own words. */
async function ask() {
  try {
    const answer = await fetch(list, { cache: 'no-store' });
    return answer.ok ? undefined : await answer.text();
  } catch {
    return 'The bot cannot be reached. Check your connection and load the page again.';
  }
}

if (!list) {
  const refused = () => say('This recording cannot be played: the bucket did not give the film.');
  // Its address is in the page, so it may have been refused before this ran.
  if (video.error) refused();
  video.addEventListener('error', refused);
} else if (navigator.vendor.startsWith('Apple') && video.canPlayType(hlsType)) {
  playNatively();
} else {
  const { default: Hls } = await import('./hls.js');
  if (Hls.isSupported()) playWith(Hls);
  else if (video.canPlayType(hlsType)) playNatively();
  else say('This browser cannot play recordings. Try a current Firefox, Chrome, Edge or Safari.');
}

function playNatively() {
  video.addEventListener('error', async () => say((await ask()) ?? blocked));
  video.src = list;
}

function playWith(Hls) {
  const { fragLoadPolicy } = Hls.DefaultConfig;
  const errorRetry = { maxNumRetry: 3, retryDelayMs: 1000, maxRetryDelayMs: 4000 };
  const hls = new Hls({
    // Its worker would have to be made from a blob, which this page forbids.
    enableWorker: false,
    startPosition: begin,
    fragLoadPolicy: { default: { ...fragLoadPolicy.default, errorRetry } },
  });
  let mended = false;
  /** Where nothing is, in seconds. */
  const gaps = [];
  // What lies before a gap is played to its end before the gap is passed over.
  const pass = () => {
    const gap = gaps.find((g) => video.currentTime > g.start - 0.3 && video.currentTime < g.end);
    if (gap) video.currentTime = gap.end + 0.01;
  };
  video.addEventListener('timeupdate', pass);
  video.addEventListener('waiting', pass);
  hls.on(Hls.Events.ERROR, async (_event, error) => {
    if (!error.fatal) return;
    if (error.frag && error.response?.code === 404 && gaps.length < mostMissing) {
      const end = error.frag.start + error.frag.duration;
      gaps.push({ start: error.frag.start, end });
      say(gaps.length === 1 ? 'A piece of this recording is missing.' : `${gaps.length} pieces of it are missing.`);
      hls.startLoad(end);
      pass();
    } else if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else {
      hls.destroy();
      const word = await ask();
      say(word ?? (error.type === Hls.ErrorTypes.NETWORK_ERROR ? blocked : 'This browser cannot play this recording.'));
    }
  });
  hls.loadSource(list);
  hls.attachMedia(video);
}
