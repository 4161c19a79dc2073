import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A pipe of the system, both ends of it as one descriptor. `fd` waits for nothing, and what `openAnother` gives does, as most pipes do. */
export function openFifo(): { fd: number; openAnother(): number; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'agora-recording-bot-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const fd = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  const fds = [fd];
  return {
    fd,
    openAnother() {
      const another = openSync(join(folder, 'pipe'), constants.O_RDWR);
      fds.push(another);
      return another;
    },
    close() {
      for (const each of fds) closeSync(each);
      rmSync(folder, { recursive: true });
    },
  };
}
