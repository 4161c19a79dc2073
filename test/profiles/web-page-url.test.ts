import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostPattern, rtmpProblem, webPageProblem } from '../../src/profiles/web-page-url.ts';

describe('pages that may be recorded', () => {
  test.each([
    'https://example.com',
    'https://example.com/',
    'HTTPS://Example.COM/a/b?c=d@e#f',
    'https://example.com:443/',
    'https://example.com:8443/',
    'https://my_app.preview-1.example.co.uk/a%20b',
    'https://xn--mnchen-3ya.de/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://[2606:4700::1:5efe:a00:1]/',
    `https://${'a'.repeat(63)}.com/`,
    'https://ec2-54-12-3-4.compute.amazonaws.com/',
    'https://1.2.3.4.example.com/',
    'https://local.example.com/',
    'https://internal-docs.example.com/',
    'https://0a1b2c3d.pages.dev/',
    'https://v10.example.com/',
    `https://${'a.'.repeat(121)}example.com/`,
    `https://example.com/${'a'.repeat(1004)}`,
  ])('%.60s', (url) => {
    expect(webPageProblem(url, [])).toBeUndefined();
  });
});

const privateV4 = /private, local or reserved IP address/;
const plainNotation = /plain letters, digits, dots and hyphens/;
const machineName = /the whole Internet knows/;
const echo = /stands for the IP address/;

const refused: [string, RegExp][] = [
  // The form.
  ['', /must begin with https/],
  ['example.com', /must begin with https/],
  ['http://example.com', /must begin with https/],
  ['ftp://example.com', /must begin with https/],
  ['file:///etc/passwd', /must begin with https/],
  ['javascript:alert(1)', /must begin with https/],
  ['https:/example.com', /must begin with https/],
  ['https:example.com', /must begin with https/],
  [' https://example.com', /no spaces/],
  ['https://exam\tple.com', /no spaces/],
  ['https://example.com/\n', /no spaces/],
  ['https://example.com\\@127.0.0.1/', /no backslashes/],
  ['https:\\\\127.0.0.1', /no backslashes/],
  [`https://example.com/${'a'.repeat(1005)}`, /at most 1024/],
  ['https://user@example.com', /user name or a password/],
  ['https://user:pw@example.com', /user name or a password/],
  ['https://example.com@127.0.0.1/', /user name or a password/],
  ['https://@example.com/', /user name or a password/],
  ['https://', plainNotation],
  ['https:///127.0.0.1', plainNotation],
  ['https://example.com:', plainNotation],
  ['https://example.com:x', plainNotation],
  ['https://example.com:80/', /must be left out or be 443 or 8443/],
  ['https://example.com:0443/', /must be left out or be 443 or 8443/],
  ['https://example.com:22/', /must be left out or be 443 or 8443/],
  ['https://example.com:99999/', /check the host and the port/],
  ['https://example..com/', /not a name that exists/],
  ['https://.example.com/', /not a name that exists/],
  [`https://${'a'.repeat(64)}.com/`, /not a name that exists/],
  [`https://${'a.'.repeat(122)}example.com/`, /not a name that exists/],
  ['https://example.com./', /end with a dot/],
  ['https://münchen.de/', plainNotation],
  // This machine and its neighbours, in every notation.
  ['https://127.0.0.1/', privateV4],
  ['https://127.1/', privateV4],
  ['https://127.0.1/', privateV4],
  ['https://2130706433/', privateV4],
  ['https://0x7f000001/', privateV4],
  ['https://0x7f.0.0.1/', privateV4],
  ['https://0X7F.1/', privateV4],
  ['https://017700000001/', privateV4],
  ['https://0177.0.0.01/', privateV4],
  ['https://127.0.0.1./', privateV4],
  ['https://0/', privateV4],
  ['https://0.0.0.0/', privateV4],
  ['https://10.1.2.3/', privateV4],
  ['https://172.31.255.255/', privateV4],
  ['https://192.168.0.1/', privateV4],
  ['https://100.64.0.1/', privateV4],
  ['https://169.254.169.254/latest/meta-data/', privateV4],
  ['https://100.100.100.200/', privateV4],
  ['https://192.0.0.192/', privateV4],
  ['https://168.63.129.16/', privateV4],
  ['https://198.18.0.1/', privateV4],
  ['https://224.0.0.1/', privateV4],
  ['https://240.0.0.1/', privateV4],
  ['https://255.255.255.255/', privateV4],
  ['https://134744072/', /four plain numbers/],
  ['https://8.8.2056/', /four plain numbers/],
  ['https://256.256.256.256/', /not an address/],
  ['https://08.0.0.1/', /not an address/],
  ['https://1.2.3.4.5/', /not an address/],
  // Other letters and signs.
  ['https://%31%32%37.0.0.1/', plainNotation],
  ['https://127%2e0%2e0%2e1/', plainNotation],
  ['https://１２７.0.0.1/', plainNotation],
  ['https://①②⑦.⓪.⓪.①/', plainNotation],
  ['https://127。0。0。1/', plainNotation],
  ['https://ⓛocalhost/', plainNotation],
  // IPv6.
  ['https://[::1]/', privateV4],
  ['https://[::]/', privateV4],
  ['https://[0:0:0:0:0:0:0:1]/', privateV4],
  ['https://[::ffff:127.0.0.1]/', privateV4],
  ['https://[::ffff:7f00:1]/', privateV4],
  ['https://[::127.0.0.1]/', privateV4],
  ['https://[::7f00:1]/', privateV4],
  ['https://[::ffff:0:127.0.0.1]/', privateV4],
  ['https://[64:ff9b::127.0.0.1]/', privateV4],
  ['https://[64:ff9b:1::10.0.0.1]/', privateV4],
  ['https://[2002:7f00:1::]/', privateV4],
  ['https://[2001::1]/', privateV4],
  ['https://[2001:db8::1]/', privateV4],
  ['https://[fe80::1]/', privateV4],
  ['https://[fe80::1%25eth0]/', plainNotation],
  ['https://[fe80::1%eth0]/', plainNotation],
  ['https://[fc00::1]/', privateV4],
  ['https://[fd00:ec2::254]/', privateV4],
  ['https://[fec0::1]/', privateV4],
  ['https://[ff02::1]/', privateV4],
  ['https://[100::1]/', privateV4],
  ['https://[4000::1]/', privateV4],
  ['https://[2606:4700::5efe:10.0.0.1]/', privateV4],
  ['https://[2606:4700::200:5efe:10.0.0.1]/', privateV4],
  ['https://[::1/', plainNotation],
  ['https://[1::2::3]/', /not an address/],
  ['https://::1/', plainNotation],
  // Names.
  ['https://localhost/', machineName],
  ['https://LOCALHOST/', machineName],
  ['https://localhost./', /end with a dot/],
  ['https://a.localhost/', machineName],
  ['https://printer.local/', machineName],
  ['https://metadata.google.internal/', machineName],
  ['https://metadata.tencentyun.com/', machineName],
  ['https://metadata/', machineName],
  ['https://intranet/', machineName],
  ['https://1.0.0.127.in-addr.arpa/', machineName],
  ['https://router.lan/', machineName],
  ['https://127.0.0.1.nip.io/', echo],
  ['https://7f000001.nip.io/', echo],
  ['https://app-10-0-0-1.nip.io/', echo],
  ['https://www.192-168-0-1.sslip.io/', echo],
  ['https://--1.sslip.io/', echo],
  ['https://8.8.8.8.nip.io/', echo],
  ['https://localtest.me/', echo],
  ['https://a.lvh.me/', echo],
  ['https://10.0.0.1.example.com/', echo],
  ['https://ip-169-254-169-254.example.com/', echo],
  ['https://1.127.0.0.1.example.com/', echo],
];

