import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { Bucket } from '../../../src/files/bucket.ts';
import { until } from '../../support/until.ts';

export interface Azurite {
  bucket: Bucket;
  put(key: string, body: string): Promise<void>;
  close(): Promise<void>;
}

/** Microsoft's emulator of Blob Storage with one private container, on loopback. */
export async function startAzurite(): Promise<Azurite> {
  const [accessKey, secretKey, container] = ['filmaccount', Buffer.from('an account key').toString('base64'), 'films'];
  const location = mkdtempSync(join(tmpdir(), 'azurite-'));
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const quiet = ['--silent', '--disableTelemetry', '--skipApiVersionCheck'];
  const child = spawn(
    process.execPath,
    [main, '--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', ...quiet],
    {
      cwd: location,
      env: { ...process.env, AZURITE_ACCOUNTS: `${accessKey}:${secretKey}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [, address = ''] = await until('azurite listens', () => {
    if (child.exitCode !== null) throw new Error(`azurite ended: ${output}`);
    return /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(output);
  }).catch((error) => {
    child.kill();
    throw error;
  });
  const linkEndpoint = `${address}/${accessKey}`;
  const service = new BlobServiceClient(linkEndpoint, new StorageSharedKeyCredential(accessKey, secretKey));
  const films = service.getContainerClient(container);
  await films.create();
  return {
    bucket: { vendor: 5, region: '', bucket: container, accessKey, secretKey, linkEndpoint },
    async put(key, body) {
      await films.getBlockBlobClient(key).upload(body, Buffer.byteLength(body));
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      rmSync(location, { recursive: true, force: true });
    },
  };
}
