/** At most so many keys stand in one answer, as at S3. */
const most = 1_000;

/**
 * The answer to ListObjectsV2 (docs.aws.amazon.com, S3 API): the keys that begin with `prefix`, a thousand at a time, with a token for the rest.
 * Undefined: a parameter is not one that S3 takes.
 */
export function listObjects(
  bucket: string,
  query: URLSearchParams,
  objects: readonly { key: string; size: number; modified: Date }[],
): string | undefined {
  const prefix = query.get('prefix') ?? '';
  const asked = query.get('max-keys') ?? String(most);
  if (!/^\d{1,6}$/.test(asked)) return undefined;
  const token = query.get('continuation-token');
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString();
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const all = objects.filter((o) => o.key.startsWith(prefix) && o.key > after).sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = all.slice(0, Math.min(Number(asked), most));
  const more = page.length < all.length;
  const next = more ? Buffer.from(page.at(-1)?.key ?? '').toString('base64url') : undefined;
  const contents = page.map(
    ({ key, size, modified }) =>
      `<Contents><Key>${escapeXml(encode(key))}</Key><LastModified>${modified.toISOString()}</LastModified><Size>${size}</Size></Contents>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${bucket}</Name><Prefix>${escapeXml(encode(prefix))}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${asked}</MaxKeys>`,
    `${query.has('encoding-type') ? '<EncodingType>url</EncodingType>' : ''}<IsTruncated>${more}</IsTruncated>${next ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}`,
    ...contents,
    '</ListBucketResult>',
  ].join('');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
