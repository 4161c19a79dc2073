import { open } from 'node:fs/promises';
import { z } from 'zod';
import type { CredentialsReading, TemporaryCredentials } from '../recording/ports.ts';

/** Where the temporary credentials of a bucket are read from. `authorization`: what is sent in that header. */
export type CredentialsPlace = { file: string } | { url: string; authorization?: string };

/** What was read is good for so long, ms: many recordings ask at the same time. */
const fresh = 10_000;
/** Milliseconds. */
const patience = 5_000;
/** Bytes; a token has a thousand or two. */
const longest = 64 * 1024;

/**
 * The shape that AWS's tools give (credential_process, container credentials, the answer of AssumeRole in `Credentials`), and the names that Alibaba's
 * and Tencent's have for the same.
 */
const shape = z.looseObject({
  AccessKeyId: z.string().optional(),
  TmpSecretId: z.string().optional(),
  SecretAccessKey: z.string().optional(),
  AccessKeySecret: z.string().optional(),
  TmpSecretKey: z.string().optional(),
  SessionToken: z.string().optional(),
  SecurityToken: z.string().optional(),
  Token: z.string().optional(),
  /** ISO 8601. */
  Expiration: z.string().optional(),
  /** Seconds since the epoch. */
  ExpiredTime: z.number().optional(),
});

/**
 * The temporary credentials of one bucket, read anew each time they are asked for, or nearly so. While what renews them fails, the last ones are
 * given as long as they live. Nothing of what was read is in a sentence; `onSecret` is told each secret once, for the log to hide.
 */
export function createCredentialSource(
  place: CredentialsPlace,
  { now, onSecret = () => undefined }: { now: () => number; onSecret?: ((secret: string) => void) | undefined },
): () => Promise<CredentialsReading> {
  let last: TemporaryCredentials | undefined;
  let reading: Promise<CredentialsReading> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function read(): Promise<CredentialsReading> {
    const got = parse('file' in place ? await readFile(place.file) : await ask(place), now());
    if (!got.ok) return last && last.until > now() ? { ok: true, credentials: last } : got;
    const { accessKey, secretKey, stsToken } = got.credentials;
    if (stsToken !== last?.stsToken) for (const secret of [accessKey, secretKey, stsToken]) onSecret(secret);
    last = got.credentials;
    return got;
  }

  return () => {
    if (!reading || Math.abs(now() - readAt) >= fresh) {
      readAt = now();
      const mine = read();
      reading = mine;
      // What could not be read is read again at once.
      void mine.then((r) => {
        if (!r.ok && reading === mine) reading = undefined;
      });
    }
    return reading;
  };
}

type Text = { ok: true; text: string } | { ok: false; why: string };

async function readFile(path: string): Promise<Text> {
  try {
    const file = await open(path);
    try {
      // One more than is allowed tells of what is too long, and a pipe or a device cannot fill the memory.
      const { buffer, bytesRead } = await file.read(Buffer.alloc(longest + 1), 0, longest + 1, null);
      if (bytesRead > longest) return { ok: false, why: 'The file is too long.' };
      return { ok: true, text: buffer.toString('utf8', 0, bytesRead) };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { ok: false, why: `The file cannot be read (${code}).` };
  }
}

async function ask(place: { url: string; authorization?: string }): Promise<Text> {
  try {
    const response = await fetch(place.url, {
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...(place.authorization === undefined ? {} : { authorization: place.authorization }),
      },
      signal: AbortSignal.timeout(patience),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return { ok: false, why: `Their address answered ${response.status}.` };
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > longest) return { ok: false, why: 'The answer of their address is too long.' };
      chunks.push(chunk);
    }
    return { ok: true, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    // The error's own text may hold the address.
    const late = error instanceof Error && error.name === 'TimeoutError';
    return { ok: false, why: `Their address ${late ? 'did not answer in time' : 'could not be reached'}.` };
  }
}

function parse(got: Text, now: number): CredentialsReading {
  if (!got.ok) return got;
  const refuse = (why: string): CredentialsReading => ({ ok: false, why });
  let value: unknown;
  try {
    value = JSON.parse(got.text);
  } catch {
    return refuse('They are not JSON.');
  }
  const inner = typeof value === 'object' && value !== null && 'Credentials' in value ? value.Credentials : value;
  const { data: v } = shape.safeParse(inner);
  if (!v) return refuse('They do not have the shape of temporary credentials.');
  const accessKey = v.AccessKeyId ?? v.TmpSecretId;
  const secretKey = v.SecretAccessKey ?? v.AccessKeySecret ?? v.TmpSecretKey;
  const stsToken = v.SessionToken ?? v.SecurityToken ?? v.Token;
  if (!accessKey || !secretKey || !stsToken) {
    return refuse('They lack AccessKeyId, SecretAccessKey or SessionToken (or what the vendor calls them).');
  }
  const until = v.Expiration === undefined ? (v.ExpiredTime ?? Number.NaN) * 1000 : Date.parse(v.Expiration);
  if (!Number.isFinite(until)) return refuse('They lack Expiration, a time in ISO 8601.');
  if (until <= now) return refuse('They have run out.');
  return { ok: true, credentials: { accessKey, secretKey, stsToken, until } };
}
