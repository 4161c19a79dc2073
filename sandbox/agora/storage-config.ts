import { type Check, fieldsOf, filled, int, listOf, matching, oneOf, shape, text } from './check.ts';

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, code) => code);

/**
 * Region codes of each vendor (Agora docs, region and vendor; S3's 17, 23 and 28 and Baidu's 0 stand in older pages only, and were never
 * withdrawn). Azure, Google and S3-compatible storage have none and want 0.
 */
const regions: Readonly<Record<number, readonly number[]>> = {
  1: [...upTo(25), 28],
  2: upTo(27),
  3: upTo(19),
  5: [0],
  6: [0],
  7: upTo(15),
  8: upTo(7),
  11: [0],
};

const vendors = Object.keys(regions).map(Number);
const stsVendors = [1, 2, 3];
/** An STS token has to live that long from the call on, seconds (Agora docs, rest-api/start, stsExpiration). */
const stsLife = 4 * 3600;

/** start.clientRequest.storageConfig (Agora docs, rest-api/start): where the files go, with the rules of each vendor. */
export const storageConfig: Check = shape(
  {
    vendor: oneOf(...vendors),
    region: int(0, 99),
    bucket: filled,
    accessKey: filled,
    secretKey: filled,
    stsToken: filled,
    stsExpiration: int(1, 2 ** 40),
    fileNamePrefix: listOf(matching(/^[a-zA-Z0-9]+$/), 128),
    extensionParams: shape({ sse: oneOf('kms', 'aes256'), tag: text, endpoint: filled }, []),
  },
  ['vendor', 'region', 'bucket', 'accessKey', 'secretKey'],
  (v, path) => {
    const vendor = Number(v.vendor);
    if (!regions[vendor]?.includes(Number(v.region))) return `invalid ${path}.region value!`;
    const prefix = Array.isArray(v.fileNamePrefix) ? v.fileNamePrefix.join('/') : '';
    if (prefix.length > 128) return `${path}.fileNamePrefix is longer than 128 characters`;
    if ((v.stsToken === undefined) !== (v.stsExpiration === undefined))
      return `${path}.stsToken and ${path}.stsExpiration go together`;
    if (v.stsToken !== undefined && !stsVendors.includes(vendor)) return `${path}.stsToken is for vendors 1, 2 and 3`;
    return extensionProblem(vendor, fieldsOf(v.extensionParams), `${path}.extensionParams`);
  },
);

/** Whether an STS token lives long enough. `now`: seconds since the epoch. */
export function stsProblem(config: unknown, now: number): string | undefined {
  const { stsExpiration } = fieldsOf(config);
  return stsExpiration !== undefined && Number(stsExpiration) < now + stsLife
    ? 'clientRequest.storageConfig.stsExpiration must be four hours away'
    : undefined;
}

function extensionProblem(vendor: number, extension: Record<string, unknown>, path: string): string | undefined {
  const { sse, tag, endpoint } = extension;
  if (sse !== undefined && vendor !== 1) return `${path}.sse is for vendor 1`;
  if (tag !== undefined && vendor !== 1 && vendor !== 2) return `${path}.tag is for vendors 1 and 2`;
  if (vendor === 11 && endpoint === undefined) return `missing ${path}.endpoint!`;
  if (vendor !== 11 && endpoint !== undefined) return `${path}.endpoint is for vendor 11`;
  // A scheme, a port or a path is refused: Agora wants the bare domain.
  if (endpoint !== undefined && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(String(endpoint)))
    return `${path}.endpoint must be a bare domain`;
  return undefined;
}
