import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Two projects. `unit` needs nothing but npm's packages; `system` also needs redis-server, chromium and ffmpeg,
 * which test/support/install-programs.ts installs before `npm test`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.system.test.ts'],
          // Not a measure of speed: machines are noisy, and what hangs is found all the same. Longer than `until` waits, which says what did not
          // happen.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Vitest would leave one processor idle for those who watch. On a small machine that is half of it.
          maxWorkers: availableParallelism(),
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Each of these starts processes of its own; two at a time would fight for a small machine's two cores.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
