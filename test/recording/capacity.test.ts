import { expect, test } from 'vitest';
import { createCapacity } from '../../src/recording/capacity.ts';
import { ended, sampleSession, started } from '../store/sample-session.ts';

const running = (id: string) => started(sampleSession(id), `sid-${id}`);

test('a recount takes in what other processes record, and forgets what they ended', () => {
  const capacity = createCapacity(() => 3);
  const waiting = sampleSession('mine', 'math', 9);
  capacity.note(waiting);
  capacity.note(running('ended elsewhere'));
  expect([capacity.used('default'), capacity.place(waiting)]).toEqual([1, 0]);
  const count = capacity.recount();
  for (const id of ['a', 'b', 'c']) count.see(running(id));
  count.see(sampleSession('earlier', 'physics', 5));
  // Begun here while the others were read: it is not among them, and counts all the same.
  capacity.note(running('new'));
  count.see(waiting);
  count.end();
  expect(capacity.used('default')).toBe(4);
  expect(capacity.place(waiting)).toBe(3);
  const next = capacity.recount();
  next.see(ended(running('a')));
  next.see(waiting);
  next.end();
  expect([capacity.used('default'), capacity.place(waiting)]).toEqual([0, 0]);
});
