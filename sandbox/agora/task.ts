import type { Notifier } from './notifier.ts';
import type { RecordingWriter } from './recording-writer.ts';

/** Virtual milliseconds after start until each status (Agora docs, rest-api/query): a recorder needs a moment to be ready. */
const readiness: [status: number, after: number][] = [
  [1, 0],
  [2, 500],
  [3, 1_000],
  [4, 2_000],
];
const uploadTime = 2_000;
const failoverTime = 60_000;
const backupTime = 60_000;

export interface TaskOptions {
  sid: string;
  resourceId: string;
  cname: string;
  uid: string;
  startedAt: number;
  /** When the token runs out, virtual ms; undefined: it was wrong from the start, for this reason. */
  tokenEnd: { at: number } | { errorCode: 109 | 110 };
  maxIdleTime: number;
  writer: RecordingWriter;
  notifier: Notifier;
  /** How many publish in the channel at the moment. */
  publishers: (cname: string) => number;
  billed: (task: Task) => void;
}

export interface Task {
  readonly sid: string;
  readonly resourceId: string;
  readonly cname: string;
  /** The uid of acquire and start. */
  readonly uid: string;
  readonly startedAt: number;
  readonly writer: RecordingWriter;
  status(): number;
  statusText(): string;
  /** Virtual ms; undefined while it runs and bills. */
  endedAt(): number | undefined;
  /** Query, update and stop answer; false: 404. */
  reachable(): boolean;
  exiting(): boolean;
  recordedAnything(): boolean;
  sliceStart(): number | undefined;
  /** Brings it to this virtual time. */
  advance(now: number): void;
  /** Begins the stop; resolves with how the upload went. */
  stop(now: number): Promise<'uploaded' | 'backuped'>;
  /** Put out of the channel from outside. */
  kick(now: number): void;
  die(now: number): void;
  startFailover(now: number): void;
  divertUpload(): void;
}

