import { execFileSync, spawnSync } from 'node:child_process';
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
  { found: () => runs('ffprobe', '-version'), debian: 'ffmpeg', what: 'ffmpeg with ffprobe, for the recorded files' },
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

const missing = needed.filter((p) => !p.found());
if (missing.length > 0) {
  const packages = missing.map((p) => p.debian);
  const os = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  if (process.getuid?.() === 0 && /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(os)) {
    process.stdout.write(`The tests need ${packages.join(', ')}; installing them with apt-get.\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } else {
    process.stderr.write(
      `Some tests need programs that are not here:\n${missing.map((p) => `  - ${p.what}`).join('\n')}\nInstall them (Debian, Ubuntu: sudo apt-get install ${packages.join(' ')}) and run npm test again.\nThe tests that need nothing more: npm run test:unit\n`,
    );
    process.exit(1);
  }
}
