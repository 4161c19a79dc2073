import type { Notifier } from './notifier.ts';

/** Notifies of what happens to one task. Times are virtual ms since the epoch. */
export interface TaskEvents {
  /** 1 cloud_recording_error. Module 0 is the recorder, 1 the uploader. Always fatal here. */
  error(at: number, module: 0 | 1, errorCode: number): void;
  /** 4 cloud_recording_file_infos: the first list is in the bucket. */
  fileInfos(at: number, fileList: string): void;
  /** 11 session_exit. 0 normal, 1 abnormal. */
  sessionExit(at: number, exitStatus: 0 | 1): void;
  /** 12 session_failover. From here on the events carry the new uid. */
  failover(at: number, newUid: string): void;
  /** 31 uploaded or 32 backuped. */
  uploadEnd(at: number, how: 'uploaded' | 'backuped', lists: readonly string[], sliceStartTime: number): void;
  /** 33 uploading_progress, 0 to 10000. */
  uploadProgress(at: number, progress: number): void;
  /** 40 recorder_started. */
  recorderStarted(at: number): void;
  /** 41 recorder_leave. A bit mask: 4 no users, 8 and 16 a stop; 0 could not begin. */
  recorderLeave(at: number, leaveCode: number): void;
  /** 42 recorder_slice_start: the first slice, and the first after an interruption. `lastGood`: end of the slice before it. */
  sliceStart(at: number, startUtcMs: number, lastGood: number): void;
}

/** The payloads of Cloud Recording's notifications (Agora docs, cloud recording callback events). */
export function createTaskEvents(task: { cname: string; uid: string; sid: string; notifier: Notifier }): TaskEvents {
  let uid = task.uid;
  let sequence = 0;

  function notify(eventType: number, serviceType: 0 | 1 | 2, at: number, details: object): void {
    task.notifier.send(eventType, {
      cname: task.cname,
      uid,
      sid: task.sid,
      sequence: sequence++,
      sendts: Math.round(at),
      serviceType,
      serviceScene: 'rtc_record',
      details,
    });
  }

  return {
    error(at, module, errorCode) {
      const details = { msgName: 'cloud_recording_error', module, errorLevel: 5, errorCode, stat: 0, errorMsg: '' };
      notify(1, 0, at, details);
    },
    fileInfos: (at, fileList) => notify(4, 0, at, { msgName: 'cloud_recording_file_infos', fileList }),
    sessionExit: (at, exitStatus) => notify(11, 0, at, { msgName: 'session_exit', exitStatus }),
    failover(at, newUid) {
      uid = newUid;
      notify(12, 0, at, { msgName: 'session_failover', newUid: Number(newUid) });
    },
    uploadEnd(at, how, lists, sliceStartTime) {
      const fileList = lists.map((fileName) => ({
        fileName,
        trackType: 'audio_and_video',
        uid: '0',
        mixedAllUser: true,
        isPlayable: true,
        sliceStartTime: Math.round(sliceStartTime),
      }));
      notify(how === 'uploaded' ? 31 : 32, 2, at, { msgName: how, status: 0, fileList });
    },
    uploadProgress: (at, progress) => notify(33, 2, at, { msgName: 'uploading_progress', progress }),
    recorderStarted: (at) => notify(40, 1, at, { msgName: 'recorder_started', status: 0 }),
    recorderLeave: (at, leaveCode) => notify(41, 1, at, { msgName: 'recorder_leave', leaveCode }),
    sliceStart(at, startUtcMs, lastGood) {
      notify(42, 1, at, {
        msgName: 'recorder_slice_start',
        startUtcMs: Math.round(startUtcMs),
        discontinueUtcMs: Math.round(lastGood),
        mixedAllUser: true,
        streamUid: '0',
        trackType: 'audio_and_video',
      });
    },
  };
}
