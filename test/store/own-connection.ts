import { DatabaseSync } from 'node:sqlite';

/**
 * What `open` answers, and the connection to SQLite that it has opened: a disk that is full or that nobody may write to is set up there with a PRAGMA,
 * and cannot be brought about from outside.
 */
export async function withConnection<T>(
  open: () => T | Promise<T>,
): Promise<{ opened: T; sqlite: Pick<DatabaseSync, 'exec' | 'prepare'> }> {
  const { exec } = DatabaseSync.prototype;
  let sqlite: DatabaseSync | undefined;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql) {
    sqlite ??= this;
    exec.call(this, sql);
  };
  try {
    const opened = await open();
    if (!sqlite) throw new Error('Nothing has opened SQLite.');
    return { opened, sqlite };
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
}

/** From now on there is no room in the file but what is free in it. */
export function fillUp(sqlite: Pick<DatabaseSync, 'exec' | 'prepare'>): void {
  sqlite.exec(`PRAGMA max_page_count = ${Number(sqlite.prepare('PRAGMA page_count').get()?.page_count)}`);
}
