import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Run before `npm test`: the programs that some tests use and npm cannot install. On Debian and Ubuntu, as root, missing ones are installed;
 * elsewhere it says what to install and stops, because a suite that is left out in silence proves nothing.
 */
const needed: { found: () => boolean; debian: string; what: string }[] = [
  {
    found: () => runs('redis-server', '--version'),
    debian: 'redis-server',
    what: 'redis-server, for the store on Redis',
  },
  {
    found: () => existsSync('/usr/bin/chromium'),
    debian: 'chromium',
    what: 'chromium at /usr/bin/chromium, for the page',
  },
  {
    found: () => runs('ffmpeg', '-version') && runs('ffprobe', '-version'),
    debian: 'ffmpeg',
    what: 'ffmpeg with ffprobe, for the recorded files',
  },
  {
    found: () => existsSync('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'),
    debian: 'fonts-noto-color-emoji',
    what: 'the font Noto Color Emoji, for the screenshots',
  },
  {
    found: () =>
      existsSync('/usr/share/fonts/truetype/liberation') || existsSync('/usr/share/fonts/truetype/liberation2'),
    debian: 'fonts-liberation',
    what: 'the Liberation fonts, for the screenshots',
  },
];

function runs(program: string, argument: string): boolean {
  return spawnSync(program, [argument], { stdio: 'ignore' }).status === 0;
}

const missing = () => needed.filter((p) => !p.found());
const packagesOf = (programs: typeof needed) => programs.map((p) => p.debian).join(' ');

function mayInstall(): boolean {
  const os = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return process.getuid?.() === 0 && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(os);
}

function install(packages: string): void {
  process.stdout.write(`The tests need ${packages}; installing with apt-get, which takes a minute or two.\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'ignore', 'inherit'] } satisfies SpawnSyncOptions;
  // A bare machine has no lists yet, and finds nothing without them. What goes wrong shows below: the programs are still missing.
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages.split(' ')], options);
}

if (missing().length > 0 && mayInstall()) install(packagesOf(missing()));
const left = missing();
if (left.length > 0) {
  const names = left.map((p) => `  - ${p.what}\n`).join('');
  process.stderr.write(
    `Some tests need programs that are not here:\n${names}Install them (Debian, Ubuntu: sudo apt-get update && sudo apt-get install ${packagesOf(left)}) and run npm test again.\nThe tests that need nothing more: npm run test:unit\n`,
  );
  process.exit(1);
}
