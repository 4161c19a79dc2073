import type { Bucket } from './bucket.ts';
import { encodeText } from './encode-key.ts';

/**
 * The object, or at least its folder or bucket, in the vendor's web console; undefined where the vendor has none that can be addressed. It opens for
 * people with rights in the console only, and vendors move these pages: a convenience, nothing to rely on.
 */
export function consoleUrl(b: Bucket, key: string): string | undefined {
  const bucket = encodeText(b.bucket);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  switch (b.vendor) {
    case 0:
      return `https://portal.qiniu.com/kodo/bucket/resource-v2?bucketName=${bucket}`;
    case 1: {
      const host = b.region.startsWith('cn-')
        ? `${b.region}.console.amazonaws.cn`
        : b.region.startsWith('us-gov-')
          ? 'console.amazonaws-us-gov.com'
          : `${b.region}.console.aws.amazon.com`;
      return `https://${host}/s3/object/${bucket}?region=${b.region}&prefix=${encodeText(key)}`;
    }
    case 2:
      return `https://oss.console.aliyun.com/bucket/oss-${b.region}/${bucket}/object?path=${encodeText(folder)}`;
    case 3:
      // Encoded twice, as the console does it itself.
      return `https://console.cloud.tencent.com/cos/bucket?bucket=${bucket}&region=${b.region}&path=${encodeText(encodeText(`/${folder}`))}`;
    case 6:
      return `https://console.cloud.google.com/storage/browser/_details/${bucket}/${key.split('/').map(encodeText).join('/')}`;
    case 7:
      return `https://console.huaweicloud.com/console/?region=${b.region}#/obs/manage/${bucket}/object/list`;
    case 8:
      return 'https://console.bce.baidu.com/bos/';
    default:
      return undefined;
  }
}
