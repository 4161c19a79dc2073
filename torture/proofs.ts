import { crashPoints } from './crash-points/crash-points.ts';
import { failover } from './failover/failover.ts';
import { fuzz } from './fuzz/fuzz.ts';
import { guards } from './guards/guards.ts';
import { model } from './model/model.ts';
import { permutations } from './notifications/permutations.ts';
import { slackOutage } from './outbox/outage.ts';
import { processes } from './processes/processes.ts';
import { rolling } from './processes/rolling.ts';
import type { Proof } from './proof.ts';
import { scale } from './scale/scale.ts';

/** All proofs, by the name that `npm run torture -- --only` takes, in the order of the report. */
export const proofs: ReadonlyMap<string, Proof> = new Map([
  ['crash-points', crashPoints],
  ['model', model],
  ['failover', failover],
  ['notifications', permutations],
  ['slack-outage', slackOutage],
  ['input', fuzz],
  ['processes', processes],
  ['rolling-restarts', rolling],
  ['scale', scale],
  ['guards', guards],
]);
