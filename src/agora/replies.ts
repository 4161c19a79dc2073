import { z } from 'zod';
import type { TaskStatus } from '../recording/ports.ts';
import type { RecordedFile } from '../recording/session.ts';

/**
 * Reads Agora's answers leniently: fields come as numbers or strings, file names under three spellings, lists as text or as an array, all of
 * them seen in published samples. What is missing is missing; nothing is made up.
 */
const fileItem = z
  .looseObject({
    fileName: z.string().optional(),
    filename: z.string().optional(),
    trackType: z.string().optional(),
    uid: z.coerce.string().optional(),
    sliceStartTime: z.coerce.number().optional(),
  })
  .transform((f): RecordedFile | undefined => {
    const name = f.fileName ?? f.filename;
    if (!name) return undefined;
    // Documented both in seconds and in milliseconds; before 1973 is meant as seconds.
    const start =
      f.sliceStartTime === undefined || f.sliceStartTime >= 1e11 ? f.sliceStartTime : f.sliceStartTime * 1000;
    return {
      name,
      ...(f.trackType ? { trackType: f.trackType } : {}),
      ...(f.uid === undefined ? {} : { uid: f.uid }),
      ...(start === undefined ? {} : { sliceStartTime: start }),
    };
  });

export const fileList = z
  .union([
    z.string().transform((s) => (s === '' ? [] : [{ name: s }])),
    z.array(fileItem.catch(undefined)).transform((all) => all.filter((f) => f !== undefined)),
  ])
  .catch([]);

const uploadingStatus = z
  .string()
  .transform((s): 'uploaded' | 'backuped' | 'unknown' => (s === 'uploaded' || s === 'backuped' ? s : 'unknown'))
  .optional()
  .catch(undefined);

const serverResponse = z
  .looseObject({
    status: z.coerce.number().optional().catch(undefined),
    fileList: fileList.optional(),
    uploadingStatus,
  })
  .catch({});

const taskReply = z.looseObject({
  sid: z.string().optional().catch(undefined),
  serverResponse: serverResponse.optional(),
});

export const acquireReply = z.looseObject({ resourceId: z.string().min(1) });
export const startReply = z.looseObject({ sid: z.string().min(1) });

/** The answer to query; undefined when it does not say a status. */
export function readQuery(body: unknown): TaskStatus | undefined {
  const response = taskReply.safeParse(body).data?.serverResponse;
  if (response?.status === undefined) return undefined;
  return {
    status: response.status,
    files: response.fileList ?? [],
    ...(response.uploadingStatus === undefined ? {} : { uploading: response.uploadingStatus }),
  };
}

/** The answer to stop. Without a word on the upload, the upload is not known. */
export function readStop(body: unknown): { files: RecordedFile[]; uploading: 'uploaded' | 'backuped' | 'unknown' } {
  const response = taskReply.safeParse(body).data?.serverResponse;
  return { files: response?.fileList ?? [], uploading: response?.uploadingStatus ?? 'unknown' };
}
