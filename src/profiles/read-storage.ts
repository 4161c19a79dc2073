import { z } from 'zod';
import { parseRegion, parseVendor, stsVendors } from '../files/storage-vendors.ts';
import {
  type Complain,
  fields,
  type Given,
  given,
  integer,
  listOf,
  matching,
  mustBe,
  oneOf,
} from '../recording/recipe/fields.ts';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import type { StorageSettings } from './profiles.ts';
import { readSection, type Section } from './read-section.ts';
import { credentialsAddress, endpointAddress, webAddress } from './web-address.ts';

/** Secrets; everything else may be a reference too. */
export const storageSecrets: ReadonlySet<string> = new Set(['secretKey', 'stsToken', 'authorization']);

const filled = matching(/^\S+$/, 'must be a text without spaces');
/** A number or a name. */
const code = (what: string) => z.union([z.string().min(1), z.int()], { error: mustBe(what) });
const keys = { accessKey: filled, secretKey: filled };
const endpointRule = 'must be a host such as minio.example.com, or its https address without a path';
const endpoint = matching(/./, endpointRule).refine((v) => endpointAddress(v) !== undefined, { error: endpointRule });
const credentialsRule =
  "must be an https address, or an http address on this machine or of the platform's own service (169.254.170.2, 169.254.170.23)";
const publicRule = 'must be an https address such as https://files.example.com';

export const storage = fields(
  {
    vendor: code("must be the storage's name, such as s3, or Agora's number"),
    region: code("must be the region's name, such as us-east-1, or Agora's number").optional(),
    bucket: matching(/^[^\s/]+$/, 'must be the name of the bucket, without slashes'),
    /** In place of them there may be credentials. */
    accessKey: filled.optional(),
    secretKey: filled.optional(),
    credentials: fields(
      {
        file: matching(/^[^\0]{1,1024}$/, 'must be the path of a file').optional(),
        url: matching(/./, credentialsRule)
          .refine((v) => credentialsAddress(v) !== undefined, { error: credentialsRule })
          .optional(),
        authorization: matching(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'must be the value of a header').optional(),
      },
      { rules: credentialsRules },
    ).optional(),
    /** Seconds since the epoch; a variable gives a text. */
    stsToken: filled.optional(),
    stsExpiration: z
      .preprocess(
        (v) => (typeof v === 'string' && /^\d{1,15}$/.test(v) ? Number(v) : v),
        integer(1_000_000_000, 99_999_999_999, '(seconds since 1970)'),
      )
      .optional(),
    prefix: listOf(matching(/^[a-zA-Z0-9]+$/, 'must be letters and digits'), 128, 'folders').optional(),
    endpoint: endpoint.optional(),
    extensionParams: fields(
      {
        sse: oneOf('kms', 'aes256').optional(),
        tag: matching(/^.{1,1024}$/, 'must be 1 to 1024 characters').optional(),
      },
      { elsewhere: { endpoint: 'stands one level further out, beside extensionParams' } },
    ).optional(),
    read: fields(keys).optional(),
    linkEndpoint: endpoint.optional(),
    signingRegion: matching(/^[a-zA-Z0-9_-]{1,64}$/, 'must be a name such as us-east-1').optional(),
    addressing: oneOf('virtual', 'path').optional(),
    publicBaseUrl: matching(/./, publicRule)
      .refine((v) => webAddress(v) !== undefined, { error: publicRule })
      .optional(),
  },
  { rules },
);

function credentialsRules(v: Given, complain: Complain): void {
  if ((v.file === undefined) === (v.url === undefined)) complain([], 'must have either file or url');
  if (v.authorization !== undefined && v.url === undefined) complain(['authorization'], 'goes with url only');
}

/** Keys of its own, or a place where temporary ones are read. */
function keyRules(v: Given, complain: Complain): void {
  for (const name of ['accessKey', 'secretKey', 'stsToken', 'stsExpiration']) {
    if (v.credentials !== undefined && v[name] !== undefined) {
      complain([name], 'does not go with credentials, where it is read from; leave it out');
    }
  }
  if (v.credentials !== undefined) return;
  for (const name of ['accessKey', 'secretKey']) {
    if (v[name] === undefined) complain([name], 'is missing; it must be a text without spaces');
  }
}

