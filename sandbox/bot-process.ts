import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface BotProcess {
  /** Ends the bot: politely first, by force after five seconds. */
  stop(): Promise<void>;
  /** `kill -9`, to see it come back. */
  kill(): void;
  pid(): number | undefined;
}

/**
 * Runs the bot as an operator's supervisor would: through its normal entry, from its environment, and again when it ends.
 */
export function runBot(options: {
  /** What `npm start` runs: flags and file. */
  command: string[];
  env: Record<string, string>;
  cwd: string;
  /** One line for the person at the terminal. */
  say: (line: string) => void;
  /** Pass the bot's whole log on instead of its warnings only. */
  verbose: boolean;
}): BotProcess {
  const { command, env, say, verbose } = options;
  let stopping = false;
  let quickEnds = 0;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    const startedAt = Date.now();
    const bot = spawn(process.execPath, command, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = bot;
    for (const stream of [bot.stdout, bot.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const shown = verbose ? line : warning(line);
        if (shown) say(`bot: ${shown}`);
      });
    }
    bot.on('exit', (code, signal) => {
      child = undefined;
      if (stopping) return;
      quickEnds = Date.now() - startedAt < 5_000 ? quickEnds + 1 : 0;
      if (quickEnds >= 3) {
        say('The bot ended three times right after its start; it is not started again. Its last lines are above.');
        return;
      }
      say(`The bot ended (${signal ?? `exit code ${code}`}); it is started again, as a supervisor would.`);
      timer = setTimeout(start, 1_000);
    });
  }

  start();
  return {
    pid: () => child?.pid,
    kill: () => child?.kill('SIGKILL'),
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const bot = child;
      if (!bot || bot.exitCode !== null || bot.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => bot.kill('SIGKILL'), 5_000);
        bot.once('exit', () => {
          clearTimeout(force);
          resolve();
        });
        bot.kill('SIGTERM');
      });
    },
  };
}

/** The text of a JSON log line from "warn" (40) up, or the line itself when it is not JSON. */
function warning(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === 'object' && entry !== null && 'level' in entry && 'msg' in entry) {
      return Number(entry.level) >= 40 ? String(entry.msg) : undefined;
    }
  } catch {
    // Not JSON: said as it is.
  }
  return line.trim() === '' ? undefined : line;
}
