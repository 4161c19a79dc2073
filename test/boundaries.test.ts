import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** The direction of imports (README, "Design notes"), read off the sources themselves. */
const root = join(import.meta.dirname, '..');
const files = globSync(['src/**/*.ts', 'commands/**/*.ts', 'sandbox/**/*.ts'], { cwd: root });

interface Import {
  file: string;
  /** A package's name, or a path from the root. */
  target: string;
}

const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((m) => {
    const target = m[1] ?? '';
    return { file, target: target.startsWith('.') ? normalize(join(dirname(file), target)) : target };
  }),
);

/** `src/agora/client.ts` -> `agora`; `src/app.ts` -> `app.ts`. */
const room = (path: string) => path.split('/')[path.startsWith('src/') ? 1 : 0] ?? '';
const inRooms = (rooms: string[], except: (i: Import) => boolean) =>
  imports.filter((i) => i.file.startsWith('src/') && rooms.includes(room(i.file)) && !except(i));
const show = (i: Import) => `${i.file} -> ${i.target}`;

describe('imports go one way', () => {
  test('there are sources to read', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
  });

  test('the core imports only itself, zod and hashing', () => {
    const wrong = inRooms(
      ['recording'],
      (i) => i.target.startsWith('src/recording/') || ['zod', 'node:crypto'].includes(i.target),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test.each(['agora', 'store', 'files', 'slack', 'jobs', 'http'])(
    '%s imports itself, the core and packages',
    (name) => {
      const wrong = inRooms(
        [name],
        (i) =>
          !i.target.startsWith('src/') || i.target.startsWith(`src/${name}/`) || i.target.startsWith('src/recording/'),
      ).concat(imports.filter((i) => room(i.file) === name && /^(commands|sandbox|test)\//.test(i.target)));
      expect(wrong.map(show)).toEqual([]);
    },
  );

  test('profiles import themselves, the core, the table of storages and packages', () => {
    const wrong = inRooms(
      ['profiles'],
      (i) =>
        !i.target.startsWith('src/') ||
        /^src\/(profiles|recording)\//.test(i.target) ||
        i.target === 'src/files/storage-vendors.ts',
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('commands import Slack, the core and themselves', () => {
    const wrong = imports.filter(
      (i) =>
        i.file.startsWith('commands/') &&
        /^(src|sandbox)\//.test(i.target) &&
        !/^src\/(slack|recording)\//.test(i.target),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test.each([
    ['@slack/', /^(src\/slack\/|commands\/|src\/app\.ts)/],
    ['got', /^src\/agora\//],
    ['agora-token/', /^src\/agora\//],
    ['keyv', /^src\/store\//],
    ['@keyv/', /^src\/store\//],
    ['ioredis', /^src\/store\//],
    ['bullmq', /^src\/store\//],
    ['node:sqlite', /^src\/store\//],
    ['node-cron', /^src\/jobs\//],
    ['pino', /^src\/(log|app)\.ts/],
  ])('%s stays in its place', (pkg, place) => {
    const uses = imports.filter((i) => i.target === pkg || (pkg.endsWith('/') && i.target.startsWith(pkg)));
    expect(uses.filter((i) => !i.file.startsWith('sandbox/') && !place.test(i.file)).map(show)).toEqual([]);
    expect(uses.length).toBeGreaterThan(0);
  });

  test('the sandbox and the bot do not know each other', () => {
    const wrong = imports.filter(
      (i) =>
        (i.file.startsWith('sandbox/') && /^(src|commands)\//.test(i.target)) ||
        (!i.file.startsWith('sandbox/') && i.target.startsWith('sandbox/')),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  test('the environment is read in one place', () => {
    const readers = files.filter(
      (f) => !f.startsWith('sandbox/') && readFileSync(join(root, f), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual(['src/main.ts']);
  });
});
