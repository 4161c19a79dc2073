import type { AgoraTaskRow } from '../ui-protocol.ts';
import type { Task } from './task.ts';

export interface LedgerEntry {
  sid: string;
  cname: string;
  uid: string;
  /** Virtual ms. */
  startedAt: number;
  /** Virtual ms; absent while it runs and bills. */
  endedAt?: number;
  billedSeconds: number;
}

/** So many of the newest slices are shown on the panel; a long recording has thousands. */
const shownSlices = 20;

/** What Agora would bill for a task: from start to exit, idle time included (Agora docs, pricing). `now`: virtual ms. */
export function ledgerEntry(task: Task, now: number): LedgerEntry {
  const endedAt = task.endedAt();
  return {
    sid: task.sid,
    cname: task.cname,
    uid: task.uid,
    startedAt: task.startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    billedSeconds: Math.round(((endedAt ?? now) - task.startedAt) / 1000),
  };
}

/** A task as the panel shows it: all of its lists and MP4s, and its newest slices and pictures. */
export function taskRow(task: Task, now: number): AgoraTaskRow {
  const { plan, files, web } = task;
  return {
    ...ledgerEntry(task, now),
    mode: plan.mode,
    status: task.status(),
    statusText: task.statusText(),
    files: [...files.known().map((f) => f.fileName), ...files.pieces().slice(-shownSlices)],
    alive: task.endedAt() === undefined,
    ...(plan.layout ? { layout: plan.layout } : {}),
    ...(web ? { onHold: web.isOnHold(), outputs: web.outputs() } : {}),
  };
}
