import type { Notifier } from './notifier.ts';
import type { RecordedFile } from './recording-files.ts';
import type { StreamSpec } from './stream.ts';

/** How an upload ended: all in the bucket, or part of it in Agora's backup. */
export type Upload = 'uploaded' | 'backuped';

/** Codes of event 71: why a page is recorded no more. */
export type WebStopCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export type RtmpStatus = 'connecting' | 'publishing' | 'onhold' | 'disconnected';

/** Notifies of what happens to one task. Times are virtual ms since the epoch. */
export interface TaskEvents {
  /** 1 cloud_recording_error. Module 0 is the recorder, 1 the uploader, 6 the page. Level 5 is fatal, 3 is not. */
  error(at: number, module: 0 | 1 | 6, errorCode: number, errorLevel?: 3 | 5): void;
  /** 2 cloud_recording_warning of the uploader. */
  warning(at: number, warnCode: 31 | 32): void;
  /** 4 cloud_recording_file_infos: sent when the file is uploaded, and never when it cannot be. What comes later waits for it. */
  fileInfos(at: number, fileList: string, uploaded: Promise<boolean>): void;
  /** 11 session_exit. 0 normal, 1 abnormal. */
  sessionExit(at: number, exitStatus: 0 | 1): void;
  /** 12 session_failover. From here on the events carry the new uid. */
  failover(at: number, newUid: string): void;
  /** 31 uploaded or 32 backuped. A page's has no list. */
  uploadEnd(at: number, how: Upload, files: readonly RecordedFile[]): void;
  /** 33 uploading_progress, 0 to 10000; sent when what was recorded up to then is uploaded. */
  uploadProgress(at: number, progress: number, uploaded?: Promise<boolean>): void;
  /** 34: the STS token of the bucket ran out. */
  stsExpired(at: number): void;
  /** 40 recorder_started. */
  recorderStarted(at: number): void;
  /** 41 recorder_leave. A bit mask: 4 no users, 8 and 16 a stop; 0 could not begin. */
  recorderLeave(at: number, leaveCode: number): void;
  /** 42 recorder_slice_start: the first slice, and the first after an interruption. `lastGood`: end of the slice before it. */
  sliceStart(at: number, spec: StreamSpec, startUtcMs: number, lastGood: number): void;
  /** 43 audio or 44 video stream state: received, or no longer. */
  streamState(at: number, track: 'audio' | 'video', streamUid: string, received: boolean): void;
  /** 45 recorder_snapshot_file. */
  snapshot(at: number, fileName: string): void;
  /** 70 web_recorder_started. */
  webStarted(at: number): void;
  /** 71 web_recorder_stopped. */
  webStopped(at: number, code: WebStopCode, files: readonly RecordedFile[]): void;
  /** 72 web_recorder_capability_limit. */
  webLimit(at: number, limitType: 'resolution' | 'WebGL' | 'bandwidth'): void;
  /** 73 web_recorder_reload. */
  webReload(at: number, reason: 'audio_silence' | 'page_load_timeout'): void;
  /** 100 rtmp_publish_status. */
  rtmpStatus(at: number, rtmpUrl: string, status: RtmpStatus): void;
  /** Takes back what was to be told of times after this one. */
  cut(at: number): void;
  /** Resolves when everything up to now has been told. */
  flushed(): Promise<void>;
}

type ServiceType = 0 | 1 | 2 | 6;
export type ServiceScene = 'rtc_record' | 'rtc_snapshot' | 'web_record';

const stopMessages: Readonly<Record<WebStopCode, string>> = {
  0: 'ok',
  1: 'max_recording_hour',
  2: 'capability_limit',
  3: 'start_engine_failed',
  4: 'page_load_timeout',
  5: 'access_url_failed',
  6: 'recorder_error',
};

