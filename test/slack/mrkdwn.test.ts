import { describe, expect, test } from 'vitest';
import {
  channel,
  clip,
  code,
  escaped,
  link,
  type Mrkdwn,
  mrkdwn,
  plain,
  time,
  user,
  userGroup,
} from '../../src/slack/mrkdwn.ts';

describe('escaped', () => {
  test.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U0ANA>', '&lt;@U0ANA&gt;'],
    ['a&b', 'a&amp;b'],
    ['&lt;', '&amp;lt;'],
    ['two\r\nlines\tand a tab', 'two lines and a tab'],
    ['two\u2028lines', 'two lines'],
    ['evil\u202egpj.exe', 'evilgpj.exe'],
    ['so\u00adft \u061carabic \u200bzero \ufefffirst', 'soft arabic zero first'],
    ['bell\u0007 \u0000nul', 'bell nul'],
  ])('%j becomes %j', (given, wanted) => {
    expect(escaped(given)).toBe(wanted);
  });
});

describe('plain', () => {
  test('cuts at the length, and not through a character', () => {
    expect(plain('x'.repeat(300), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(plain('1234🎬5678', 6)).toBe('1234…');
    expect(plain('1234567890', 10)).toBe('1234567890');
  });
});

test('a backtick does not end code', () => {
  expect(code('a`b<!here>')).toBe("`a'b&lt;!here&gt;`");
});

describe('ids that are none are text', () => {
  test.each([
    [user, 'U0ANA', '<@U0ANA>'],
    [user, 'W0ANA', '<@W0ANA>'],
    [user, '!channel', '!channel'],
    [user, 'U1><!here', 'U1&gt;&lt;!here'],
    [channel, 'C0CLASSES', '<#C0CLASSES>'],
    [channel, 'U0ANA', 'U0ANA'],
    [userGroup, 'S0TEACHERS', '<!subteam^S0TEACHERS>'],
    [userGroup, 'S1|<', 'S1|&lt;'],
  ])('%o of %j', (make, id, wanted) => {
    expect(make(id)).toBe(wanted);
  });
});

test('a link cannot be left through its address or its label', () => {
  expect(link('https://x.example/a|b>c<d&e', 'l|a>b<c&d')).toBe(
    '<https://x.example/a%7Cb%3Ec%3Cd&amp;e|l¦a&gt;b&lt;c&amp;d>',
  );
});

test('a time is in the zone of the reader, and in UTC where Slack cannot show it', () => {
  expect(time(Date.UTC(2026, 0, 2, 3, 4, 59))).toBe('<!date^1767323099^{time}|2026-01-02 03:04 UTC>');
});

describe('clip', () => {
  const long = (tail: Mrkdwn) => mrkdwn`${escaped('x'.repeat(18))}${tail}`;
  test.each([
    ['a link', link('https://x.example', 'label')],
    ['a mention', user('U0ANA')],
    ['an escaped character', escaped('&&&')],
    ['a pair of surrogates', escaped('🎬🎬🎬')],
  ])('does not tear %s apart', (_what, tail) => {
    const whole = long(tail);
    for (let max = 19; max < whole.length; max++) {
      const text = clip(whole, max);
      expect(text.length).toBeLessThanOrEqual(max);
      expect(text).toMatch(/^x{18}(?:&amp;|🎬)*…$/u);
    }
    expect(clip(whole, whole.length)).toBe(whole);
  });

  test('leaves alone what fits', () => {
    expect(clip(escaped('a&b'), 7)).toBe('a&amp;b');
  });
});
