import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bot } from './app.ts';
import type { Config } from './config.ts';
import type { Profiles } from './profiles/profiles.ts';
import { warmCompileCache } from './warm-compile-cache.ts';

// Before any import: what is imported then comes out of the cache.
const warming = 'AGORA_RECORDING_BOT_WARM' in process.env;
warmCompileCache(import.meta.filename, warming ? undefined : { ...process.env, AGORA_RECORDING_BOT_WARM: '1' });
const { startBot } = await import('./app.ts');
const { readConfig, secretsIn } = await import('./config.ts');
const { endProcess } = await import('./end-process.ts');
const { createLog, hideSecrets } = await import('./log.ts');
const { StoreError } = await import('./recording/ports.ts');

if (warming) {
  flushCompileCache();
  process.exit(0);
}

/** By then both connections to Slack stand. Milliseconds. */
const afterStart = 5_000;

/** The process: reads the environment, starts the bot, ends it on a signal. Nothing else reads the environment. */
const read = readConfig(process.env);
const file = read.ok ? await loadProfiles(read.config) : undefined;
if (read.ok && file?.ok) await run(read.config, file);
else {
  const problems = read.ok ? (file?.ok === false ? file.problems : []) : read.problems;
  const lines = problems.map((p) => `  - ${p}`);
  process.stderr.write(
    `The bot cannot start, because of its settings:\n${lines.join('\n')}\n\nSet these in the environment or in a file named .env; .env.example lists all of them.\nTo try the bot without any account, run: npm run sandbox\n`,
  );
  process.exitCode = 1;
}

type Loaded = { ok: true; profiles: Profiles | undefined; secrets: string[] } | { ok: false; problems: string[] };

/** What profiles.yml says; nothing where there is none. Its reader is loaded only then. */
async function loadProfiles(config: Config): Promise<Loaded> {
  const { PROFILES_FILE: path } = config;
  if (path === undefined) return { ok: true, profiles: undefined, secrets: [] };
  const { readProfiles } = await import('./profiles/read-profiles.ts');
  const { builtInProfiles } = await import('./profiles/built-in-profiles.ts');
  try {
    const text = readFileSync(path, 'utf8');
    return readProfiles({ text, file: path, env: (name) => process.env[name], builtIn: builtInProfiles(config) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return {
      ok: false,
      problems: [`PROFILES_FILE cannot be read: ${path} (${code}). Correct the path, or leave it out.`],
    };
  }
}

async function run(config: Config, file: Extract<Loaded, { ok: true }>): Promise<void> {
  const hidden = hideSecrets([...secretsIn(config), ...file.secrets]);
  const log = createLog(config.LOG_LEVEL, hidden);
  let bot: Bot | undefined;
  let ending = false;

  // Going on after an error that nobody caught would be guessing. All that matters is in the store, so a supervisor's restart is safe.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      // It ends anyway, within seconds; what is under way may still be finished.
      if (ending && event === 'unhandledRejection') {
        log.error({ err: error, event }, 'An error that nobody caught, while the process ends');
        return;
      }
      try {
        log.fatal({ err: error, event }, 'An error that nobody caught; the process ends');
      } finally {
        endProcess(1);
      }
    });
  }
  const end = async (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'Ending');
    // What is under way may wait for Agora; it is taken up again at the next start.
    setTimeout(() => endProcess(0), 10_000).unref();
    await bot?.stop();
    endProcess(0);
  };
  process.on('SIGINT', () => end('SIGINT'));
  process.on('SIGTERM', () => end('SIGTERM'));

  try {
    bot = await startBot(config, {
      log,
      profiles: file.profiles,
      env: (name) => process.env[name],
      onSecret: hidden.add,
      onFatal: (error) => {
        process.stderr.write(`${error.message}\n`);
        endProcess(1);
      },
    });
    // Kept now and not at the end, which may be a kill.
    flushCompileCache();
    setTimeout(giveBack, afterStart).unref();
  } catch (error) {
    process.stderr.write(`${explain(error, config.PORT)}\n`);
    endProcess(1);
  }
}

/** What starting leaves behind is collected once it is quiet; else it would stay until a first busy hour, which may never come. */
function giveBack(): void {
  setFlagsFromString('--expose-gc');
  const gc: (options: object) => void = runInNewContext('gc');
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

function explain(error: unknown, port: number): string {
  if (error instanceof StoreError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is taken. End what uses it, or set PORT to another one.`;
  }
  return `The bot could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
