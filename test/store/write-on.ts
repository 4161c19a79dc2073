import { writeSync } from 'node:fs';
import { openStore } from '../../src/store/open-store.ts';
import { ended, sampleSession, silent, started } from './sample-session.ts';

/**
 * Run as a process of its own: saves to the store named in its first argument until it is killed, and says what was acknowledged. One line
 * each: `created <id>`, `updated <id> <revision>`, `ended <id>`; the first is `open`, or the reason why not.
 */
const [url = '', prefix = ''] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

const store = await openStore(url, { now: Date.now, log: quiet }).catch((error: Error & { code?: string }) => {
  say(`${error.code} ${error.message}`);
  process.exit(1);
});
say('open');
for (let i = 0; ; i++) {
  const id = `${prefix}-${i}`;
  await store.create(sampleSession(id));
  say(`created ${id}`);
  for (let n = 0; n < 5; n++) {
    const saved = await store.update(id, (s) => started({ ...s, tries: s.tries + 1 }, `sid-${id}`));
    say(`updated ${id} ${saved?.revision}`);
  }
  if (i % 2) {
    await store.update(id, (s) => silent(ended(s)));
    say(`ended ${id}`);
  }
}
