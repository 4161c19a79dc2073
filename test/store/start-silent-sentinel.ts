import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export interface SilentSentinel {
  url: string;
  setMaster(port: number): void;
  /** Connections that want to be told of failovers. */
  listeners(): number;
  /** From now on nobody is told where the master is. */
  hold(): void;
  /** Who has asked and has no answer yet. */
  asking(): number;
  /** How often it was asked in all. */
  asked(): number;
  /** Tells who listens that there is another master. */
  announce(): void;
  /** Answers who asked, and whoever asks. */
  answer(): void;
  close(): Promise<void>;
}

/** As much of Sentinel as a client uses, answering when it is told to: the real one leaves no time in which to meet a client half way. */
export async function startSilentSentinel(): Promise<SilentSentinel> {
  let master = 0;
  let holding = false;
  let asked = 0;
  const listening = new Set<Socket>();
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  const bulk = (...texts: string[]) =>
    `*${texts.length}\r\n${texts.map((t) => `$${Buffer.byteLength(t)}\r\n${t}\r\n`).join('')}`;
  const tell = (socket: Socket) => socket.writable && socket.write(bulk('127.0.0.1', String(master)));
  const commands = (socket: Socket, text: string) => {
    // One command: an array of texts.
    for (const one of text.split(/(?=\*\d+\r\n)/)) {
      const words = one.split('\r\n').filter((_, i) => i > 0 && i % 2 === 0);
      const [name = '', what = ''] = words.map((w) => w.toLowerCase());
      if (name === 'sentinel' && what === 'get-master-addr-by-name') {
        asked += 1;
        if (holding) waiting.push(socket);
        else tell(socket);
      } else if (name === 'sentinel') socket.write('*0\r\n');
      else if (name === 'subscribe') {
        listening.add(socket);
        socket.write(`*3\r\n$9\r\nsubscribe\r\n$14\r\n+switch-master\r\n:1\r\n`);
      } else if (name === 'info') socket.write('$0\r\n\r\n');
      else socket.write('+OK\r\n');
    }
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (data) => commands(socket, String(data)));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      listening.delete(socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `redis+sentinel://127.0.0.1:${port}/mymaster`,
    setMaster(value) {
      master = value;
    },
    listeners: () => listening.size,
    hold() {
      holding = true;
    },
    asking: () => waiting.filter((s) => !s.destroyed).length,
    asked: () => asked,
    announce() {
      for (const socket of listening)
        socket.write(bulk('message', '+switch-master', 'mymaster 127.0.0.1 1 127.0.0.1 2'));
    },
    answer() {
      holding = false;
      for (const socket of waiting.splice(0)) tell(socket);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
