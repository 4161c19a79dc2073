import { describe, expect, test } from 'vitest';
import type { Capsule } from '../../src/recording/capsule.ts';
import { readStopValue, stopValue } from '../../src/slack/actions/stop-value.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';

const sealer = createSealer('a secret');
const capsule: Capsule = {
  v: 1,
  id: 'id-1',
  team: 'T',
  channel: 'C',
  by: 'U',
  name: 'math-101',
  profile: 'default',
  project: 'default',
  storage: 'default',
  mode: 'mix',
  at: 1,
  stopAt: 2,
  maxStopAt: 3,
  tasks: [['id-1', '1', 'r', 's', 1]],
};

describe('the sealer', () => {
  test('opens what it sealed', () => {
    for (const text of ['', 'ü', 'x'.repeat(3_000)].slice(1)) expect(sealer.open(sealer.seal(text))).toBe(text);
  });

  test('nothing but what it sealed is opened', () => {
    const sealed = sealer.seal('stop math-101');
    expect(createSealer('another secret').open(sealed)).toBeUndefined();
    const bytes = Buffer.from(sealed, 'base64url');
    for (let i = 0; i < bytes.length * 8; i++) {
      const changed = Buffer.from(bytes);
      changed[i >> 3] = (bytes[i >> 3] ?? 0) ^ (1 << (i & 7));
      expect(sealer.open(changed.toString('base64url'))).toBeUndefined();
    }
    for (const other of ['', sealed.slice(0, 10), sealed.slice(0, -1), `${sealed}A`, `${sealed}=`, ` ${sealed}`]) {
      expect(sealer.open(other)).toBeUndefined();
    }
  });
});

describe('what the Stop button carries', () => {
  test('comes back as it was', () => {
    expect(readStopValue(stopValue('id-1', capsule, sealer), sealer)).toEqual({ id: 'id-1', capsule });
  });

  test('what was sealed for another recording is none', () => {
    const [, sealed] = stopValue('id-1', capsule, sealer).split(' ');
    expect(readStopValue(`id-2 ${sealed}`, sealer)).toEqual({ id: 'id-2', capsule: undefined });
  });
});
