/**
 * Agora's storage vendors and their regions: the number that Agora wants, what people type, and the region's own name in its position
 * (Agora docs, reference/region-vendor). Vendors 5, 6 and 11 have no regions: 0 is sent.
 */
export interface StorageVendor {
  vendor: number;
  name: string;
  aliases: readonly string[];
  /** Region code -> the vendor's own id of the region. Empty: the vendor needs none. */
  regions: Readonly<Record<number, string>>;
}

const list = (text: string): Record<number, string> =>
  Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((pair) => {
        const [code, name = ''] = pair.split(':');
        return [Number(code), name];
      }),
  );

export const storageVendors: readonly StorageVendor[] = [
  {
    vendor: 1,
    name: 'Amazon S3',
    aliases: ['s3', 'aws', 'amazon', 'amazon-s3'],
    regions: list(
      `0:us-east-1 1:us-east-2 2:us-west-1 3:us-west-2 4:eu-west-1 5:eu-west-2 6:eu-west-3 7:eu-central-1 8:ap-southeast-1
       9:ap-southeast-2 10:ap-northeast-1 11:ap-northeast-2 12:sa-east-1 13:ca-central-1 14:ap-south-1 15:cn-north-1 16:cn-northwest-1
       17:us-gov-west-1 18:af-south-1 19:ap-east-1 20:ap-northeast-3 21:eu-north-1 22:me-south-1 23:us-gov-east-1 24:ap-southeast-3
       25:eu-south-1 28:il-central-1`,
    ),
  },
  {
    vendor: 2,
    name: 'Alibaba Cloud OSS',
    aliases: ['oss', 'ali', 'aliyun', 'alibaba', 'alicloud'],
    regions: list(
      `0:cn-hangzhou 1:cn-shanghai 2:cn-qingdao 3:cn-beijing 4:cn-zhangjiakou 5:cn-huhehaote 6:cn-shenzhen 7:cn-hongkong 8:us-west-1
       9:us-east-1 10:ap-southeast-1 11:ap-southeast-2 12:ap-southeast-3 13:ap-southeast-5 14:ap-northeast-1 15:ap-south-1 16:eu-central-1
       17:eu-west-1 18:me-east-1 19:ap-southeast-6 20:cn-heyuan 21:cn-guangzhou 22:cn-chengdu 23:cn-nanjing 24:cn-fuzhou 25:cn-wulanchabu
       26:ap-northeast-2 27:ap-southeast-7`,
    ),
  },
  {
    vendor: 3,
    name: 'Tencent Cloud COS',
    aliases: ['cos', 'tencent', 'qcloud', 'txcos'],
    regions: list(
      `0:ap-beijing-1 1:ap-beijing 2:ap-shanghai 3:ap-guangzhou 4:ap-chengdu 5:ap-chongqing 6:ap-shenzhen-fsi 7:ap-shanghai-fsi
       8:ap-beijing-fsi 9:ap-hongkong 10:ap-singapore 11:ap-mumbai 12:ap-seoul 13:ap-bangkok 14:ap-tokyo 15:na-siliconvalley
       16:na-ashburn 17:na-toronto 18:eu-frankfurt 19:eu-moscow`,
    ),
  },
  {
    vendor: 5,
    name: 'Microsoft Azure Blob Storage',
    aliases: ['azure', 'blob', 'azureblob', 'wasb', 'microsoft'],
    regions: {},
  },
  { vendor: 6, name: 'Google Cloud Storage', aliases: ['gcs', 'google', 'gcp', 'gs'], regions: {} },
  {
    vendor: 7,
    name: 'Huawei Cloud OBS',
    aliases: ['obs', 'huawei', 'hwcloud'],
    regions: list(
      `0:cn-north-1 1:cn-north-4 2:cn-east-2 3:cn-east-3 4:cn-south-1 5:cn-southwest-2 6:ap-southeast-1 7:ap-southeast-2
       8:ap-southeast-3 9:af-south-1 10:sa-argentina-1 11:sa-peru-1 12:na-mexico-1 13:sa-brazil-1 14:la-south-2 15:sa-chile-1`,
    ),
  },
  {
    vendor: 8,
    name: 'Baidu AI Cloud BOS',
    aliases: ['bos', 'baidu', 'bce'],
    regions: list('0:bj 1:bd 2:su 3:gz 4:hkg 5:sin 6:fwh 7:fsh'),
  },
  {
    vendor: 11,
    name: 'S3-compatible storage',
    aliases: ['s3-compatible', 'minio', 'r2', 'spaces', 'ceph', 'wasabi', 'b2'],
    regions: {},
  },
];

/** The vendor that a number or a name means, or one sentence on what to type instead. */
export function parseVendor(text: string): { ok: true; vendor: StorageVendor } | { ok: false; problem: string } {
  const wanted = text.trim().toLowerCase();
  const vendor = storageVendors.find((v) => String(v.vendor) === wanted || v.aliases.includes(wanted));
  if (vendor) return { ok: true, vendor };
  const known = storageVendors.map((v) => `${v.aliases[0]} (${v.vendor})`).join(', ');
  return { ok: false, problem: `must be one of ${known}` };
}

/** The region code that a number or a region's name means for this vendor, or one sentence on what to type instead. */
export function parseRegion(
  vendor: StorageVendor,
  text: string,
): { ok: true; region: number } | { ok: false; problem: string } {
  const wanted = text.trim().toLowerCase().replaceAll('_', '-');
  const codes = Object.entries(vendor.regions);
  if (codes.length === 0) {
    // S3-compatible stores have region names of their own, which only signing needs; Agora wants 0.
    return { ok: true, region: 0 };
  }
  const found = codes.find(([code, name]) => code === wanted || name === wanted);
  if (found) return { ok: true, region: Number(found[0]) };
  return {
    ok: false,
    problem: `must be a region of ${vendor.name}: ${codes.map(([c, n]) => `${n} (${c})`).join(', ')}`,
  };
}
