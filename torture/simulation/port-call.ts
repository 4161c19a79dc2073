/** One call of the bot's to the outside. */
export interface PortCall {
  /** Which bot, from 0. */
  bot: number;
  port: 'store' | 'agora' | 'slack' | 'files';
  /** `update`, `acquire`, `chat.postMessage`, … */
  name: string;
  /** What its clock says. */
  at: number;
  /** Which channel and recorder a call to Agora is about. */
  cname?: string;
  uid?: string;
}

/** Stands around each call: it may let it be, fail it, or never come back, as a process that is killed does not. */
export type Around = <T>(call: PortCall, run: () => Promise<T>) => Promise<T>;