/** One cloud recording task and all that happens to it in virtual time. */
export function createTask(o: TaskOptions): Task {
  const { sid, cname, writer, notifier } = o;
  let uid = o.uid;
  let sequence = 0;
  let status = 1;
  let endedAt: number | undefined;
  let failoverUntil: number | undefined;
  let sliceAt: number | undefined;
  let firstSlice: number | undefined;
  let idleSince: number | undefined;
  let stoppedAt: number | undefined;
  let leaveCode = 24;
  let diverted = false;
  let landAt: number | undefined;
  let uploaded = false;
  const waiting: ((how: 'uploaded' | 'backuped') => void)[] = [];

  function notify(eventType: number, serviceType: number, details: object, at: number): void {
    notifier.send(eventType, {
      cname,
      uid,
      sid,
      sequence: sequence++,
      sendts: Math.round(at),
      serviceType,
      serviceScene: 'rtc_record',
      details,
    });
  }

  /** The recorder is out of the channel: from here on nothing is billed. */
  function leave(at: number): void {
    if (endedAt !== undefined) return;
    endedAt = at;
    o.billed(task);
  }

  function fileList() {
    return writer.lists().map((fileName) => ({
      fileName,
      trackType: 'audio_and_video',
      uid: '0',
      mixedAllUser: true,
      isPlayable: true,
      sliceStartTime: Math.round(firstSlice ?? o.startedAt),
    }));
  }

  function fail(at: number, module: number, errorCode: number): void {
    notify(1, 0, { msgName: 'cloud_recording_error', module, errorLevel: 5, errorCode, stat: 0, errorMsg: '' }, at);
    notify(11, 0, { msgName: 'session_exit', exitStatus: 1 }, at);
    status = 20;
    uploaded = true;
    leave(at);
  }

  /** Leaves the channel and begins the upload of what is left. */
  function beginExit(at: number, code: number): void {
    if (stoppedAt !== undefined || endedAt !== undefined) return;
    // What was begun is kept: the last slice is a short one at Agora, a whole one here.
    if (sliceAt !== undefined && failoverUntil === undefined && at - sliceAt >= 500 && !writer.writeSlice(sliceAt).ok) {
      fail(at, 1, 32);
      return;
    }
    stoppedAt = at;
    leaveCode = code;
    status = 6;
    notify(41, 1, { msgName: 'recorder_leave', leaveCode }, at);
    leave(at);
  }

  function finishExit(at: number): void {
    uploaded = true;
    status = 8;
    const how = diverted ? 'backuped' : 'uploaded';
    if (writer.lists().length > 0) {
      if (diverted) {
        writer.divert();
        landAt = at + backupTime;
      }
      writer.finish();
      notify(diverted ? 32 : 31, 2, { msgName: how, status: 0, fileList: fileList() }, at);
    }
    notify(11, 0, { msgName: 'session_exit', exitStatus: 0 }, at);
    for (const tell of waiting.splice(0)) tell(how);
  }

  function record(now: number): void {
    while (sliceAt !== undefined && sliceAt + writer.nextSeconds() * 1000 <= now) {
      const length = writer.nextSeconds() * 1000;
      const began = sliceAt;
      const result = writer.writeSlice(began);
      if (!result.ok) {
        fail(now, 1, 32);
        return;
      }
      sliceAt = began + length;
      notify(
        42,
        1,
        {
          msgName: 'recorder_slice_start',
          startUtcMs: Math.round(began),
          discontinueUtcMs: Math.round(began),
          mixedAllUser: true,
          streamUid: '0',
          trackType: 'audio_and_video',
        },
        began + length,
      );
      if (firstSlice === undefined) {
        firstSlice = began;
        notify(4, 0, { msgName: 'cloud_recording_file_infos', fileList: writer.lists()[0] ?? '' }, began + length);
      }
      if (status === 4) status = 5;
    }
  }

  function advanceAlive(now: number): void {
    const since = now - o.startedAt;
    if (status < 4) {
      const before = status;
      for (const [s, after] of readiness) if (since >= after) status = Math.max(status, s);
      if (status === 4 && before < 4) {
        if ('errorCode' in o.tokenEnd) {
          fail(now, 0, o.tokenEnd.errorCode);
          return;
        }
        notify(40, 1, { msgName: 'recorder_started', status: 0 }, o.startedAt + 2_000);
        sliceAt = o.startedAt + 2_000;
      }
    }
    if (status < 4) return;
    if (failoverUntil !== undefined) {
      if (now < failoverUntil) return;
      const back = failoverUntil;
      failoverUntil = undefined;
      uid = String(3_000_000_000 + Math.floor(Math.random() * 1_000_000_000));
      writer.failOver();
      sliceAt = back;
      notify(12, 0, { msgName: 'session_failover', newUid: Number(uid) }, back);
    }
    if ('at' in o.tokenEnd && now >= o.tokenEnd.at) {
      beginExit(o.tokenEnd.at, 24);
      return;
    }
    if (o.publishers(cname) > 0) {
      idleSince = undefined;
      if (sliceAt === undefined) sliceAt = now;
      record(now);
    } else {
      sliceAt = undefined;
      idleSince ??= Math.max(now, o.startedAt);
      if (now - idleSince >= o.maxIdleTime * 1000) beginExit(now, 4);
    }
  }

  const task: Task = {
    sid,
    resourceId: o.resourceId,
    cname,
    uid: o.uid,
    startedAt: o.startedAt,
    writer,
    status: () => status,
    statusText() {
      if (failoverUntil !== undefined && endedAt === undefined) return 'in failover';
      if (landAt !== undefined) return 'in backup';
      if (status === 20) return 'exited abnormally';
      if (uploaded) return 'exited';
      if (stoppedAt !== undefined) return 'uploading';
      if (status >= 4) return idleSince === undefined ? 'recording' : 'idle';
      return 'starting';
    },
    endedAt: () => endedAt,
    reachable: () => !uploaded && failoverUntil === undefined,
    exiting: () => stoppedAt !== undefined,
    recordedAnything: () => writer.lists().length > 0,
    sliceStart: () => firstSlice,
    advance(now) {
      if (endedAt === undefined) advanceAlive(now);
      if (stoppedAt !== undefined && !uploaded && now >= stoppedAt + uploadTime) finishExit(stoppedAt + uploadTime);
      if (landAt !== undefined && now >= landAt) {
        writer.deliver();
        notify(31, 2, { msgName: 'uploaded', status: 0, fileList: fileList() }, landAt);
        landAt = undefined;
      }
    },
    stop(now) {
      beginExit(now, 24);
      return new Promise((resolve) => waiting.push(resolve));
    },
    kick(now) {
      beginExit(now, 24);
    },
    die(now) {
      if (endedAt !== undefined) return;
      notify(11, 0, { msgName: 'session_exit', exitStatus: 1 }, now);
      status = 20;
      uploaded = true;
      leave(now);
    },
    startFailover(now) {
      if (endedAt === undefined && status >= 4) failoverUntil = now + failoverTime;
    },
    divertUpload() {
      diverted = true;
    },
  };
  return task;
}
