import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createEmbeddedRig } from './embedded-rig.ts';
import { storeContract } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

storeContract('SQLite in memory', false, () => createEmbeddedRig(':memory:'));
storeContract('SQLite in a file', true, () => createEmbeddedRig(join(folder, `${files++}.sqlite`)));
