import type { Notifier } from './notifier.ts';
import type { RecordingWriter } from './recording-writer.ts';
import { createTaskEvents } from './task-events.ts';

/** Virtual milliseconds after start until each status (Agora docs, rest-api/query): a recorder needs a moment to be ready. */
const readiness: readonly { status: number; after: number }[] = [
  { status: 2, after: 500 },
  { status: 3, after: 1_000 },
  { status: 4, after: 2_000 },
];
const uploadTime = 2_000;
/** Recovery is done within 90 s; most of them sooner (Agora docs, high availability). */
const failoverTime = 60_000;
/** Agora says that backed up files are forwarded, not when. A minute is short enough to be seen in a sandbox. */
const backupTime = 60_000;
const progressInterval = 60_000;
/** A recording is brought back three times at most (Agora docs, high availability). */
const maxFailovers = 3;

export type Upload = 'uploaded' | 'backuped';

export interface TaskOptions {
  sid: string;
  resourceId: string;
  cname: string;
  uid: string;
  /** Virtual ms. */
  startedAt: number;
  /** When the token runs out, virtual ms; with an errorCode it was wrong from the start. */
  tokenEnd: { at: number } | { errorCode: 109 | 110 };
  /** Virtual seconds without publishers before the recorder leaves by itself. */
  maxIdleTime: number;
  writer: RecordingWriter;
  notifier: Notifier;
  /** How many publish in the channel at the moment. */
  publishers: (cname: string) => number;
  /** Whether no kicking rule keeps this uid out of the channel at this virtual time. */
  mayJoin: (cname: string, uid: string, at: number) => boolean;
}

export interface Task {
  readonly sid: string;
  readonly resourceId: string;
  readonly cname: string;
  /** The uid of acquire and start. */
  readonly uid: string;
  readonly startedAt: number;
  readonly writer: RecordingWriter;
  /** The uid that is in the channel; another one after a failover, none while nobody is there. */
  uidInChannel(): string | undefined;
  status(): number;
  statusText(): string;
  /** Virtual ms; undefined while it runs and bills. */
  endedAt(): number | undefined;
  /** Query, update and stop answer; false: 404. */
  reachable(): boolean;
  exiting(): boolean;
  sliceStart(): number | undefined;
  /** Brings it to this virtual time. */
  advance(now: number): void;
  /** Begins the stop; resolves with how the upload went. Undefined: the last slice could not be written and the recording broke over it. */
  stop(now: number): Promise<Upload> | undefined;
  /** Put out of the channel from outside. */
  kick(now: number): void;
  die(now: number): void;
  /** False: it is not in a state in which it could. */
  startFailover(now: number): boolean;
  /** False: the upload is over. */
  divertUpload(): boolean;
}

/** Something that happens by itself at a virtual time. */
interface Moment {
  at: number;
  happen(at: number): void;
}

/**
 * One cloud recording task and all that happens to it in virtual time. However large the steps are in which time passes, everything happens at
 * its own moment, so that what is billed does not depend on them.
 */
