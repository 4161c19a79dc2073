import type { Bucket } from './bucket.ts';
import { encodeKey } from './encode-key.ts';
import type { LinkRequest } from './link-request.ts';
import { azureContainerUrl } from './object-url.ts';

/** Pinned, so that links do not change with the library. */
const serviceVersion = '2020-12-06';
/** Clocks differ, so a link is good a little before it is made. Milliseconds. */
const skew = 5 * 60_000;

/** The Azure library is large, so it comes with the first link to an Azure container. */
let azure: Promise<typeof import('@azure/storage-blob')> | undefined;

/**
 * A service SAS for one blob, good for GET and HEAD (learn.microsoft.com, constructing-a-service-sas). Over https only, unless the container's own
 * address is http, as an emulator's is.
 */
export async function signAzure(bucket: Bucket, key: string, r: Omit<LinkRequest, 'method'>): Promise<string> {
  azure ??= import('@azure/storage-blob');
  const { BlobSASPermissions, generateBlobSASQueryParameters, SASProtocol, StorageSharedKeyCredential } = await azure;
  const container = azureContainerUrl(bucket);
  const sas = generateBlobSASQueryParameters(
    {
      containerName: bucket.bucket,
      blobName: key,
      permissions: BlobSASPermissions.parse('r'),
      startsOn: new Date(r.now - skew),
      expiresOn: new Date(r.now + r.seconds * 1000),
      protocol: container.startsWith('http:') ? SASProtocol.HttpsAndHttp : SASProtocol.Https,
      version: serviceVersion,
      ...(r.contentType ? { contentType: r.contentType } : {}),
      ...(r.disposition ? { contentDisposition: r.disposition } : {}),
    },
    new StorageSharedKeyCredential(r.accessKey, r.secretKey),
  );
  return `${container}/${encodeKey(key)}?${sas}`;
}

/** An address that lists a container's blobs under a prefix, good for five minutes: a service SAS for the container with the right to list. */
export async function listAzure(
  bucket: Bucket,
  r: { now: number; accessKey: string; secretKey: string; prefix: string; from: string | undefined },
): Promise<string> {
  azure ??= import('@azure/storage-blob');
  const { ContainerSASPermissions, generateBlobSASQueryParameters, SASProtocol, StorageSharedKeyCredential } =
    await azure;
  const container = azureContainerUrl(bucket);
  const sas = generateBlobSASQueryParameters(
    {
      containerName: bucket.bucket,
      permissions: ContainerSASPermissions.parse('l'),
      startsOn: new Date(r.now - skew),
      expiresOn: new Date(r.now + 300_000),
      protocol: container.startsWith('http:') ? SASProtocol.HttpsAndHttp : SASProtocol.Https,
      version: serviceVersion,
    },
    new StorageSharedKeyCredential(r.accessKey, r.secretKey),
  );
  const page = new URLSearchParams({
    restype: 'container',
    comp: 'list',
    prefix: r.prefix,
    ...(r.from ? { marker: r.from } : {}),
  });
  return `${container}?${page}&${sas}`;
}
