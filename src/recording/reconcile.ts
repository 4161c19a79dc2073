import type { Capacity } from './capacity.ts';
import { createPart } from './create-session.ts';
import type { FileCheck } from './file-check.ts';
import { keepAnswer } from './keep-answer.ts';
import { healthInterval, limits } from './limits.ts';
import { lookForFiles } from './look-for-files.ts';
import { plan, type Step } from './planner.ts';
import type { Log, Priority, Recorder, SessionStore, TaskRef } from './ports.ts';
import { isEnded, mayRecord, type Session } from './session.ts';
import type { Settings } from './settings.ts';
import { onChange } from './transitions/change.ts';
import { controlHours } from './transitions/control-window.ts';
import { onCredentials } from './transitions/credentials.ts';
import { toUploaded } from './transitions/end.ts';
import { onAcquire } from './transitions/on-acquire.ts';
import { onInspection } from './transitions/on-inspection.ts';
import { onQuery } from './transitions/on-query.ts';
import { onRelease, onUnseenPage } from './transitions/on-release.ts';
import { beforeStart, onStart, tokenSeconds } from './transitions/on-start.ts';
import { onStop } from './transitions/on-stop.ts';
import { type ExpectFiles, passTime } from './transitions/pass-time.ts';
import { queueUp } from './transitions/queue.ts';
import { onSalvage } from './transitions/salvage.ts';
import { beginCall, endCall } from './transitions/task-call.ts';

export interface ReconcileParts {
  store: SessionStore;
  recorder: Recorder;
  fileCheck: FileCheck;
  expectFiles: ExpectFiles;
  settings: Settings;
  now(): number;
  /** Lets time pass while the store is away and an answer of Agora's is to be saved; see {@link keepAnswer}. Milliseconds. */
  sleep?: ((ms: number) => Promise<void>) | undefined;
  /** Has a session looked at as soon as may be. */
  wake(id: string): void;
  capacity: Capacity;
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
  const { store, capacity, now, log } = parts;
  for (let i = 0; i < maxSteps; i++) {
    const s = await store.update(id, (before) => {
      let after = before;
      // One moment may bring about the next: the deadline, then the end of a patience.
      for (;;) {
        const next = passTime(after, now(), parts.expectFiles);
        if (next === after) return after;
        after = next;
      }
    });
    if (!s) return;
    capacity.note(s);
    saved();
    const step = plan(s, now());
    if (step.kind === 'wait') return;
    log.debug({ session: id, state: s.state, step: step.kind }, 'step');
    await makeStep(s, step, parts);
  }
  log.error({ session: id }, 'Stopped after many steps in one go; it goes on in a moment');
  // Whatever the reason, Agora and the store are not to be asked without end.
  await store.update(id, (s) => ({ ...s, nextAt: Math.max(s.nextAt, now() + limits.respite) }));
}

async function makeStep(s: Session, step: Exclude<Step, { kind: 'wait' }>, parts: ReconcileParts): Promise<void> {
  const { store, recorder, capacity, now } = parts;
  switch (step.kind) {
    case 'acquire': {
      // Who threw a resourceId away holds its recorder still.
      const place = s.state === 'requested' ? capacity.place(s) : 0;
      if (place > 0) {
        await store.update(s.id, (t) => queueUp(t, place, 'MAX_CONCURRENT', now()));
        return;
      }
      const { recipe, channelName, uid } = s;
      const excludeResourceIds = await siblings(s, parts);
      const hours = controlHours(s, now());
      const reply = await recorder.acquire(
        { recipe, channelName, uid, hours, ...(excludeResourceIds.length > 0 ? { excludeResourceIds } : {}) },
        'start',
      );
      await keepAnswer(s.id, (t) => onAcquire(t, reply, now(), uid, Math.max(1, capacity.place(t))), parts);
      return;
    }
    case 'start': {
      // Saved first: from the moment it is sent the task may run, even if this process never hears of it.
      const sent = await store.update(s.id, (t) => beforeStart(t, now(), hasToken(t, parts.settings)));
      if (sent?.state !== 'acquired') return;
      const { recipe, channelName, uid, resourceId } = sent;
      const reply = await recorder.start(
        { recipe, channelName, uid, resourceId, tokenSeconds: tokenSeconds(sent, now()) },
        'start',
      );
      await keepAnswer(s.id, (t) => onStart(t, reply, now(), { uid, resourceId }), parts);
      return;
    }
    case 'query': {
      if (s.state !== 'starting' && s.state !== 'recording' && s.state !== 'suspect') return;
      const { settings } = parts;
      const reply = await recorder.query(taskOf(s), s.state === 'starting' ? 'start' : 'health');
      const context = {
        healthInterval: healthInterval(capacity.used(s.recipe.project), settings.limitsOf(s.recipe.project).qps),
        maxIdleTime: maxIdleTime(s, settings),
        temporaryCredentials: settings.hasTemporaryCredentials?.(s.recipe.storage) ?? false,
      };
      let tries = 0;
      // Its time has changed since a save that failed: that one was made all the same, or there is news.
      const apply = (t: Session) => (tries++ > 0 && t.nextAt !== s.nextAt ? t : onQuery(t, reply, now(), context));
      await keepAnswer(s.id, apply, parts);
      return;
    }
    case 'credentials': {
      if ((s.state !== 'recording' && s.state !== 'suspect') || !s.credentials) return;
      const { storage } = s.recipe;
      const { until } = s.credentials;
      const begun = await beginCall(store, s.id, now());
      if (!begun) return;
      const reply = await recorder.refreshCredentials({ ...taskOf(s), storage, until }, 'overdue');
      await store.update(s.id, (t) => onCredentials(endCall(t, begun.call), reply, now()));
      return;
    }
    case 'stop': {
      if (s.state !== 'stopping') return;
      const reply = await recorder.stop(taskOf(s), stopPriority(s));
      await keepAnswer(s.id, (t) => onStop(t, reply, now()), parts);
      return;
    }
    case 'make_parts': {
      for (const other of s.others.filter((o) => !o.made)) {
        // Stopped meanwhile: it never begins.
        if (s.groupStop) {
          await store.update(s.id, (t) => ({
            ...t,
            others: t.others.map((o) => (o.id === other.id ? { ...o, made: true, done: true } : o)),
          }));
          continue;
        }
        await store.create(createPart(s, other, now()));
        await store.update(s.id, (t) => ({
          ...t,
          others: t.others.map((o) => (o.id === other.id ? { ...o, made: true } : o)),
        }));
        parts.wake(other.id);
      }
      return;
    }
    case 'change': {
      if (s.state !== 'recording' && s.state !== 'suspect') return;
      const { wanted } = s;
      const { layout, subscribe, onhold } = wanted;
      const task = taskOf(s);
      const begun = await beginCall(store, s.id, now());
      if (!begun) return;
      const reply =
        step.what === 'layout' && layout
          ? await recorder.updateLayout({ ...task, layout }, 'person')
          : step.what === 'subscribe' && subscribe
            ? await recorder.update({ ...task, change: { streamSubscribe: subscribe } }, 'person')
            : await recorder.update({ ...task, change: { webRecordingConfig: { onhold: onhold ?? false } } }, 'person');
      await store.update(s.id, (t) => onChange(endCall(t, begun.call), step.what, wanted, reply, now()));
      return;
    }
    case 'check_files':
      await checkFiles(s, parts);
      return;
    case 'release': {
      const { stray } = step;
      const { channelName } = s;
      const { uid, resourceId, sid, project = s.recipe.project, mode = s.recipe.mode } = stray;
      if (mode === 'web' && !sid) {
        await store.update(s.id, (t) => onUnseenPage(t, stray, now()));
        return;
      }
      const reply = sid
        ? await recorder.stop({ project, channelName, mode, uid, resourceId, sid }, 'overdue')
        : await recorder.remove({ project, channelName, uid }, 'overdue');
      await store.update(s.id, (t) => onRelease(t, stray, reply, now()));
      return;
    }
  }
}

