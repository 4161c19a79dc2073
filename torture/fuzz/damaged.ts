import fc from 'fast-check';

/** A text with something wrong in it: cut, lengthened, a letter changed, two parts swapped, doubled, or spelled another way. */
export function damaged(text: string): fc.Arbitrary<string> {
  const place = fc.nat(Math.max(0, text.length - 1));
  const letter = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
  return fc.oneof(
    place.map((n) => text.slice(0, n)),
    place.map((n) => text.slice(n + 1)),
    fc.tuple(place, letter).map(([n, c]) => text.slice(0, n) + c + text.slice(n + 1)),
    fc.tuple(place, letter).map(([n, c]) => text.slice(0, n) + c + text.slice(n)),
    fc.tuple(place, place).map(([a, b]) => text.slice(a) + text.slice(0, b)),
    place.map((n) => text.slice(0, n) + text),
    fc.constantFrom(
      Buffer.from(text).toString('base64'),
      Buffer.from(text).toString('base64url'),
      Buffer.from(text, 'base64url').toString('base64'),
      Buffer.from(text).toString('hex'),
      encodeURIComponent(text),
      text.toUpperCase(),
      text.toLowerCase(),
      `${text}=`,
      ` ${text}`,
      `\u{feff}${text}`,
      JSON.stringify(text),
      [...text].reverse().join(''),
    ),
  );
}

/** Any JSON value with fields of these names in it now and then, at any depth. */
export function jsonAround(names: readonly string[], values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      values,
      fc.constantFrom<unknown>(null, true, '', 0, -1, 1e21, '1e999', '9'.repeat(40), '__proto__', '\u0000', '\ud800'),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names, 'constructor'), tie('node'), { maxKeys: 5 }),
    ),
  }));
  return node;
}
