import type { Task } from './task.ts';
import { fileItem, type Upload } from './task-events.ts';

/** serverResponse of query, in the shape of each mode (Agora docs, rest-api/query). Before the first file is there, nothing is said of files. */
export function taskResponse(task: Task): object {
  const status = task.status();
  if (task.web) return { status, extensionServiceState: webState(task) };
  const files = filesOf(task);
  const started = task.files.firstSlice();
  // Snapshots alone have no list.
  const sliceStartTime =
    started !== undefined && ('fileList' in files || !task.plan.hls) ? { sliceStartTime: Math.round(started) } : {};
  return { status, ...files, ...sliceStartTime };
}

/** serverResponse of a stop that waited for the upload (Agora docs, rest-api/stop). */
export function stoppedResponse(task: Task, uploadingStatus: Upload): object {
  if (!task.web) return { ...filesOf(task), uploadingStatus };
  const [recorder] = webState(task);
  return {
    extensionServiceState: [recorder, { serviceName: 'upload_service', payload: { uploadingStatus } }],
  };
}

/** A composite recording without MP4 is one name; everything else is a list. After a failover the newest list is the one that is named. */
function filesOf(task: Task): object {
  const { plan, files } = task;
  const known = files.known();
  if (!plan.hls || known.length === 0) return {};
  if (plan.mode === 'mix' && !plan.mp4) return { fileListMode: 'string', fileList: known.at(-1)?.fileName };
  return { fileListMode: 'json', fileList: known.map(fileItem) };
}

function webState({ web, files, exiting }: Task): object[] {
  if (!web) return [];
  const state = exiting() ? 'exit' : web.state();
  const fileList = files.known().map((f) => ({ filename: f.fileName, sliceStartTime: f.sliceStartTime }));
  const outputs = web.outputs();
  return [
    { serviceName: 'web_recorder_service', payload: { state, onhold: web.isOnHold(), fileList } },
    ...(outputs.length > 0 ? [{ serviceName: 'rtmp_publish_service', payload: { state, outputs } }] : []),
  ];
}
