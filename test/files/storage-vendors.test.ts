import { describe, expect, test } from 'vitest';
import { objectUrl } from '../../src/files/object-url.ts';
import { linkOrigin, signLink } from '../../src/files/sign-link.ts';
import { parseRegion, parseVendor, storageVendors } from '../../src/files/storage-vendors.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

/**
 * One row per vendor and region, written out from the vendors' documentation: what people type (Agora's spelling, then the vendor's), Agora's
 * number, where the object lies, and host and region of a signed link. `=`: the same host. `-`: no link.
 */
const rows = `
s3 US_EAST_1      us-east-1      0  b.s3.us-east-1.amazonaws.com         = us-east-1
s3 US_EAST_2      us-east-2      1  b.s3.us-east-2.amazonaws.com         = us-east-2
s3 US_WEST_1      us-west-1      2  b.s3.us-west-1.amazonaws.com         = us-west-1
s3 US_WEST_2      us-west-2      3  b.s3.us-west-2.amazonaws.com         = us-west-2
s3 EU_WEST_1      eu-west-1      4  b.s3.eu-west-1.amazonaws.com         = eu-west-1
s3 EU_WEST_2      eu-west-2      5  b.s3.eu-west-2.amazonaws.com         = eu-west-2
s3 EU_WEST_3      eu-west-3      6  b.s3.eu-west-3.amazonaws.com         = eu-west-3
s3 EU_CENTRAL_1   eu-central-1   7  b.s3.eu-central-1.amazonaws.com      = eu-central-1
s3 AP_SOUTHEAST_1 ap-southeast-1 8  b.s3.ap-southeast-1.amazonaws.com    = ap-southeast-1
s3 AP_SOUTHEAST_2 ap-southeast-2 9  b.s3.ap-southeast-2.amazonaws.com    = ap-southeast-2
s3 AP_NORTHEAST_1 ap-northeast-1 10 b.s3.ap-northeast-1.amazonaws.com    = ap-northeast-1
s3 AP_NORTHEAST_2 ap-northeast-2 11 b.s3.ap-northeast-2.amazonaws.com    = ap-northeast-2
s3 SA_EAST_1      sa-east-1      12 b.s3.sa-east-1.amazonaws.com         = sa-east-1
s3 CA_CENTRAL_1   ca-central-1   13 b.s3.ca-central-1.amazonaws.com      = ca-central-1
s3 AP_SOUTH_1     ap-south-1     14 b.s3.ap-south-1.amazonaws.com        = ap-south-1
s3 CN_NORTH_1     cn-north-1     15 b.s3.cn-north-1.amazonaws.com.cn     = cn-north-1
s3 CN_NORTHWEST_1 cn-northwest-1 16 b.s3.cn-northwest-1.amazonaws.com.cn = cn-northwest-1
s3 US_GOV_WEST_1  us-gov-west-1  17 b.s3.us-gov-west-1.amazonaws.com     = us-gov-west-1
s3 AF_SOUTH_1     af-south-1     18 b.s3.af-south-1.amazonaws.com        = af-south-1
s3 AP_EAST_1      ap-east-1      19 b.s3.ap-east-1.amazonaws.com         = ap-east-1
s3 AP_NORTHEAST_3 ap-northeast-3 20 b.s3.ap-northeast-3.amazonaws.com    = ap-northeast-3
s3 EU_NORTH_1     eu-north-1     21 b.s3.eu-north-1.amazonaws.com        = eu-north-1
s3 ME_SOUTH_1     me-south-1     22 b.s3.me-south-1.amazonaws.com        = me-south-1
s3 US_GOV_EAST_1  us-gov-east-1  23 b.s3.us-gov-east-1.amazonaws.com     = us-gov-east-1
s3 AP_SOUTHEAST_3 ap-southeast-3 24 b.s3.ap-southeast-3.amazonaws.com    = ap-southeast-3
s3 EU_SOUTH_1     eu-south-1     25 b.s3.eu-south-1.amazonaws.com        = eu-south-1
s3 IL_CENTRAL_1   il-central-1   28 b.s3.il-central-1.amazonaws.com      = il-central-1

oss CN_Hangzhou    cn-hangzhou    0  b.oss-cn-hangzhou.aliyuncs.com    b.s3.oss-cn-hangzhou.aliyuncs.com    cn-hangzhou
oss CN_Shanghai    cn-shanghai    1  b.oss-cn-shanghai.aliyuncs.com    b.s3.oss-cn-shanghai.aliyuncs.com    cn-shanghai
oss CN_Qingdao     cn-qingdao     2  b.oss-cn-qingdao.aliyuncs.com     b.s3.oss-cn-qingdao.aliyuncs.com     cn-qingdao
oss CN_Beijing     cn-beijing     3  b.oss-cn-beijing.aliyuncs.com     b.s3.oss-cn-beijing.aliyuncs.com     cn-beijing
oss CN_Zhangjiakou cn-zhangjiakou 4  b.oss-cn-zhangjiakou.aliyuncs.com b.s3.oss-cn-zhangjiakou.aliyuncs.com cn-zhangjiakou
oss CN_Huhehaote   cn-huhehaote   5  b.oss-cn-huhehaote.aliyuncs.com   b.s3.oss-cn-huhehaote.aliyuncs.com   cn-huhehaote
oss CN_Shenzhen    cn-shenzhen    6  b.oss-cn-shenzhen.aliyuncs.com    b.s3.oss-cn-shenzhen.aliyuncs.com    cn-shenzhen
oss CN_Hongkong    cn-hongkong    7  b.oss-cn-hongkong.aliyuncs.com    b.s3.oss-cn-hongkong.aliyuncs.com    cn-hongkong
oss US_West_1      us-west-1      8  b.oss-us-west-1.aliyuncs.com      b.s3.oss-us-west-1.aliyuncs.com      us-west-1
oss US_East_1      us-east-1      9  b.oss-us-east-1.aliyuncs.com      b.s3.oss-us-east-1.aliyuncs.com      us-east-1
oss AP_Southeast_1 ap-southeast-1 10 b.oss-ap-southeast-1.aliyuncs.com b.s3.oss-ap-southeast-1.aliyuncs.com ap-southeast-1
oss AP_Southeast_2 ap-southeast-2 11 b.oss-ap-southeast-2.aliyuncs.com b.s3.oss-ap-southeast-2.aliyuncs.com ap-southeast-2
oss AP_Southeast_3 ap-southeast-3 12 b.oss-ap-southeast-3.aliyuncs.com b.s3.oss-ap-southeast-3.aliyuncs.com ap-southeast-3
oss AP_Southeast_5 ap-southeast-5 13 b.oss-ap-southeast-5.aliyuncs.com b.s3.oss-ap-southeast-5.aliyuncs.com ap-southeast-5
oss AP_Northeast_1 ap-northeast-1 14 b.oss-ap-northeast-1.aliyuncs.com b.s3.oss-ap-northeast-1.aliyuncs.com ap-northeast-1
oss AP_South_1     ap-south-1     15 b.oss-ap-south-1.aliyuncs.com     b.s3.oss-ap-south-1.aliyuncs.com     ap-south-1
oss EU_Central_1   eu-central-1   16 b.oss-eu-central-1.aliyuncs.com   b.s3.oss-eu-central-1.aliyuncs.com   eu-central-1
oss EU_West_1      eu-west-1      17 b.oss-eu-west-1.aliyuncs.com      b.s3.oss-eu-west-1.aliyuncs.com      eu-west-1
oss EU_East_1      me-east-1      18 b.oss-me-east-1.aliyuncs.com      b.s3.oss-me-east-1.aliyuncs.com      me-east-1
oss AP_Southeast_6 ap-southeast-6 19 b.oss-ap-southeast-6.aliyuncs.com b.s3.oss-ap-southeast-6.aliyuncs.com ap-southeast-6
oss CN_Heyuan      cn-heyuan      20 b.oss-cn-heyuan.aliyuncs.com      b.s3.oss-cn-heyuan.aliyuncs.com      cn-heyuan
oss CN_Guangzhou   cn-guangzhou   21 b.oss-cn-guangzhou.aliyuncs.com   b.s3.oss-cn-guangzhou.aliyuncs.com   cn-guangzhou
oss CN_Chengdu     cn-chengdu     22 b.oss-cn-chengdu.aliyuncs.com     b.s3.oss-cn-chengdu.aliyuncs.com     cn-chengdu
oss CN_Nanjing     cn-nanjing     23 b.oss-cn-nanjing.aliyuncs.com     b.s3.oss-cn-nanjing.aliyuncs.com     cn-nanjing
oss CN_Fuzhou      cn-fuzhou      24 b.oss-cn-fuzhou.aliyuncs.com      b.s3.oss-cn-fuzhou.aliyuncs.com      cn-fuzhou
oss CN_Wulanchabu  cn-wulanchabu  25 b.oss-cn-wulanchabu.aliyuncs.com  b.s3.oss-cn-wulanchabu.aliyuncs.com  cn-wulanchabu
oss AP_Northeast_2 ap-northeast-2 26 b.oss-ap-northeast-2.aliyuncs.com b.s3.oss-ap-northeast-2.aliyuncs.com ap-northeast-2
oss AP_Southeast_7 ap-southeast-7 27 b.oss-ap-southeast-7.aliyuncs.com b.s3.oss-ap-southeast-7.aliyuncs.com ap-southeast-7

cos AP_Beijing_1    ap-beijing-1     0  b.cos.ap-beijing-1.myqcloud.com     = ap-beijing-1
cos AP_Beijing      ap-beijing       1  b.cos.ap-beijing.myqcloud.com       = ap-beijing
cos AP_Shanghai     ap-shanghai      2  b.cos.ap-shanghai.myqcloud.com      = ap-shanghai
cos AP_Guangzhou    ap-guangzhou     3  b.cos.ap-guangzhou.myqcloud.com     = ap-guangzhou
cos AP_Chengdu      ap-chengdu       4  b.cos.ap-chengdu.myqcloud.com       = ap-chengdu
cos AP_Chongqing    ap-chongqing     5  b.cos.ap-chongqing.myqcloud.com     = ap-chongqing
cos AP_Shenzhen_FSI ap-shenzhen-fsi  6  b.cos.ap-shenzhen-fsi.myqcloud.com  = ap-shenzhen-fsi
cos AP_Shanghai_FSI ap-shanghai-fsi  7  b.cos.ap-shanghai-fsi.myqcloud.com  = ap-shanghai-fsi
cos AP_Beijing_FSI  ap-beijing-fsi   8  b.cos.ap-beijing-fsi.myqcloud.com   = ap-beijing-fsi
cos AP_Hongkong     ap-hongkong      9  b.cos.ap-hongkong.myqcloud.com      = ap-hongkong
cos AP_Singapore    ap-singapore     10 b.cos.ap-singapore.myqcloud.com     = ap-singapore
cos AP_Mumbai       ap-mumbai        11 b.cos.ap-mumbai.myqcloud.com        = ap-mumbai
cos AP_Seoul        ap-seoul         12 b.cos.ap-seoul.myqcloud.com         = ap-seoul
cos AP_Bangkok      ap-bangkok       13 b.cos.ap-bangkok.myqcloud.com       = ap-bangkok
cos AP_Tokyo        ap-tokyo         14 b.cos.ap-tokyo.myqcloud.com         = ap-tokyo
cos NA_Siliconvalley na-siliconvalley 15 b.cos.na-siliconvalley.myqcloud.com = na-siliconvalley
cos NA_Ashburn      na-ashburn       16 b.cos.na-ashburn.myqcloud.com       = na-ashburn
cos NA_Toronto      na-toronto       17 b.cos.na-toronto.myqcloud.com       = na-toronto
cos EU_Frankfurt    eu-frankfurt     18 b.cos.eu-frankfurt.myqcloud.com     = eu-frankfurt
cos EU_Moscow       eu-moscow        19 b.cos.eu-moscow.myqcloud.com        = eu-moscow

obs CN_North_1     cn-north-1     0  b.obs.cn-north-1.myhuaweicloud.com     = cn-north-1
obs CN_North_4     cn-north-4     1  b.obs.cn-north-4.myhuaweicloud.com     = cn-north-4
obs CN_East_2      cn-east-2      2  b.obs.cn-east-2.myhuaweicloud.com      = cn-east-2
obs CN_East_3      cn-east-3      3  b.obs.cn-east-3.myhuaweicloud.com      = cn-east-3
obs CN_South_1     cn-south-1     4  b.obs.cn-south-1.myhuaweicloud.com     = cn-south-1
obs CN_Southwest_2 cn-southwest-2 5  b.obs.cn-southwest-2.myhuaweicloud.com = cn-southwest-2
obs AP_Southeast_1 ap-southeast-1 6  b.obs.ap-southeast-1.myhuaweicloud.com = ap-southeast-1
obs AP_Southeast_2 ap-southeast-2 7  b.obs.ap-southeast-2.myhuaweicloud.com = ap-southeast-2
obs AP_Southeast_3 ap-southeast-3 8  b.obs.ap-southeast-3.myhuaweicloud.com = ap-southeast-3
obs AF_South_1     af-south-1     9  b.obs.af-south-1.myhuaweicloud.com     = af-south-1
obs SA_Argentina_1 sa-argentina-1 10 b.obs.sa-argentina-1.myhuaweicloud.com = sa-argentina-1
obs SA_Peru_1      sa-peru-1      11 b.obs.sa-peru-1.myhuaweicloud.com      = sa-peru-1
obs NA_Mexico_1    na-mexico-1    12 b.obs.na-mexico-1.myhuaweicloud.com    = na-mexico-1
obs SA_Brazil_1    sa-brazil-1    13 b.obs.sa-brazil-1.myhuaweicloud.com    = sa-brazil-1
obs LA_South_2     la-south-2     14 b.obs.la-south-2.myhuaweicloud.com     = la-south-2
obs SA_Chile_1     sa-chile-1     15 b.obs.sa-chile-1.myhuaweicloud.com     = sa-chile-1

bos Beijing   bj  0 b.bj.bcebos.com  b.s3.bj.bcebos.com bj
bos Baoding   bd  1 b.bd.bcebos.com  b.s3.bd.bcebos.com bd
bos Suzhou    su  2 b.su.bcebos.com  b.s3.su.bcebos.com su
bos Guangzhou gz  3 b.gz.bcebos.com  b.s3.gz.bcebos.com gz
bos Hongkong  hkg 4 b.hkg.bcebos.com - -
bos Singapore sin 5 b.sin.bcebos.com - -
bos Wuhan     fwh 6 b.fwh.bcebos.com - -
bos Shanghai  fsh 7 b.fsh.bcebos.com - -

ks3 CN_Hangzhou    HANGZHOU    0 b.kss.ksyun.com               = HANGZHOU
ks3 CN_Shanghai    SHANGHAI    1 b.ks3-cn-shanghai.ksyuncs.com = SHANGHAI
ks3 CN_Qingdao     QINGDAO     2 b.ks3-cn-qingdao.ksyuncs.com  = QINGDAO
ks3 CN_Beijing     BEIJING     3 b.ks3-cn-beijing.ksyuncs.com  = BEIJING
ks3 CN_Guangzhou   GUANGZHOU   4 b.ks3-cn-guangzhou.ksyuncs.com = GUANGZHOU
ks3 CN_Hongkong    HONGKONG    5 b.ks3-cn-hk-1.ksyuncs.com     = HONGKONG
ks3 JR_Beijing     JR_BEIJING  6 b.ks3-jr-beijing.ksyuncs.com  = JR_BEIJING
ks3 JR_Shanghai    JR_SHANGHAI 7 b.ks3-jr-shanghai.ksyuncs.com = JR_SHANGHAI
ks3 NA_Russia_1    RUSSIA      8 b.ks3-rus.ksyuncs.com         = RUSSIA
ks3 NA_Singapore_1 SINGAPORE   9 b.ks3-sgp.ksyuncs.com         = SINGAPORE

qiniu East_China     z0  0 s3.cn-east-1.qiniucs.com/b      = cn-east-1
qiniu North_China    z1  1 s3.cn-north-1.qiniucs.com/b     = cn-north-1
qiniu South_China    z2  2 s3.cn-south-1.qiniucs.com/b     = cn-south-1
qiniu North_America  na0 3 s3.us-north-1.qiniucs.com/b     = us-north-1
qiniu Southeast_Asia as0 4 s3.ap-southeast-1.qiniucs.com/b = ap-southeast-1

gcs   0 -         0 storage.googleapis.com/b      = auto
minio 0 us-west-2 0 minio.example.com/b           = us-east-1
azure 0 -         0 ak.blob.core.windows.net/b    = -
`
  .trim()
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split(/\s+/) as [string, string, string, string, string, string, string]);