export function createTask(o: TaskOptions): Task {
  const { cname, writer } = o;
  const maxIdleTime = o.maxIdleTime * 1000;
  const events = createTaskEvents(o);
  let uid = o.uid;
  let status = 1;
  /** Virtual ms up to which everything has happened. */
  let clock = o.startedAt;
  let endedAt: number | undefined;
  let failoverUntil: number | undefined;
  let failovers = 0;
  /** When the slice that is being recorded began; undefined while nothing is. */
  let sliceAt: number | undefined;
  let sliceEnd: number | undefined;
  let firstSlice: number | undefined;
  let idleSince: number | undefined;
  let stoppedAt: number | undefined;
  let diverted = false;
  let landAt: number | undefined;
  let over = false;
  let progressAt = o.startedAt;
  const waiting: ((how: Upload) => void)[] = [];

  /** It is over without an orderly exit: no upload, no answer to query any more. */
  function breakDown(at: number, error?: { module: 0 | 1; errorCode: number }): void {
    if (error) events.error(at, error.module, error.errorCode);
    events.sessionExit(at, 1);
    status = 20;
    over = true;
    endedAt = at;
  }

  function join(at: number): void {
    if ('errorCode' in o.tokenEnd) {
      breakDown(at, { module: 0, errorCode: o.tokenEnd.errorCode });
    } else if (!o.mayJoin(cname, uid, at)) {
      events.recorderLeave(at, 0);
      breakDown(at);
    } else {
      events.recorderStarted(at);
      observePublishers(at);
    }
  }

  function observePublishers(at: number): void {
    if (status < 4 || failoverUntil !== undefined) return;
    if (o.publishers(cname) > 0) {
      idleSince = undefined;
      sliceAt ??= at;
    } else if (idleSince === undefined) {
      closeSlice(at);
      idleSince = at;
    }
  }

  /** Writes the slice that began at sliceAt; false: that failed and the recording with it. */
  function writeSlice(began: number, at: number): boolean {
    const afterBreak = sliceEnd !== began;
    if (!writer.writeSlice(began, afterBreak).ok) {
      // Agora has made no backup of a recording with a wrong bucket or keys since 2019.
      breakDown(at, { module: 1, errorCode: 32 });
      return false;
    }
    if (afterBreak) events.sliceStart(at, began, sliceEnd ?? began);
    sliceEnd = at;
    if (firstSlice === undefined) {
      firstSlice = began;
      writer.writeList();
      events.fileInfos(at, writer.lists()[0] ?? '');
    }
    if (status === 4) status = 5;
    return true;
  }

  /** Keeps what was begun, unless it is next to nothing. */
  function closeSlice(at: number): boolean {
    const began = sliceAt;
    sliceAt = undefined;
    return began === undefined || at - began < 500 || writeSlice(began, at);
  }

  /** Leaves the channel and begins the upload of what is left. From here on nothing is billed. */
  function beginExit(at: number, leaveCode: number): void {
    if (diverted) writer.divert();
    if (failoverUntil === undefined && !closeSlice(at)) return;
    stoppedAt = at;
    endedAt = at;
    status = 6;
    events.recorderLeave(at, leaveCode);
  }

  function finishExit(at: number): void {
    over = true;
    status = 8;
    const how = diverted ? 'backuped' : 'uploaded';
    if (writer.lists().length > 0) {
      writer.finish();
      if (diverted) landAt = at + backupTime;
      events.uploadEnd(at, how, writer.lists(), firstSlice ?? o.startedAt);
      events.uploadProgress(at, 10_000);
    }
    events.sessionExit(at, 0);
    for (const tell of waiting.splice(0)) tell(how);
  }

  function comeBack(at: number): void {
    failoverUntil = undefined;
    failovers += 1;
    uid = String(3_000_000_000 + Math.floor(Math.random() * 1_000_000_000));
    writer.failOver();
    events.failover(at, uid);
    observePublishers(at);
  }

  /** What happens next while it is in the channel. */
  function next(): Moment | undefined {
    const step = readiness.find((r) => r.status > status);
    if (step) {
      return {
        at: o.startedAt + step.after,
        happen(at) {
          status = step.status;
          if (status === 4) join(at);
        },
      };
    }
    if (failoverUntil !== undefined) return { at: failoverUntil, happen: comeBack };
    const moments: Moment[] = [];
    if ('at' in o.tokenEnd) moments.push({ at: Math.max(o.tokenEnd.at, clock), happen: (at) => beginExit(at, 24) });
    if (sliceAt !== undefined) {
      const began = sliceAt;
      moments.push({
        at: began + writer.nextSeconds() * 1000,
        happen(at) {
          if (writeSlice(began, at)) sliceAt = at;
        },
      });
    }
    if (idleSince !== undefined) moments.push({ at: idleSince + maxIdleTime, happen: (at) => beginExit(at, 4) });
    return moments.sort((a, b) => a.at - b.at)[0];
  }

  function advanceInChannel(now: number): void {
    observePublishers(clock);
    while (endedAt === undefined) {
      const moment = next();
      if (!moment || moment.at > now) break;
      clock = moment.at;
      moment.happen(moment.at);
    }
    writer.writeList();
    if (endedAt === undefined && firstSlice !== undefined && now - progressAt >= progressInterval) {
      // Once for any stretch of time: at a high speed there would be hundreds.
      progressAt = now;
      events.uploadProgress(now, 9_000);
    }
  }

  return {
    sid: o.sid,
    resourceId: o.resourceId,
    cname,
    uid: o.uid,
    startedAt: o.startedAt,
    writer,
    uidInChannel: () => (endedAt === undefined && failoverUntil === undefined && status >= 4 ? uid : undefined),
    status: () => status,
    statusText() {
      if (failoverUntil !== undefined && endedAt === undefined) return 'in failover';
      if (landAt !== undefined) return 'in backup';
      if (status === 20) return 'exited abnormally';
      if (over) return 'exited';
      if (stoppedAt !== undefined) return 'uploading';
      if (status >= 4) return idleSince === undefined ? 'recording' : 'idle';
      return 'starting';
    },
    endedAt: () => endedAt,
    reachable: () => !over && failoverUntil === undefined,
    exiting: () => stoppedAt !== undefined,
    sliceStart: () => firstSlice,
    advance(now) {
      if (endedAt === undefined) advanceInChannel(now);
      if (stoppedAt !== undefined && !over && now >= stoppedAt + uploadTime) finishExit(stoppedAt + uploadTime);
      if (landAt !== undefined && now >= landAt) {
        writer.deliver();
        events.uploadEnd(landAt, 'uploaded', writer.lists(), firstSlice ?? o.startedAt);
        landAt = undefined;
      }
      clock = Math.max(clock, now);
    },
    stop(now) {
      if (endedAt === undefined) beginExit(now, 24);
      return over ? undefined : new Promise((resolve) => waiting.push(resolve));
    },
    kick(now) {
      if (endedAt === undefined) beginExit(now, 24);
    },
    die(now) {
      if (endedAt === undefined) breakDown(now);
    },
    startFailover(now) {
      if (endedAt !== undefined || status < 4 || failoverUntil !== undefined) return false;
      if (failovers === maxFailovers) {
        breakDown(now);
        return true;
      }
      // What was being recorded is lost with the machine.
      sliceAt = undefined;
      idleSince = undefined;
      failoverUntil = now + failoverTime;
      return true;
    },
    divertUpload() {
      if (endedAt === undefined) diverted = true;
      return diverted;
    },
  };
}