test.each(refused)('refuses %s', (url, why) => {
  expect(webPageProblem(url, [])).toMatch(why);
  expect(webPageProblem(url, [])).toMatch(/^[A-Z].*\.$/);
});

test('an allow list does not open the rest', () => {
  expect(webPageProblem('https://127.0.0.1/', ['127.0.0.1', '*'])).toMatch(privateV4);
  expect(webPageProblem('https://a.local/', ['*.local'])).toMatch(machineName);
});

test.each([
  ['https://example.com/', ['*.example.com'], false],
  ['https://a.example.com/', ['*.example.com'], true],
  ['https://a.b.EXAMPLE.com/', ['*.Example.com'], true],
  ['https://badexample.com/', ['*.example.com'], false],
  ['https://a.example.com.evil.org/', ['*.example.com'], false],
  ['https://example.com/?.example.com', ['*.example.com'], false],
  ['https://evil.org/#a.example.com', ['*.example.com'], false],
  ['https://example.com/', ['example.com'], true],
  ['https://a.example.com/', ['example.com'], false],
  ['https://b.org/', ['example.com', '*.a.org', 'b.org'], true],
] as const)('%s with %j', (url, allow, taken) => {
  const problem = webPageProblem(url, allow);
  if (taken) expect(problem).toBeUndefined();
  else expect(problem).toBe(`Pages of this host are not recorded here; it must be one of ${allow.join(', ')}.`);
});

test.each([
  ['*.example.com', true],
  ['example.com', true],
  ['a_b.example.com', true],
  ['*', false],
  ['*.com', false],
  ['com', false],
  ['a.*.com', false],
  ['*example.com', false],
  ['https://example.com', false],
  ['example.com:443', false],
  ['example.com/', false],
])('%s as a pattern: %s', (pattern, taken) => {
  expect(hostPattern.test(pattern)).toBe(taken);
});

