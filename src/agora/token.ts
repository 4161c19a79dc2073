import agoraToken from 'agora-token';

const { RtcTokenBuilder, RtcRole } = agoraToken;

/** Longest life of a token, seconds (Agora docs, deploy a token server); the builder itself does not enforce it. */
export const maxTokenSeconds = 86_400;

/**
 * The recorder's token. It cannot be renewed: when it runs out the recorder is put out of the channel, so `seconds` must outlast the
 * recording; it also bounds what a recorder that nobody stops can cost.
 *
 * @returns undefined when the App ID or the certificate is not 32 hex digits: the builder answers an empty string then.
 */
export function recorderToken(r: {
  appId: string;
  appCertificate: string;
  channelName: string;
  uid: string;
  seconds: number;
}): string | undefined {
  const seconds = Math.min(Math.max(Math.ceil(r.seconds), 1), maxTokenSeconds);
  const uid = Number(r.uid);
  // 0 would be packed as "any uid", and NaN as a word.
  if (!Number.isInteger(uid) || uid < 1 || uid > 4_294_967_295) return undefined;
  const token = RtcTokenBuilder.buildTokenWithUid(
    r.appId,
    r.appCertificate,
    r.channelName,
    uid,
    RtcRole.SUBSCRIBER,
    seconds,
    seconds,
  );
  return token === '' ? undefined : token;
}
