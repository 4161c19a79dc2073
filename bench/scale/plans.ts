import type { Plan } from './measure.ts';

const second = 1_000;

/** As the goals are judged: the same that is due, whatever there is. */
export const fullPlan = (live: number): Plan => ({
  live,
  overdue: 100,
  afterRestart: 100,
  restartWindow: 30 * second,
  spread: 300,
  burst: 200,
  spreadOver: 60 * second,
  healthOnly: 30 * second,
  sweeps: 300,
  restarts: 5,
});

/** Some hundred, to see that it works: whatever is judged is counted, and nothing timed. */
export const smallPlan: Plan = {
  live: 300,
  overdue: 20,
  afterRestart: 20,
  restartWindow: 5 * second,
  spread: 40,
  burst: 20,
  spreadOver: 8 * second,
  healthOnly: 4 * second,
  sweeps: 50,
  restarts: 1,
};
