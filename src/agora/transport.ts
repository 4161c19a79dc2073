import type { Endpoint } from './outcome-rows.ts';

/** One request to Agora's REST API. Its body and credentials are nobody else's to see. */
export interface AgoraRequest {
  /** The host's base URL. */
  host: string;
  endpoint: Endpoint;
  method: 'GET' | 'POST';
  path: string;
  json?: object;
  customerId: string;
  customerSecret: string;
}

export type AgoraAnswer =
  | {
      status: number;
      text: string;
      /** What the Date header says, milliseconds since the epoch. */
      date?: number;
    }
  /** There was no answer; why, in a word, e.g. `ECONNRESET`. `sent`: the request may have reached Agora. */
  | { failed: string; timeout: boolean; sent: boolean };

/** Carries one request there and back, once. Never throws. */
export type Transport = (request: AgoraRequest) => Promise<AgoraAnswer>;
