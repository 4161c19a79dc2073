/** What the page says to its server; see sandbox/ui-protocol.ts. */

/** @param {string} path */
export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response.json();
}

/** @param {string} path @param {object} body */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, error: 'The sandbox does not answer. Is it still running?' };
  }
}

/**
 * Listens to the server, and comes back after an interruption.
 * @param {string} user
 * @param {(event: any) => void} onEvent
 * @param {(open: boolean) => void} onState
 */
export function listen(user, onEvent, onState) {
  let source = new EventSource(`/ui/stream?user=${encodeURIComponent(user)}`);
  let closed = false;
  let timer = 0;
  function wire() {
    source.onopen = () => onState(true);
    source.onmessage = (e) => onEvent(JSON.parse(e.data));
    source.onerror = () => {
      onState(false);
      source.close();
      if (closed) return;
      timer = setTimeout(() => {
        source = new EventSource(`/ui/stream?user=${encodeURIComponent(user)}`);
        wire();
      }, 1000);
    };
  }
  wire();
  return () => {
    closed = true;
    clearTimeout(timer);
    source.close();
  };
}
