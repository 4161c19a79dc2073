import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

export interface InjectedRequest {
  method: string;
  /** Path and query. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body?: Buffer | string;
}

export interface InjectedAnswer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** What a listener uses of a response. */
type ServerAnswer = Pick<ServerResponse, 'writeHead' | 'setHeader' | 'end' | 'headersSent' | 'destroy'>;

/**
 * Gives a request to a node:http listener without a socket. Undefined: the listener ended the connection without an answer, and nobody knows what
 * it did.
 */
export function inject(listener: RequestListener, r: InjectedRequest): Promise<InjectedAnswer | undefined> {
  return new Promise((resolve) => {
    const hangUp = () => resolve(undefined);
    const stream = new Readable({
      read() {
        if (r.body !== undefined && r.body.length > 0) this.push(r.body);
        this.push(null);
      },
    });
    const req = Object.assign(stream, {
      method: r.method,
      url: r.url,
      headers: r.headers,
      socket: { destroy: hangUp, resetAndDestroy: hangUp },
    });
    const headers: Record<string, string> = {};
    const put = (more: object) => {
      for (const [name, value] of Object.entries(more)) headers[name.toLowerCase()] = String(value);
    };
    const res = {
      headersSent: false,
      statusCode: 200,
      setHeader(name: string, value: unknown) {
        put({ [name]: value });
        return res;
      },
      writeHead(status: number, more: object = {}) {
        res.statusCode = status;
        res.headersSent = true;
        put(more);
        return res;
      },
      end(text: string | Buffer = '') {
        res.headersSent = true;
        resolve({ status: res.statusCode, headers, text: String(text) });
        return res;
      },
      destroy: hangUp,
    };
    listener(req as unknown as IncomingMessage, res as unknown as ServerAnswer as ServerResponse);
  });
}

/** A `fetch` that ends in a listener of this process. `stir`: told before and after. */
export function injectingFetch(listener: () => RequestListener, stir: () => void): typeof fetch {
  return async (input, init) => {
    stir();
    const answer = await inject(listener(), await injectedRequest(input, init));
    stir();
    if (!answer)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('hung up'), { code: 'ECONNRESET' }) });
    return responseOf(answer);
  };
}

async function injectedRequest(input: RequestInfo | URL, init: RequestInit | undefined): Promise<InjectedRequest> {
  // A Request and its streams cost more than all that the other side does.
  if (typeof input === 'string' && typeof init?.body === 'string') {
    const { pathname, search } = new URL(input);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(init.headers ?? {})) headers[name.toLowerCase()] = String(value);
    return { method: init.method ?? 'GET', url: pathname + search, headers, body: init.body };
  }
  const request = new Request(input, init);
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    url: pathname + search,
    headers: Object.fromEntries(request.headers),
    body: Buffer.from(await request.arrayBuffer()),
  };
}

/** As much of a Response as is used of one. */
function responseOf({ status, headers, text }: InjectedAnswer): Response {
  const response = {
    status,
    ok: status >= 200 && status < 300,
    statusText: '',
    url: '',
    headers: new Headers(headers),
    text: async () => text,
    json: async () => JSON.parse(text),
    arrayBuffer: async () => new TextEncoder().encode(text).buffer,
  };
  return response as unknown as Response;
}
