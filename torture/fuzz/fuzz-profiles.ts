import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readProfiles } from '../../src/profiles/read-profiles.ts';
import { damaged } from './damaged.ts';
import { type Fuzz, tryAll } from './try-all.ts';

const example = readFileSync(join(import.meta.dirname, '../../profiles.example.yml'), 'utf8');
const lines = example.split('\n').filter((l) => !/^\s*(#|$)/.test(l));
/** What stands in every variable, and may stand in no message. */
const canary = 'S3CR3T-canary-of-a-variable';
/** Longer than this nobody waits for a start. Milliseconds. */
const patience = 3_000;

/** Each alias stands for ten of the one before. */
const bomb = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : Array(10).fill(`*a${i - 1}`)}]`);

/** The file of profiles, whatever stands in it, is read or refused by sentences that name it and show no secret. */
export const fuzzProfiles: Fuzz = (how) => {
  const line = fc.constantFrom(...lines);
  const mixed = fc
    .tuple(
      fc.nat(lines.length),
      fc.array(fc.oneof(line, line.chain(damaged), fc.string()), { maxLength: 4 }),
      fc.nat(3),
    )
    .map(([at, others, drop]) => [...lines.slice(0, at), ...others, ...lines.slice(at + drop)].join('\n'));
  const inputs = fc.oneof(
    mixed,
    damaged(example),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }).map((all) => all.join('\n')),
    fc.constantFrom(bomb.join('\n'), 'profiles: &a {b: *a}', '[[['.repeat(2_000), '%YAML 9.9\n---\n'),
  );
  return tryAll('texts of profiles.yml', inputs, how, (text) => {
    const started = performance.now();
    const read = readProfiles({ text, file: 'profiles.yml', env: () => canary });
    if (performance.now() - started > patience) return 'reading took too long';
    if (read.ok) return undefined;
    if (read.problems.length === 0) return 'refused without a word';
    const odd = read.problems.find((p) => !p.startsWith('profiles.yml') || p.includes(canary) || p.length > 2_000);
    return odd === undefined ? undefined : `not a sentence for people: ${odd.slice(0, 500)}`;
  });
};
