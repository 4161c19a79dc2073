/** What the page says to its server; see sandbox/ui-protocol.ts. */

/** @param {string} path */
export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}

/** @param {string} path @param {object} body @returns {Promise<{ ok: boolean, error?: string, errors?: Record<string, string> }>} */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: 'the sandbox does not answer. Is it still running?' };
  }
}

/** The first wait before a stream is asked for again, and the longest, in ms. */
const [firstWait, longestWait] = [250, 5_000];

/**
 * Listens to the server. After an interruption it comes back by itself, each time after a longer wait.
 * @param {string} user
 * @param {(event: import('../ui-protocol.ts').UiEvent) => void} onEvent
 * @param {(open: boolean) => void} onState
 * @returns {() => void} ends it
 */
export function listen(user, onEvent, onState) {
  /** @type {EventSource} */
  let source;
  let timer = 0;
  let wait = firstWait;
  function open() {
    source = new EventSource(`/ui/stream?user=${encodeURIComponent(user)}`);
    source.onopen = () => {
      wait = firstWait;
      onState(true);
    };
    source.onmessage = (e) => onEvent(JSON.parse(e.data));
    source.onerror = () => {
      source.close();
      onState(false);
      timer = window.setTimeout(open, wait);
      wait = Math.min(longestWait, wait * 2);
    };
  }
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
