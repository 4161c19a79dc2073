import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A pipe of the system, both ends of it as one descriptor that waits for nothing. */
export function openFifo(): { fd: number; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'agora-recording-bot-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const fd = openSync(join(folder, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  return {
    fd,
    close() {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    },
  };
}
