/** Ends this process for certain. What waits for its end may throw, and would keep it alive with everything it holds. */
export function endProcess(code: number): never {
  try {
    process.exit(code);
  } finally {
    // Reached only when something threw; nobody is asked a second time.
    process.exit(code);
  }
}
