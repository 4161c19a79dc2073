import { healthInterval, limits } from './limits.ts';
import { plan, type Step } from './planner.ts';
import type { FileCheck, Log, Priority, Recorder, SessionStore, TaskRef } from './ports.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings.ts';
import { complete } from './transitions/end.ts';
import { onAcquire } from './transitions/on-acquire.ts';
import { onQuery } from './transitions/on-query.ts';
import { onRelease } from './transitions/on-release.ts';
import { beforeStart, onStart } from './transitions/on-start.ts';
import { onStop } from './transitions/on-stop.ts';
import { passTime } from './transitions/pass-time.ts';

export interface ReconcileParts {
  store: SessionStore;
  recorder: Recorder;
  fileCheck: FileCheck;
  /** Object keys that a mix recording writes, when Agora named none. */
  predictFiles(s: { sid: string; channelName: string }): string[];
  settings: Settings;
  now(): number;
  /** How many sessions share the rate limit. */
  liveCount(): number;
  log: Log;
}

/** Called after each save, so that what is owed to people is sent while Agora is still being asked. */
export type Saved = () => void;

/** More steps than any session makes in one go; a guard against a plan that never waits. */
const maxSteps = 20;

/**
 * Brings what is so closer to what is wanted, until there is nothing to do at this time. The only code that calls acquire, start, query and
 * stop. Every step is saved before it is made and its answer saved after it, so a crash at any point is settled by calling this again.
 *
 * To be called by one caller at a time per session.
 */
export async function reconcile(id: string, parts: ReconcileParts, saved: Saved): Promise<void> {
  const { store, now, log } = parts;
  for (let i = 0; i < maxSteps; i++) {
    const s = await store.update(id, (before) => {
      let after = before;
      // One moment may bring about the next: the deadline, then the end of a patience.
      for (let next = passTime(after, now()); next !== after; next = passTime(after, now())) after = next;
      return after;
    });
    if (!s) return;
    saved();
    const step = plan(s, now());
    if (step.kind === 'wait') return;
    log.debug({ session: id, state: s.state, step: step.kind }, 'step');
    await makeStep(s, step, parts);
  }
  log.warn({ session: id }, 'Stopped after many steps in one go; the next tick goes on');
}

async function makeStep(s: Session, step: Exclude<Step, { kind: 'wait' }>, parts: ReconcileParts): Promise<void> {
  const { store, recorder, settings, now } = parts;
  switch (step.kind) {
    case 'acquire': {
      const hours = Math.min(720, Math.ceil((s.maxStopAt - s.requestedAt) / 3_600_000) + limits.controlMarginHours);
      const reply = await recorder.acquire({ channelName: s.channelName, uid: s.uid, mode: s.mode, hours }, 'start');
      await store.update(s.id, (t) => onAcquire(t, reply, now()));
      return;
    }
    case 'start': {
      // Saved first: from the moment it is sent the task may run, even if this process never hears of it.
      const sent = await store.update(s.id, beforeStart);
      if (sent?.state !== 'acquired') return;
      const tokenSeconds = Math.ceil((sent.maxStopAt + limits.tokenMargin - now()) / 1000);
      const { channelName, uid, mode, resourceId } = sent;
      const reply = await recorder.start({ channelName, uid, mode, resourceId, tokenSeconds }, 'start');
      await store.update(s.id, (t) => onStart(t, reply, now()));
      return;
    }
    case 'query': {
      if (s.state !== 'starting' && s.state !== 'recording' && s.state !== 'suspect') return;
      const reply = await recorder.query(taskOf(s), s.state === 'starting' ? 'start' : 'health');
      const context = {
        healthInterval: healthInterval(parts.liveCount(), settings.qps),
        maxIdleTime: settings.maxIdleTime,
      };
      await store.update(s.id, (t) => onQuery(t, reply, now(), context));
      return;
    }
    case 'stop': {
      if (s.state !== 'stopping') return;
      const reply = await recorder.stop(taskOf(s), stopPriority(s));
      await store.update(s.id, (t) => onStop(t, reply, now()));
      return;
    }
    case 'check_files':
      await checkFiles(s, parts);
      return;
    case 'release': {
      const { stray } = step;
      const { channelName, mode } = s;
      const reply = stray.sid
        ? await recorder.stop(
            { channelName, mode, uid: stray.uid, resourceId: stray.resourceId, sid: stray.sid },
            'overdue',
          )
        : await recorder.remove({ channelName, uid: stray.uid }, 'overdue');
      await store.update(s.id, (t) => onRelease(t, stray, reply, now()));
      return;
    }
  }
}

/** Asks Agora, and after a while the bucket itself, whether the upload is done. */
async function checkFiles(s: Session, parts: ReconcileParts): Promise<void> {
  if (s.state !== 'uploading' && s.state !== 'backuped') return;
  const { store, recorder, fileCheck, settings, now } = parts;
  const reply = await recorder.query(taskOf(s), 'health');
  const context = { healthInterval: 0, maxIdleTime: settings.maxIdleTime };
  const after = await store.update(s.id, (t) => onQuery(t, reply, now(), context));
  // The list is written again and again while uploading, so at first its being there says little; and a backup is only Agora's to clear.
  if (after?.state !== 'uploading' || !after.slowTold) return;
  const names =
    after.files.length > 0
      ? after.files.map((f) => f.name)
      : parts.predictFiles({ sid: after.sid, channelName: after.channelName });
  const found = await Promise.all(names.map((name) => fileCheck.exists(name)));
  if (!found.every((f) => f === 'there')) return;
  await store.update(s.id, (t) =>
    t.state === 'uploading'
      ? complete(t.files.length > 0 ? t : { ...t, files: names.map((name) => ({ name })) }, 'bucket', now())
      : t,
  );
}

function taskOf(s: TaskRef): TaskRef {
  return { channelName: s.channelName, uid: s.uid, mode: s.mode, resourceId: s.resourceId, sid: s.sid };
}

function stopPriority(s: Session): Priority {
  return s.stopAsked?.by ? 'person' : 'overdue';
}
