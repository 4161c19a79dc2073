import type { UploadTarget } from './bucket-client.ts';
import { type Fields, fieldsOf } from './check.ts';
import { readPlan } from './recording-plan.ts';
import type { World } from './rest.ts';
import { createTask, type Task } from './task.ts';
import { judgeToken } from './token.ts';
import type { Mode } from './validate.ts';

/** The task that a right start asks for. */
export function beginTask(
  w: World,
  mode: Mode,
  r: { sid: string; resourceId: string; cname: string; uid: string; clientRequest: Fields },
): Task {
  const storage = fieldsOf(r.clientRequest.storageConfig);
  const { clientRequest, ...identity } = r;
  return createTask({
    ...identity,
    plan: readPlan(mode, clientRequest),
    startedAt: w.now(),
    tokenEnd: tokenEnd(w, r.cname, r.uid, clientRequest.token),
    media: w.media,
    notifier: w.notifier,
    bucket: w.bucket,
    uploadRetryWaits: w.uploadRetryWaits,
    target: uploadTarget(w, storage),
    stsEnd: stsEnd(w, storage),
    prefix: Array.isArray(storage.fileNamePrefix) ? storage.fileNamePrefix.map(String) : [],
    publishers: w.publishers,
    page: w.page,
    mayJoin: w.rules.mayJoin,
    onStir: () => w.stirred(r.sid),
  });
}

/** Where storageConfig sends the files. */
export function uploadTarget(w: World, storage: Fields): UploadTarget {
  const vendor = Number(storage.vendor);
  return {
    vendor,
    base: w.bucketBase(vendor, fieldsOf(storage.extensionParams).endpoint),
    bucket: String(storage.bucket),
    accessKey: String(storage.accessKey),
    secretKey: String(storage.secretKey),
    ...(storage.stsToken === undefined ? {} : { stsToken: String(storage.stsToken) }),
  };
}

/** The STS token's remaining life is taken by the machine's clock, like the recorder's token, and then counted in virtual time. */
export function stsEnd(w: World, storage: Fields): number | undefined {
  return storage.stsExpiration === undefined ? undefined : w.now() + Number(storage.stsExpiration) * 1000 - w.realNow();
}

/** The token's remaining life is taken by the clock of who made it and then counted in virtual seconds. */
function tokenEnd(w: World, cname: string, uid: string, token: unknown): { at: number } | { errorCode: 109 | 110 } {
  if (w.appCertificate === undefined) return { at: Number.POSITIVE_INFINITY };
  const judged = judgeToken(typeof token === 'string' ? token : undefined, {
    appId: w.appId,
    appCertificate: w.appCertificate,
    channelName: cname,
    uid,
    nowSeconds: w.realNow() / 1000,
  });
  return judged.ok ? { at: w.now() + judged.seconds * 1000 } : { errorCode: judged.errorCode };
}