describe('RTMP', () => {
  test.each([
    'rtmp://live.example.com/app/key',
    'rtmps://live.example.com:443/app/key?sign=a',
    'rtmp://live.example.com:1935/app',
    'RTMP://live.example.com:5222/app',
    'rtmp://8.8.8.8/app/key',
  ])('takes %s', (url) => {
    expect(rtmpProblem(url)).toBeUndefined();
  });

  test.each<[string, RegExp]>([
    ['https://live.example.com/app', /rtmp:\/\/ or rtmps:\/\//],
    ['rtmp:/live.example.com/app', /rtmp:\/\/ or rtmps:\/\//],
    ['rtmp://live.example.com', /go on after the host/],
    ['rtmp://live.example.com/', /go on after the host/],
    ['rtmp://live.example.com:0/app', /from 1 to 65535/],
    ['rtmp://live.example.com:65536/app', /check the host and the port/],
    ['rtmp://user:pw@live.example.com/app', /user name/],
    ['rtmp://2130706433/app', privateV4],
    ['rtmps://[::ffff:127.0.0.1]/app', privateV4],
    ['rtmp://localhost/app', machineName],
    ['rtmp://10.0.0.1.nip.io/app', echo],
    [`rtmp://live.example.com/${'k'.repeat(1024)}`, /at most 1024/],
  ])('refuses %.40s', (url, why) => {
    expect(rtmpProblem(url)).toMatch(why);
  });
});

describe('addresses that are not public, in any notation', () => {
  /** Ranges that no page of the Internet is in (IANA, special-purpose address registry), as first address and length of the prefix. */
  const ranges: [number, number][] = [
    [0x00000000, 8],
    [0x0a000000, 8],
    [0x64400000, 10],
    [0x7f000000, 8],
    [0xa9fe0000, 16],
    [0xac100000, 12],
    [0xc0000000, 24],
    [0xc0a80000, 16],
    [0xc6120000, 15],
    [0xe0000000, 4],
    [0xf0000000, 4],
  ];
  const address = fc
    .constantFrom(...ranges)
    .chain(([first, length]) => fc.integer({ min: 0, max: 2 ** (32 - length) - 1 }).map((n) => first + n));
  const bytes = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
  const dotted = (n: number) => bytes(n).join('.');
  const hextets = (n: number) => `${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}`;
  /** Of a number: as it is, hexadecimal or octal, with zeros before it. */
  const inBase = (n: number, base: number, zeros: number) => {
    const filler = '0'.repeat(zeros);
    if (base === 16) return `0x${filler}${n.toString(16)}`;
    return base === 8 ? `0${filler}${n.toString(8)}` : String(n);
  };
  const otherDigits = ['０', '⓪', '𝟎', '𝟘', '₀', '⁰'];
  const disguised = fc.tuple(address, fc.infiniteStream(fc.nat(20))).map(([n, stream]) => {
    const pick = (choices: number) => (stream.next().value ?? 0) % choices;
    const [a = 0, b = 0, c = 0, d = 0] = bytes(n);
    const split = [[n], [a, n & 0xffffff], [a, b, n & 0xffff], [a, b, c, d]][pick(4)] ?? [];
    const numbers = split.map((part) => inBase(part, [10, 16, 8][pick(3)] ?? 10, pick(3))).join('.');
    switch (pick(9)) {
      case 0:
        return `[::ffff:${pick(2) ? dotted(n) : hextets(n)}]`;
      case 1:
        return `[::${pick(2) ? dotted(n) : hextets(n)}]`;
      case 2:
        return `[64:ff9b::${pick(2) ? dotted(n) : hextets(n)}]`;
      case 3:
        return `[2002:${hextets(n)}::${pick(20).toString(16)}]`;
      case 4:
        return [...dotted(n)].map((digit) => (digit === '.' ? '.' : (otherDigits[pick(6)] ?? digit))).join('');
      case 5:
        return [...dotted(n)].map((digit) => `%${digit.charCodeAt(0).toString(16)}`).join('');
      case 6:
        return `${dotted(n).replaceAll('.', pick(2) ? '-' : '.')}.${['nip.io', 'sslip.io', 'example.com'][pick(3)]}`;
      case 7:
        return `${numbers}.`;
      default:
        return pick(2) ? numbers : numbers.toUpperCase();
    }
  });

  test('are refused', () => {
    fc.assert(
      fc.property(disguised, fc.constantFrom('', ':443', ':8443'), (host, port) => {
        expect(webPageProblem(`https://${host}${port}/`, [])).toBeDefined();
        expect(rtmpProblem(`rtmp://${host}/app/key`)).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });

  test('whatever URL reads as such an address is refused', () => {
    const letters = fc.constantFrom(...'0123456789abcdefx.:[]%@/\\#?-１②。\t', 'localhost', '127', '0x7f', 'ffff');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 14 }), (parts) => {
        const text = `https://${parts.join('')}`;
        const host = URL.parse(text)?.hostname ?? '';
        if (!/^(127|10|0|192\.168|169\.254)(\.\d+)+\.?$|^\[::|^localhost$/.test(host)) return;
        expect(webPageProblem(text, [])).toBeDefined();
      }),
      { numRuns: 5000 },
    );
  });

  test('nothing makes it throw, and no reason shows what is behind the host', () => {
    const canary = 'S3CR3T-canary';
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), fc.string(), (url, junk) => {
        expect(webPageProblem(`${url}/${canary}`, ['a.example.com']) ?? '').not.toContain(canary);
        expect(rtmpProblem(`rtmp://${junk}/${canary}`) ?? '').not.toContain(canary);
        expect(() => webPageProblem(junk, [])).not.toThrow();
      }),
    );
  });
});