/** The payloads of Cloud Recording's notifications (Agora docs, cloud recording callback events). */
export function createTaskEvents(task: {
  cname: string;
  uid: string;
  sid: string;
  scene: ServiceScene;
  notifier: Notifier;
}): TaskEvents {
  let uid = task.uid;
  let sequence = 0;
  let end = Number.POSITIVE_INFINITY;
  /** One after the other, because some wait for an upload. */
  let line: Promise<void> = Promise.resolve();

  function notify(
    eventType: number,
    serviceType: ServiceType,
    at: number,
    details: object,
    when: Promise<boolean> = Promise.resolve(true),
  ): void {
    const from = uid;
    line = line.then(async () => {
      if (!(await when) || at > end) return;
      task.notifier.send(eventType, {
        cname: task.cname,
        uid: from,
        sid: task.sid,
        sequence: sequence++,
        sendts: Math.round(at),
        serviceType,
        serviceScene: task.scene,
        details,
      });
    });
  }

  return {
    error(at, module, errorCode, errorLevel = 5) {
      const details = { msgName: 'cloud_recording_error', module, errorLevel, errorCode, stat: 0, errorMsg: '' };
      notify(1, 0, at, details);
    },
    warning: (at, warnCode) => notify(2, 0, at, { msgName: 'cloud_recording_warning', module: 1, warnCode }),
    fileInfos: (at, fileList, uploaded) =>
      notify(4, 0, at, { msgName: 'cloud_recording_file_infos', fileList }, uploaded),
    sessionExit: (at, exitStatus) => notify(11, 0, at, { msgName: 'session_exit', exitStatus }),
    failover(at, newUid) {
      uid = newUid;
      notify(12, 0, at, { msgName: 'session_failover', newUid: Number(newUid) });
    },
    uploadEnd(at, how, files) {
      const fileList = files.map(fileItem);
      const list = task.scene === 'rtc_record' ? { fileList } : {};
      notify(how === 'uploaded' ? 31 : 32, 2, at, { msgName: how, status: 0, ...list });
    },
    uploadProgress: (at, progress, uploaded) =>
      notify(33, 2, at, { msgName: 'uploading_progress', progress }, uploaded),
    stsExpired: (at) => notify(34, 2, at, { msgName: 'sts_expired' }),
    recorderStarted: (at) => notify(40, 1, at, { msgName: 'recorder_started', status: 0 }),
    recorderLeave: (at, leaveCode) => notify(41, 1, at, { msgName: 'recorder_leave', leaveCode }),
    sliceStart(at, spec, startUtcMs, lastGood) {
      notify(42, 1, at, {
        msgName: 'recorder_slice_start',
        startUtcMs: Math.round(startUtcMs),
        discontinueUtcMs: Math.round(lastGood),
        mixedAllUser: spec.uid === '0',
        streamUid: spec.uid,
        trackType: spec.trackType,
      });
    },
    streamState(at, track, streamUid, received) {
      const msgName = `recorder_${track}_stream_state_changed`;
      notify(track === 'audio' ? 43 : 44, 1, at, {
        msgName,
        streamUid,
        state: received ? 0 : 1,
        UtcMs: Math.round(at),
      });
    },
    snapshot: (at, fileName) => notify(45, 1, at, { msgName: 'recorder_snapshot_file', fileName }),
    webStarted: (at) => notify(70, 6, at, { msgName: 'web_recorder_started', recorderStartTime: Math.round(at) }),
    webStopped(at, code, files) {
      const fileList = files.map((f) => ({ filename: f.fileName, sliceStartTime: f.sliceStartTime }));
      notify(71, 6, at, { msgName: 'web_recorder_stopped', code, message: stopMessages[code], details: '', fileList });
    },
    webLimit: (at, limitType) => notify(72, 6, at, { msgName: 'web_recorder_capability_limit', limitType }),
    webReload: (at, reason) => notify(73, 6, at, { msgName: 'web_recorder_reload', reason }),
    rtmpStatus: (at, rtmpUrl, status) => notify(100, 6, at, { msgName: 'rtmp_publish_status', rtmpUrl, status }),
    cut(at) {
      end = at;
    },
    flushed: () => line,
  };
}

/** A file in the JSON form of a list. */
export function fileItem(f: RecordedFile): object {
  return {
    fileName: f.fileName,
    trackType: f.trackType,
    uid: f.uid,
    mixedAllUser: f.uid === '0',
    isPlayable: true,
    sliceStartTime: f.sliceStartTime,
  };
}