/**
 * Asks Agora whether the upload is done, and looks into the bucket: at once when Agora says that it is, and after a while also when Agora says
 * nothing or holds files in its backup. Of a recording that failed Agora knows nothing any more, so only the bucket is asked.
 */
async function checkFiles(s: Session, parts: ReconcileParts): Promise<void> {
  const { store, recorder, settings, now } = parts;
  if (isEnded(s)) {
    const { report, files } = await lookForFiles(s, parts);
    await store.update(s.id, (t) => onSalvage(t, report, files, now()));
    return;
  }
  if (s.state !== 'uploading' && s.state !== 'backuped') return;
  if (s.state === 'backuped' && s.evidence.uploaded === 'uploaded') {
    // Older records may be so.
    await store.update(s.id, (t) => (t.state === 'backuped' ? toUploaded(t, now()) : t));
    return;
  }
  let after: Session | undefined = s;
  if (s.evidence.uploaded !== 'uploaded') {
    const reply = await recorder.query(taskOf(s), 'health');
    const context = { healthInterval: 0, maxIdleTime: maxIdleTime(s, settings) };
    after = await store.update(s.id, (t) => onQuery(t, reply, now(), context));
  }
  if (after?.state === 'backuped') {
    // Looking is cheap, but not each minute for three days.
    if (after.report && now() - after.report.at < limits.backupLook) return;
  } else if (after?.state !== 'uploading' || (after.evidence.uploaded !== 'uploaded' && !after.slowTold)) return;
  const { report, files } = await lookForFiles(after, parts);
  await store.update(s.id, (t) => onInspection(t, report, files, now()));
}

export function taskOf(s: Session & { resourceId: string; sid: string }): TaskRef {
  const { channelName, uid, resourceId, sid } = s;
  return { project: s.recipe.project, channelName, uid, mode: s.recipe.mode, resourceId, sid };
}

/** Tasks of the same wish, which a new one is to run apart from: on another machine, in another place (Agora docs, excludeResourceIds). */
async function siblings(s: Session, { store }: ReconcileParts): Promise<string[]> {
  const lead = s.lead === null ? s : await store.get(s.lead);
  const ids = lead ? [lead.id, ...lead.others.map((o) => o.id)] : [];
  const found: string[] = [];
  for (const id of ids) {
    const other = id === s.id ? undefined : id === lead?.id ? lead : await store.get(id);
    if (other && mayRecord(other) && 'resourceId' in other && other.resourceId) found.push(other.resourceId);
  }
  return found;
}

/** How long a recorder stays in an empty channel: what the recipe says, or else the environment. Milliseconds. */
function maxIdleTime(s: Session, settings: Settings): number {
  const own = s.recipe.recordingConfig?.maxIdleTime;
  return typeof own === 'number' ? own * 1000 : settings.maxIdleTime;
}

/** A web page is recorded in no channel, and so without a token. */
function hasToken({ recipe }: Session, settings: Settings): boolean {
  return recipe.mode !== 'web' && (settings.givesTokens?.(recipe.project) ?? false);
}

function stopPriority(s: Session): Priority {
  return s.stopAsked?.by ? 'person' : 'overdue';
}