function rules(v: Given, complain: Complain): void {
  if (Array.isArray(v.prefix) && v.prefix.join('/').length > 128) {
    complain(['prefix'], 'must have at most 128 characters, slashes between the folders included');
  }
  keyRules(v, complain);
  if ((v.stsToken === undefined) !== (v.stsExpiration === undefined)) {
    complain(
      [v.stsToken === undefined ? 'stsToken' : 'stsExpiration'],
      'is missing; stsToken and stsExpiration go together',
    );
  }
  if (typeof v.vendor !== 'string' && typeof v.vendor !== 'number') return;
  const parsed = parseVendor(String(v.vendor));
  if (!parsed.ok) {
    complain(['vendor'], parsed.problem);
    return;
  }
  const { vendor } = parsed;
  if (v.region === undefined && Object.keys(vendor.regions).length > 0) {
    complain(['region'], `is missing; it must be a region of ${vendor.name}`);
  }
  const region = parseRegion(vendor, String(v.region ?? '0'));
  if (v.region !== undefined && !region.ok) complain(['region'], region.problem);
  if (v.stsToken !== undefined && !stsVendors.includes(vendor.vendor)) {
    complain(['stsToken'], 'is only for s3 (1), oss (2) and cos (3); leave it out');
  }
  if (v.credentials !== undefined && !stsVendors.includes(vendor.vendor)) {
    complain(['credentials'], 'are only for s3 (1), oss (2) and cos (3); leave them out');
  }
  if (vendor.vendor === 11 && v.endpoint === undefined) complain(['endpoint'], `is missing; it ${endpointRule}`);
  if (vendor.vendor !== 11 && v.endpoint !== undefined) {
    complain(['endpoint'], 'is only for s3-compatible storage (11); for links alone there is linkEndpoint');
  }
  const { sse, tag } = given(v.extensionParams);
  if (sse !== undefined && vendor.vendor !== 1) complain(['extensionParams', 'sse'], 'is only for s3 (1)');
  if (tag !== undefined && vendor.vendor !== 1 && vendor.vendor !== 2) {
    complain(['extensionParams', 'tag'], 'is only for s3 (1) and oss (2)');
  }
}

/** A storage of the file. */
export function readStorage(name: string, value: unknown, env: Env): Section<StorageSettings> {
  const read = readSection(value, { at: ['storages', name], env, secret: storageSecrets, schema: storage });
  const v = read.value;
  const vendor = v && parseVendor(String(v.vendor));
  if (!v || !vendor?.ok) return { problems: read.problems, secrets: read.secrets };
  const typed = String(v.region ?? '0').trim();
  const region = parseRegion(vendor.vendor, typed);
  const code = region.ok ? region.region : 0;
  const url = v.endpoint === undefined ? undefined : endpointAddress(v.endpoint);
  const { stsToken, stsExpiration, read: readKey, linkEndpoint, signingRegion, addressing, publicBaseUrl } = v;
  const { sse, tag } = v.extensionParams ?? {};
  return {
    ...read,
    value: {
      name,
      vendor: vendor.vendor.vendor,
      region: code,
      regionName: vendor.vendor.regions[code] ?? (/^[a-z][a-z0-9-]+$/.test(typed) ? typed : ''),
      bucket: v.bucket,
      accessKey: v.accessKey ?? '',
      secretKey: v.secretKey ?? '',
      ...placeOf(v.credentials),
      prefix: v.prefix ?? [],
      ...(stsToken === undefined ? {} : { stsToken }),
      ...(stsExpiration === undefined ? {} : { stsExpiration }),
      ...(sse === undefined ? {} : { sse }),
      ...(tag === undefined ? {} : { tag }),
      ...(url ? { endpointHost: url.hostname, endpointUrl: url.origin } : {}),
      ...(readKey === undefined ? {} : { read: readKey }),
      ...(linkEndpoint === undefined ? {} : { linkEndpoint }),
      ...(signingRegion === undefined ? {} : { signingRegion }),
      ...(addressing === undefined ? {} : { addressing }),
      ...(publicBaseUrl === undefined ? {} : { publicBaseUrl: publicBaseUrl.replace(/\/+$/, '') }),
    },
  };
}

function placeOf(v: { file?: string | undefined; url?: string | undefined; authorization?: string | undefined } = {}): {
  credentials?: NonNullable<StorageSettings['credentials']>;
} {
  if (v.file !== undefined) return { credentials: { file: v.file } };
  if (v.url === undefined) return {};
  return {
    credentials: { url: v.url, ...(v.authorization === undefined ? {} : { authorization: v.authorization }) },
  };
}
