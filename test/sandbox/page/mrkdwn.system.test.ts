import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPageRig } from './page-rig.ts';

/** mrkdwn as nodes, by the browser that shows it (docs.slack.dev/messaging/formatting-message-text). */
const rig = createPageRig();
beforeAll(async () => {
  await rig.start();
  await rig.newPage();
  await rig.open();
});
afterAll(async () => {
  await rig.closePage();
  await rig.end();
});

const html = (source: string) =>
  rig.page.evaluate<string>(`(async () => {
    const { mrkdwn } = await import('/mrkdwn.js');
    const names = { user: (id) => ({ U1: 'Ana', U2: 'Ben' })[id], channel: (id) => ({ C1: 'classes' })[id], me: () => 'U1' };
    const box = document.createElement('div');
    box.append(mrkdwn(${JSON.stringify(source)}, names));
    for (const a of box.querySelectorAll('a')) for (const name of ['target', 'rel', 'title']) a.removeAttribute(name);
    for (const t of box.querySelectorAll('time')) t.removeAttribute('title');
    return box.innerHTML;
  })()`);

describe('mrkdwn', () => {
  test.each([
    ['*bold* _italic_ ~struck~ `code`', '<strong>bold</strong> <em>italic</em> <s>struck</s> <code>code</code>'],
    ['*_both_*', '<strong><em>both</em></strong>'],
    ['2*3*4 snake_case_name a~b~c', '2*3*4 snake_case_name a~b~c'],
    ['`*not bold* &lt;b&gt;`', '<code>*not bold* &lt;b&gt;</code>'],
    ['a\nb', 'a<br>b'],
    ['```\n*x*\ny\n```\nafter', '<pre>*x*\ny\n</pre>after'],
    ['&gt; one\n&gt; two\nthree', '<blockquote>one<br>two</blockquote>three'],
    ['&lt;!channel&gt; &amp; &amp;lt;', '&lt;!channel&gt; &amp; &amp;lt;'],
    [
      '<@U1> <@U2> <@U7|zoe> <@U8>',
      /^<span class="mention me">@Ana<\/span> <span class="mention">@Ben<\/span> .*@zoe.*@U8/,
    ],
    ['<#C1> <#C9|hall> <#C8>', /#classes.*#hall.*private channel/],
    ['<!here> <!channel> <!everyone>', /(<span class="mention everyone">@(here|channel|everyone)<\/span> ?){3}/],
    ['<!subteam^S1|@teachers>', '<span class="mention">@teachers</span>'],
    ['<https://a.example/x?a=1&amp;b=2|the *file*>', '<a href="https://a.example/x?a=1&amp;b=2">the *file*</a>'],
    ['*<https://a.example/a_b_c|c>*', '<strong><a href="https://a.example/a_b_c">c</a></strong>'],
    [
      'see https://a.example/a_b_c, please',
      'see <a href="https://a.example/a_b_c">https://a.example/a_b_c</a>, please',
    ],
    ['<mailto:a@b.example|write>', '<a href="mailto:a@b.example">write</a>'],
    ['<javascript:alert(1)|click>', 'click'],
    ['<https://|broken> <http://[|worse>', 'broken worse'],
    [':tada: :not_an_emoji: :constructor:', '🎉 :not_an_emoji: :constructor:'],
    ['<!date^0^{date_num}|long ago>', /^<time datetime="1970-01-01T00:00:00.000Z">(1970-01-01|1969-12-31)<\/time>$/],
    ['<!date^x^{time}|long ago>', 'long ago'],
    ['<!date^0^{nothing}|long ago>', /\{nothing\}/],
    ['<!date^0^{date_num}^javascript:alert(1)|x>', /^19\d\d-\d\d-\d\d$/],
    ['<!date^0^{date_num}^https://a.example/|x>', /^<a href="https:\/\/a.example\/">19\d\d-\d\d-\d\d<\/a>$/],
  ])('%s', async (source, expected) => {
    if (typeof expected === 'string') expect(await html(source)).toBe(expected);
    else expect(await html(source)).toMatch(expected);
  });

  test('has every date token in the zone and language of the viewer', async () => {
    const at = Date.UTC(2026, 6, 14, 12, 5, 9);
    const hour = 3_600_000;
    const say = (format: string, now: number) =>
      rig.page.evaluate<string>(
        `import('/slack-date.js').then((m) => m.slackDate(${at / 1000}, ${JSON.stringify(format)}, ${now}))`,
      );
    const local = (options: Intl.DateTimeFormatOptions) =>
      rig.page.evaluate<string>(`new Date(${at}).toLocaleString(undefined, ${JSON.stringify(options)})`);
    expect(await say('{date}', at)).toBe(await local({ month: 'long', day: 'numeric' }));
    expect(await say('{date_short}', at)).toBe(await local({ month: 'short', day: 'numeric' }));
    expect(await say('{date_long}', at)).toBe(await local({ weekday: 'long', month: 'long', day: 'numeric' }));
    // Half a year away the year is needed.
    expect(await say('{date}', at + 200 * 24 * hour)).toBe(
      await local({ month: 'long', day: 'numeric', year: 'numeric' }),
    );
    expect(await say('{date_pretty} at', at)).toBe('today at');
    expect(await say('{date_short_pretty}', at + 24 * hour)).toBe('yesterday');
    expect(await say('{date_long_pretty}', at - 24 * hour)).toBe('tomorrow');
    expect(await say('{date_pretty}', at + 72 * hour)).toBe(await local({ month: 'long', day: 'numeric' }));
    expect(await say('{time}', at)).toBe(await local({ hour: 'numeric', minute: '2-digit' }));
    expect(await say('{time_secs}', at)).toBe(await local({ hour: 'numeric', minute: '2-digit', second: '2-digit' }));
    expect(await say('{ago}', at + 90_000)).toBe('1 minute ago');
    expect(await say('{ago}', at - 3 * hour)).toBe('in 3 hours');
  });
});
