import { AccessToken2, ServiceRtc } from 'agora-token/src/AccessToken2.js';

/** Longest life of a token, seconds (Agora docs, deploy a token server); the builder itself does not enforce it. */
export const maxTokenSeconds = 86_400;

/**
 * The recorder's token. It cannot be renewed: when it runs out the recorder is put out of the channel, so `seconds` must outlast the
 * recording; it also bounds what a recorder that nobody stops can cost. Made as a subscriber's is by the package's RtcTokenBuilder, which knows no
 * clock but the machine's.
 *
 * @returns undefined when the App ID or the certificate is not 32 hex digits: the builder answers an empty string then.
 */
export function recorderToken(r: {
  appId: string;
  appCertificate: string;
  channelName: string;
  uid: string;
  seconds: number;
  /** From when on it counts, ms since the epoch. */
  now: number;
}): string | undefined {
  const seconds = Math.min(Math.max(Math.ceil(r.seconds), 1), maxTokenSeconds);
  const uid = Number(r.uid);
  // 0 would be packed as "any uid", and NaN as a word.
  if (!Number.isInteger(uid) || uid < 1 || uid > 4_294_967_295) return undefined;
  const token = new AccessToken2(r.appId, r.appCertificate, Math.floor(r.now / 1000), seconds);
  const service = new ServiceRtc(r.channelName, uid);
  service.add_privilege(ServiceRtc.kPrivilegeJoinChannel, seconds);
  token.add_service(service);
  const text = token.build();
  return text === '' ? undefined : text;
}
