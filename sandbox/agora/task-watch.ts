import type { Task } from './task.ts';

/** Brings tasks to the time, and leaves those alone in which nothing can happen: of thousands, most. */
export interface TaskWatch {
  add(task: Task): void;
  /** Something happened to one that may have been left alone. */
  wake(task: Task | undefined): void;
  /** Brings all to this virtual time. */
  advance(now: number): void;
}

interface Alarm {
  at: number;
  task: Task;
}

export function createTaskWatch(): TaskWatch {
  const awake = new Set<Task>();
  const resting = new Set<Task>();
  /** A binary heap, the earliest first. Of a task that was woken otherwise it rings for nothing. */
  const alarms: Alarm[] = [];
  const at = (place: number) => alarms[place]?.at ?? Number.POSITIVE_INFINITY;

  function swap(a: number, b: number): void {
    const [x, y] = [alarms[a], alarms[b]];
    if (x && y) [alarms[a], alarms[b]] = [y, x];
  }

  function push(alarm: Alarm): void {
    let place = alarms.push(alarm) - 1;
    for (let above = (place - 1) >> 1; place > 0 && at(place) < at(above); above = (place - 1) >> 1) {
      swap(place, above);
      place = above;
    }
  }

  function pop(): Alarm | undefined {
    swap(0, alarms.length - 1);
    const first = alarms.pop();
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const least = at(right) < at(left) ? right : left;
      if (at(place) <= at(least)) return first;
      swap(place, least);
      place = least;
    }
  }

  function wake(task: Task | undefined): void {
    if (task && resting.delete(task)) awake.add(task);
  }

  return {
    add: (task) => awake.add(task),
    wake,
    advance(now) {
      while (at(0) <= now) wake(pop()?.task);
      for (const task of [...awake]) {
        task.advance(now);
        const until = task.restsUntil();
        if (until === undefined) continue;
        awake.delete(task);
        resting.add(task);
        if (Number.isFinite(until)) push({ at: until, task });
      }
    },
  };
}