describe('vendors and regions', () => {
  test.each(rows)('%s %s is %s, number %s, at %s', async (vendor, agora, own, number, location, linked, region) => {
    const parsed = parseVendor(vendor);
    if (!parsed.ok) throw new Error(parsed.problem);
    const v = parsed.vendor;
    for (const text of [agora, agora.toLowerCase(), own, own.toLowerCase(), number]) {
      expect(parseRegion(v, text), text).toEqual({ ok: true, region: Number(number) });
    }
    const bucket = {
      vendor: v.vendor,
      region: v.regions[Number(number)] ?? '',
      bucket: 'b',
      accessKey: 'ak',
      secretKey: 'c2s=',
      ...(v.vendor === 11 ? { endpoint: 'minio.example.com' } : {}),
    };
    expect(objectUrl(bucket, 'p/a b.mp4')).toBe(`https://${location}/p/a%20b.mp4`);
    const link = await signLink(bucket, 'p/a b.mp4', { method: 'GET', now, seconds: 60 });
    if (link.ok) expect(linkOrigin(bucket)).toBe(new URL(link.url).origin);
    if (linked === '-') {
      // Its S3 endpoint has no https there: a link in Baidu's own way.
      const start = `https://${location}/p/a%20b.mp4?responseContentType=video%2Fmp4&authorization=bce-auth-v1%2Fak%2F`;
      expect(link).toEqual({ ok: true, url: expect.stringContaining(start) });
      return;
    }
    if (!link.ok) throw new Error(link.why);
    const url = new URL(link.url);
    expect(`${url.protocol}//${url.host}${url.pathname}`).toBe(
      `https://${linked === '=' ? location : linked}/p/a%20b.mp4`,
    );
    if (region !== '-') {
      expect(url.searchParams.get('X-Amz-Credential')).toBe(`ak/20260102/${region}/s3/aws4_request`);
    }
  });

  test('has a row for every region that can be set', () => {
    const listed = storageVendors.flatMap((v) => Object.keys(v.regions).map((code) => `${v.vendor}/${code}`));
    const tested = rows.map(([vendor, , , number]) => {
      const parsed = parseVendor(vendor);
      return parsed.ok ? `${parsed.vendor.vendor}/${number}` : '';
    });
    expect(listed.filter((pair) => !tested.includes(pair))).toEqual([]);
    expect(storageVendors.map((v) => v.vendor).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 11]);
  });

  test.each(storageVendors.flatMap((v) => [String(v.vendor), v.name, ...v.aliases].map((text) => [text, v] as const)))(
    '"%s" names a vendor',
    (text, vendor) => expect(parseVendor(` ${text.toUpperCase()} `)).toEqual({ ok: true, vendor }),
  );

  test('what is none is answered with what there is', () => {
    expect(parseVendor('9')).toEqual({ ok: false, problem: expect.stringContaining('ks3 (4)') });
    const [s3] = storageVendors;
    if (!s3) throw new Error('no vendor');
    for (const text of ['us-east-9', '26', '', '__proto__']) {
      expect(parseRegion(s3, text)).toEqual({ ok: false, problem: expect.stringContaining('il-central-1 (28)') });
    }
  });
});

