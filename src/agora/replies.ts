import { z } from 'zod';
import type { TaskStatus } from '../recording/ports.ts';
import type { RecordedFile } from '../recording/recorded-files.ts';

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

/** One service of a web page recording; the key of its payload is misspelt in one of Agora's own schemas (Agora docs, rest-api/stop). */
const extensionService = z
  .looseObject({
    serviceName: z.string().optional(),
    payload: z.looseObject({}).optional(),
    playload: z.looseObject({}).optional(),
  })
  .transform((s) => ({ name: s.serviceName, payload: servicePayload.parse(s.payload ?? s.playload ?? {}) }));
const servicePayload = z.looseObject({
  fileList: fileList.optional(),
  onhold: z.boolean().optional().catch(undefined),
  state: z.string().optional().catch(undefined),
  uploadingStatus,
});

const serverResponse = z
  .looseObject({
    status: z.coerce.number().optional().catch(undefined),
    fileList: fileList.optional(),
    uploadingStatus,
    extensionServiceState: z.array(extensionService).optional().catch(undefined),
  })
  .catch({});

const taskReply = z.looseObject({
  sid: z.string().optional().catch(undefined),
  serverResponse: serverResponse.optional(),
});

export const acquireReply = z.looseObject({ resourceId: z.string().min(1) });
export const startReply = z.looseObject({ sid: z.string().min(1) });

/** Whatever else it says, it is about a task: stop, update and updateLayout answer with these (Agora docs, their pages). */
const aboutTask = z
  .looseObject({ cname: z.string(), uid: z.string(), resourceId: z.string(), sid: z.string() })
  .partial()
  .refine((body) => body.resourceId || body.sid || body.cname);
/** The answer to a kicking rule (Agora docs, channel management). */
const ruleMade = z.looseObject({ status: z.literal('success') });

/** Agora has taken a change of a task. What a proxy answers in its place, or half an answer, says nothing. */
export function isTaskAnswer(body: unknown): boolean {
  return aboutTask.safeParse(body).success;
}

/** Agora has made a kicking rule. */
export function isRuleAnswer(body: unknown): boolean {
  return ruleMade.safeParse(body).success;
}

/** The answer to query; undefined when it does not say a status. */
export function readQuery(body: unknown): TaskStatus | undefined {
  const response = taskReply.safeParse(body).data?.serverResponse;
  if (response?.status === undefined) return undefined;
  const uploading = uploadingOf(response);
  const onhold = response.extensionServiceState?.find((s) => s.payload.onhold !== undefined)?.payload.onhold;
  return {
    status: response.status,
    files: filesOf(response),
    ...(uploading === undefined ? {} : { uploading }),
    ...(onhold === undefined ? {} : { onhold }),
  };
}

/** The answer to stop. Without a word on the upload, the upload is not known. */
export function readStop(body: unknown): { files: RecordedFile[]; uploading: 'uploaded' | 'backuped' | 'unknown' } {
  const response = taskReply.safeParse(body).data?.serverResponse;
  if (!response) return { files: [], uploading: 'unknown' };
  return { files: filesOf(response), uploading: uploadingOf(response) ?? 'unknown' };
}

type Response = z.infer<typeof serverResponse>;

/** Web page recordings list their files with the service that made them. */
function filesOf(response: Response): RecordedFile[] {
  const ofServices = response.extensionServiceState?.flatMap((s) => s.payload.fileList ?? []) ?? [];
  return [...(response.fileList ?? []), ...ofServices];
}

function uploadingOf(response: Response): TaskStatus['uploading'] {
  return (
    response.uploadingStatus ??
    response.extensionServiceState?.find((s) => s.payload.uploadingStatus !== undefined)?.payload.uploadingStatus
  );
}
