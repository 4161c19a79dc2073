import type { Bucket } from './bucket.ts';

/** Where a vendor takes signed requests in S3's protocol. */
export interface S3Place {
  /** Address of the bucket: scheme, host and, path style, the bucket's name. No slash at its end. */
  base: string;
  /** The region that the signature names. */
  region: string;
}

/** KS3 signs with names of its own (docs.ksyun.com, regions and endpoints). */
const ks3Regions: Readonly<Record<string, { host: string; region: string }>> = {
  'cn-hangzhou': { host: 'kss.ksyun.com', region: 'HANGZHOU' },
  'cn-shanghai': { host: 'ks3-cn-shanghai.ksyuncs.com', region: 'SHANGHAI' },
  'cn-qingdao': { host: 'ks3-cn-qingdao.ksyuncs.com', region: 'QINGDAO' },
  'cn-beijing': { host: 'ks3-cn-beijing.ksyuncs.com', region: 'BEIJING' },
  'cn-guangzhou': { host: 'ks3-cn-guangzhou.ksyuncs.com', region: 'GUANGZHOU' },
  'cn-hk-1': { host: 'ks3-cn-hk-1.ksyuncs.com', region: 'HONGKONG' },
  'jr-beijing': { host: 'ks3-jr-beijing.ksyuncs.com', region: 'JR_BEIJING' },
  'jr-shanghai': { host: 'ks3-jr-shanghai.ksyuncs.com', region: 'JR_SHANGHAI' },
  rus: { host: 'ks3-rus.ksyuncs.com', region: 'RUSSIA' },
  sgp: { host: 'ks3-sgp.ksyuncs.com', region: 'SINGAPORE' },
};

/** BOS regions whose S3 endpoint is documented with https (cloud.baidu.com/doc/BOS, compatible with S3). */
const bosWithHttps = ['bj', 'gz', 'su', 'bd'];

/** The vendor's own S3 endpoint, the region in its signatures, and how buckets are addressed there. Undefined: the vendor has none. */
function vendorEndpoint(
  b: Bucket,
): { host: string; region: string; addressing: 'virtual' | 'path' } | { why: string } | undefined {
  const r = b.region;
  switch (b.vendor) {
    case 0:
      return { host: `s3.${r}.qiniucs.com`, region: r, addressing: 'path' };
    case 1:
      return {
        host: `s3.${r}.amazonaws.com${r.startsWith('cn-') ? '.cn' : ''}`,
        region: r,
        // A dot in the bucket's name does not fit the wildcard of the certificate.
        addressing: b.bucket.includes('.') ? 'path' : 'virtual',
      };
    case 2:
      return { host: `s3.oss-${r}.aliyuncs.com`, region: r, addressing: 'virtual' };
    case 3:
      return { host: `cos.${r}.myqcloud.com`, region: r, addressing: 'virtual' };
    case 4: {
      const place = ks3Regions[r];
      return place ? { ...place, addressing: 'virtual' } : { why: `Kingsoft Cloud KS3 has no region "${r}".` };
    }
    case 6:
      return { host: 'storage.googleapis.com', region: 'auto', addressing: 'path' };
    case 7:
      return { host: `obs.${r}.myhuaweicloud.com`, region: r, addressing: 'virtual' };
    case 8:
      return bosWithHttps.includes(r)
        ? { host: `s3.${r}.bcebos.com`, region: r, addressing: 'virtual' }
        : { why: `The S3 endpoint of Baidu BOS in its region "${r}" has no https.` };
    case 11:
      // A region of its own is the operator's to say; most S3-compatible stores take this one.
      return { host: b.endpoint ?? '', region: r || 'us-east-1', addressing: 'path' };
    default:
      return undefined;
  }
}

/**
 * Where links to a bucket are signed for, or one sentence on why there is no such place. The bucket's overrides go before the vendor's own.
 * Hosts, regions and addressing: each vendor's documentation of its S3 interface.
 */
export function s3Place(b: Bucket): ({ ok: true } & S3Place) | { ok: false; why: string } {
  const own = vendorEndpoint(b);
  if (!own) return { ok: false, why: 'This storage does not take signatures of S3.' };
  const endpoint = b.linkEndpoint ?? ('why' in own ? '' : own.host);
  const region = b.signingRegion ?? ('why' in own ? b.region : own.region);
  if (b.publicBaseUrl) return { ok: true, base: b.publicBaseUrl.replace(/\/+$/, ''), region };
  if ('why' in own && !b.linkEndpoint) return { ok: false, why: own.why };
  if (!endpoint) return { ok: false, why: 'This storage has no endpoint; set the address where it answers.' };
  const addressing = b.addressing ?? ('why' in own ? 'virtual' : own.addressing);
  return { ok: true, base: bucketAddress(endpoint, b.bucket, addressing), region };
}

/** The bucket's address at an endpoint, which is a host or an address with scheme and port. */
export function bucketAddress(endpoint: string, bucket: string, addressing: 'virtual' | 'path'): string {
  const address = (endpoint.includes('://') ? endpoint : `https://${endpoint}`).replace(/\/+$/, '');
  return addressing === 'path' ? `${address}/${bucket}` : address.replace('://', `://${bucket}.`);
}