describe('overrides of one bucket', () => {
  const b = { vendor: 2, region: 'cn-hangzhou', bucket: 'b', accessKey: 'ak', secretKey: 'sk' };
  test.each([
    [
      'a custom domain',
      { publicBaseUrl: 'https://files.example.com/' },
      'https://files.example.com/k.ts',
      'cn-hangzhou',
    ],
    [
      'an endpoint',
      { linkEndpoint: 'https://oss.example.com:8443' },
      'https://b.oss.example.com:8443/k.ts',
      'cn-hangzhou',
    ],
    [
      'an endpoint, path style',
      { linkEndpoint: 'oss.example.com', addressing: 'path' as const },
      'https://oss.example.com/b/k.ts',
      'cn-hangzhou',
    ],
    ['a signing region', { signingRegion: 'us-east-1' }, 'https://b.s3.oss-cn-hangzhou.aliyuncs.com/k.ts', 'us-east-1'],
    [
      'S3 with a dot in its name',
      { vendor: 1, region: 'eu-west-1', bucket: 'a.b' },
      'https://s3.eu-west-1.amazonaws.com/a.b/k.ts',
      'eu-west-1',
    ],
    [
      'the same, virtual all the same',
      { vendor: 1, region: 'eu-west-1', bucket: 'a.b', addressing: 'virtual' as const },
      'https://a.b.s3.eu-west-1.amazonaws.com/k.ts',
      'eu-west-1',
    ],
    [
      'BOS by a domain of its own',
      { vendor: 8, region: 'fwh', linkEndpoint: 'https://bos.example.com' },
      'https://b.bos.example.com/k.ts',
      'fwh',
    ],
    [
      'an S3-compatible store in a region',
      { vendor: 11, region: 'auto', endpoint: 'http://127.0.0.1:9000' },
      'http://127.0.0.1:9000/b/k.ts',
      'auto',
    ],
  ])('%s', async (_what, more, address, region) => {
    const link = await signLink({ ...b, ...more }, 'k.ts', { method: 'GET', now, seconds: 60 });
    if (!link.ok) throw new Error(link.why);
    expect(link.url.split('?')[0]).toBe(address);
    expect(new URL(link.url).searchParams.get('X-Amz-Credential')).toContain(`/${region}/s3/`);
  });

  test('a store without an endpoint gets a sentence', async () => {
    expect(await signLink({ ...b, vendor: 11 }, 'k', { method: 'GET', now, seconds: 60 })).toEqual({
      ok: false,
      why: expect.stringContaining('endpoint'),
    });
  });
});
