import { parseArgs } from 'node:util';
import { acknowledgement } from './acknowledgement.ts';
import { rateBucket } from './rate-bucket.ts';
import { scale } from './scale.ts';

/** Measures on this machine and prints figures, most of them as ratios within the same run. */
const parts = new Map([
  ['acknowledgement', acknowledgement],
  ['rate-bucket', rateBucket],
  ['scale', scale],
]);
const usage = `npm run bench -- [--only NAME]...
  --only NAME ${[...parts.keys()].join(', ')}`;

const only = (() => {
  try {
    return parseArgs({ options: { only: { type: 'string', multiple: true, default: [...parts.keys()] } } }).values.only;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`);
    process.exit(2);
  }
})();
const unknown = only.filter((name) => !parts.has(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no part named ${unknown.join(', ')}.\n${usage}\n`);
  process.exit(2);
}
for (const [name, part] of parts) if (only.includes(name)) await part((line) => process.stdout.write(`${line}\n`));
process.exit(0);
