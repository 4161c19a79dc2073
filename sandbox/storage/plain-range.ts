/**
 * A Range header (RFC 9110, 14.1.2) as s3rver understands it, which takes the last bytes, `bytes=-3`, for the first ones. `size`: of the object, bytes.
 * Undefined: there is none, or one that cannot be read, which is to be passed over.
 */
export function plainRange(header: string | undefined, size: number): string | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '') return last !== '' && Number(last) < Number(first) ? undefined : `bytes=${first}-${last}`;
  // `bytes=-0` lies past the end, as it should.
  return `bytes=${Math.max(0, size - Number(last))}-`;
}
