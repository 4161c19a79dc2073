import { z } from 'zod';
import { fields, integer, matching, mustBe } from '../recording/recipe/fields.ts';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import type { ProjectSettings } from './profiles.ts';
import { readSection, type Section } from './read-section.ts';
import { webAddress } from './web-address.ts';

/** Secrets; everything else may be a reference too. */
export const projectSecrets: ReadonlySet<string> = new Set(['appCertificate', 'customerSecret']);

const hex32 = (name: string) => matching(/^[0-9a-fA-F]{32}$/, `must be the ${name}: 32 hexadecimal digits`);
const filled = matching(/^\S+$/, 'must be a text without spaces');
const urlRule = 'must be an https address (http for this machine only)';
/** A variable gives a text. */
const count = (low: number, high: number) =>
  z.preprocess((v) => (typeof v === 'string' && /^\d{1,9}$/.test(v) ? Number(v) : v), integer(low, high)).optional();

export const project = fields({
  appId: hex32('App ID'),
  appCertificate: hex32('App Certificate').optional(),
  customerId: filled,
  customerSecret: filled,
  apiUrls: z
    .array(
      matching(/./, urlRule).refine((v) => webAddress(v) !== undefined, { error: urlRule }),
      {
        error: mustBe('must be a list of https addresses'),
      },
    )
    .optional(),
  qps: count(1, 1000),
  maxConcurrent: count(1, 100_000),
});

/** An Agora project of the file. `apiUrls`: Agora's hosts where it names none. */
export function readProject(
  name: string,
  value: unknown,
  env: Env,
  apiUrls: readonly string[],
): Section<ProjectSettings> {
  const read = readSection(value, { at: ['projects', name], env, secret: projectSecrets, schema: project });
  const v = read.value;
  if (!v) return { problems: read.problems, secrets: read.secrets };
  return {
    ...read,
    value: {
      name,
      appId: v.appId,
      ...(v.appCertificate === undefined ? {} : { appCertificate: v.appCertificate }),
      customerId: v.customerId,
      customerSecret: v.customerSecret,
      apiUrls: v.apiUrls && v.apiUrls.length > 0 ? v.apiUrls : apiUrls,
      qps: v.qps ?? 10,
      maxConcurrent: v.maxConcurrent ?? 50,
    },
  };
}
