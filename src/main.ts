import { enableCompileCache, flushCompileCache } from 'node:module';
import type { Bot } from './app.ts';

// From the second start on nothing has to be compiled: that is a third of the time and a seventh of the memory. So it comes before any import.
enableCompileCache();
const { startBot } = await import('./app.ts');
const { readConfig, secretNames } = await import('./config.ts');
const { createLog } = await import('./log.ts');
const { StoreError } = await import('./recording/ports.ts');

/** The process: reads the environment, starts the bot, ends it on a signal. Nothing else reads the environment. */
const read = readConfig(process.env);
if (read.ok) await run(read.config);
else {
  const lines = read.problems.map((p) => `  - ${p}`);
  process.stderr.write(
    `The bot cannot start, because of its settings:\n${lines.join('\n')}\n\nSet these in the environment or in a file named .env; .env.example lists all of them.\nTo try the bot without any account, run: npm run sandbox\n`,
  );
  process.exitCode = 1;
}

async function run(config: Extract<typeof read, { ok: true }>['config']): Promise<void> {
  const secrets = secretNames.flatMap((name) => config[name] ?? []);
  // The REST API's credentials also travel together, in one header.
  const log = createLog(config.LOG_LEVEL, [...secrets, `${config.AGORA_CUSTOMER_ID}:${config.AGORA_CUSTOMER_SECRET}`]);
  let bot: Bot | undefined;

  // Going on after an error that nobody caught would be guessing. All that matters is in the store, so a supervisor's restart is safe.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error, event }, 'An error that nobody caught; the process ends');
      process.exit(1);
    });
  }
  let ending = false;
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'Ending');
    // What is under way may wait for Agora; it is taken up again at the next start.
    setTimeout(() => process.exit(0), 10_000).unref();
    await bot?.stop();
    process.exit(0);
  };
  process.on('SIGINT', () => end('SIGINT'));
  process.on('SIGTERM', () => end('SIGTERM'));

  try {
    bot = await startBot(config, {
      log,
      onFatal: (error) => {
        process.stderr.write(`${error.message}\n`);
        process.exit(1);
      },
    });
    // Kept now and not at the end, which may be a kill.
    flushCompileCache();
  } catch (error) {
    process.stderr.write(`${explain(error, config.PORT)}\n`);
    process.exit(1);
  }
}

function explain(error: unknown, port: number): string {
  if (error instanceof StoreError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is taken. End what uses it, or set PORT to another one.`;
  }
  return `The bot could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
