/**
 * Agora's storage vendors and their regions: the number that Agora wants, what people type, and the vendor's own id of the region (Agora docs,
 * reference/region-vendor; 0 and 4 from its older editions). Vendors 5, 6 and 11 have no regions: 0 is sent.
 */
export interface StorageVendor {
  vendor: number;
  name: string;
  aliases: readonly string[];
  /** Region code -> the vendor's own id of the region. Empty: the vendor needs none. */
  regions: Readonly<Record<number, string>>;
  /** Other names of regions, in lower case with hyphens: Agora's where they are not the vendor's id, and what the vendor's users say. */
  otherNames?: Readonly<Record<string, number>>;
}

const pairs = (text: string): [string, string][] =>
  text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [first = '', second = ''] = pair.split(':');
      return [first, second];
    });
const list = (text: string): Record<number, string> =>
  Object.fromEntries(pairs(text).map(([code, id]) => [Number(code), id]));
const names = (text: string): Record<string, number> =>
  Object.fromEntries(pairs(text).map(([name, code]) => [name, Number(code)]));

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
    // Agora's name for 18. Alibaba has no such region; by the order of its list it is Dubai.
    otherNames: names('eu-east-1:18'),
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
    otherNames: names('beijing:0 baoding:1 suzhou:2 guangzhou:3 hongkong:4 singapore:5 wuhan:6 shanghai:7'),
  },
  {
    vendor: 11,
    name: 'S3-compatible storage',
    aliases: ['s3-compatible', 'minio', 'r2', 'spaces', 'ceph', 'wasabi', 'b2'],
    regions: {},
  },
  // Out of Agora's lists since 2023, and still taken.
  {
    vendor: 0,
    name: 'Qiniu Kodo',
    aliases: ['qiniu', 'kodo'],
    regions: list('0:cn-east-1 1:cn-north-1 2:cn-south-1 3:us-north-1 4:ap-southeast-1'),
    otherNames: names(
      'z0:0 z1:1 z2:2 na0:3 as0:4 east-china:0 north-china:1 south-china:2 north-america:3 southeast-asia:4',
    ),
  },
  {
    vendor: 4,
    name: 'Kingsoft Cloud KS3',
    aliases: ['ks3', 'kingsoft', 'ksyun'],
    regions: list(
      `0:cn-hangzhou 1:cn-shanghai 2:cn-qingdao 3:cn-beijing 4:cn-guangzhou 5:cn-hk-1 6:jr-beijing 7:jr-shanghai 8:rus 9:sgp`,
    ),
    otherNames: names(
      `hangzhou:0 shanghai:1 qingdao:2 beijing:3 guangzhou:4 hongkong:5 cn-hongkong:5 russia:8 na-russia-1:8 singapore:9
       na-singapore-1:9`,
    ),
  },
];

/** Agora's numbers of those that take temporary credentials (Agora docs, rest-api/start, stsToken). */
export const stsVendors: readonly number[] = [1, 2, 3];

/** The vendor that a number or a name means, or one sentence on what to type instead. */
export function parseVendor(text: string): { ok: true; vendor: StorageVendor } | { ok: false; problem: string } {
  const wanted = text.trim().toLowerCase();
  const vendor = storageVendors.find(
    (v) => String(v.vendor) === wanted || v.aliases.includes(wanted) || v.name.toLowerCase() === wanted,
  );
  if (vendor) return { ok: true, vendor };
  const known = storageVendors.map((v) => `${v.aliases[0]} (${v.vendor})`).join(', ');
  return { ok: false, problem: `must be one of ${known}` };
}

/** The region code that a number or a region's name means for this vendor, or one sentence on what to type instead. */
export function parseRegion(
  vendor: StorageVendor,
  text: string,
): { ok: true; region: number } | { ok: false; problem: string } {
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, '-');
  const codes = Object.entries(vendor.regions);
  if (codes.length === 0) {
    // S3-compatible stores have region names of their own, which only signing needs; Agora wants 0.
    return { ok: true, region: 0 };
  }
  const found = codes.find(([code, name]) => code === wanted || name === wanted);
  if (found) return { ok: true, region: Number(found[0]) };
  const other = Object.entries(vendor.otherNames ?? {}).find(([name]) => name === wanted);
  if (other) return { ok: true, region: other[1] };
  return {
    ok: false,
    problem: `must be a region of ${vendor.name}: ${codes.map(([c, n]) => `${n} (${c})`).join(', ')}`,
  };
}
