import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Notice } from '../recording/ports.ts';
import { fileList } from './replies.ts';

/**
 * True when the raw bytes carry Agora's signature: `Agora-Signature-V2` is the lower-case hex HMAC-SHA256 of the body under the secret
 * (Agora docs, notification center, signature verification). Compared in constant time. The older SHA-1 header is not enough.
 */
export function verifyNotification(r: { secret: string; raw: Buffer; signature: string | undefined }): boolean {
  if (!r.signature || !/^[0-9a-f]{64}$/.test(r.signature)) return false;
  const wanted = createHmac('sha256', r.secret).update(r.raw).digest();
  return timingSafeEqual(wanted, Buffer.from(r.signature, 'hex'));
}

const number = z.coerce.number().optional().catch(undefined);
const text = z.coerce.string().optional().catch(undefined);

const envelope = z.looseObject({
  noticeId: z.string().min(1),
  productId: z.number(),
  eventType: z.number(),
  payload: z
    .looseObject({
      cname: text,
      uid: text,
      sid: text,
      sequence: number,
      details: z
        .looseObject({
          module: number,
          errorCode: number,
          errorLevel: number,
          errorMsg: text,
          exitStatus: number,
          newUid: text,
          leaveCode: number,
          warnCode: number,
          fileList: fileList.optional(),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** productId of Cloud Recording; others may share the address. */
const cloudRecording = 3;

/**
 * Reads a verified body. `ignored`: authentic and of no interest (another product). Test events of Agora's console may lack almost everything
 * and are read like any other.
 */
export function parseNotification(
  raw: Buffer,
): { kind: 'notice'; notice: Notice } | { kind: 'ignored' } | { kind: 'invalid'; why: string } {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return { kind: 'invalid', why: 'The body is not JSON in UTF-8.' };
  }
  const { data } = envelope.safeParse(body);
  if (!data) return { kind: 'invalid', why: 'The body lacks noticeId, productId or eventType.' };
  if (data.productId !== cloudRecording) return { kind: 'ignored' };
  const { payload, eventType, noticeId } = data;
  const d = payload?.details;
  const details: Notice['details'] = {};
  if (d) {
    if (d.module !== undefined) details.errorModule = d.module;
    if (d.errorCode !== undefined) details.errorCode = d.errorCode;
    if (d.errorLevel !== undefined) details.errorLevel = d.errorLevel;
    if (d.errorMsg !== undefined) details.errorMsg = d.errorMsg;
    if (d.exitStatus !== undefined) details.exitStatus = d.exitStatus;
    if (d.newUid !== undefined) details.newUid = d.newUid;
    if (d.leaveCode !== undefined) details.leaveCode = d.leaveCode;
    if (d.warnCode !== undefined) details.warnCode = d.warnCode;
    if (d.fileList !== undefined) details.files = d.fileList;
  }
  return {
    kind: 'notice',
    notice: {
      noticeId,
      eventType,
      ...(payload?.sid ? { sid: payload.sid } : {}),
      ...(payload?.cname ? { channelName: payload.cname } : {}),
      ...(payload?.uid ? { uid: payload.uid } : {}),
      ...(payload?.sequence === undefined ? {} : { sequence: payload.sequence }),
      details,
    },
  };
}
