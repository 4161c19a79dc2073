/**
 * Text that may be put into a mrkdwn field. Only this file makes it, so text of people's or of Agora's cannot get in unescaped: it does not
 * compile. `<!channel>` is a legal Agora channel name, and must never ping anyone.
 */
export type Mrkdwn = string & { readonly mrkdwn: unique symbol };

/**
 * Control and format characters (those that turn the reading direction among them), line separators and halves of surrogate pairs: they
 * could make a text look like another one.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Plain text for a plain_text field, without what cannot be seen and not longer than `max` characters. */
export function plain(text: string, max = 200): string {
  const clean = text.replace(/[\r\n\t\u2028\u2029]+/g, ' ').replace(unseen, '');
  return clean.length <= max ? clean : `${clean.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Any text, made harmless (docs.slack.dev/messaging/formatting-message-text: only & < > are escaped). */
export function escaped(text: string, max = 200): Mrkdwn {
  return plain(text, max).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') as Mrkdwn;
}

/** Any text as code. A backtick would end it, so it becomes a quote. */
export function code(text: string, max = 200): Mrkdwn {
  const harmless = plain(text, max)
    .replaceAll('`', "'")
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return `\`${harmless}\`` as Mrkdwn;
}

/** Text over several lines, as it is. */
export function preformatted(text: string, max = 2_900): Mrkdwn {
  const clean = text
    .replace(/[^\S\n]/g, ' ')
    .replaceAll('`', "'")
    .replace(/[\p{Cf}\p{Cs}]/gu, '');
  const harmless = clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const cut = harmless.length <= max ? harmless : `${harmless.slice(0, max).replace(/&[a-z]*$/, '')}\n…`;
  return `\`\`\`${cut}\`\`\`` as Mrkdwn;
}

/** Our own words and marks, with {@link Mrkdwn} in the gaps. */
export function mrkdwn(strings: TemplateStringsArray, ...gaps: (Mrkdwn | number)[]): Mrkdwn {
  return strings.reduce((text, s, i) => `${text}${i === 0 ? '' : (gaps[i - 1] ?? '')}${s}`, '') as Mrkdwn;
}

export function join(parts: readonly Mrkdwn[], separator: ' ' | '\n' | ', ' | ' · '): Mrkdwn {
  return parts.join(separator) as Mrkdwn;
}

/** At most `max` characters, cut where no mark of Slack's and no escaped character is torn apart. */
export function clip(text: Mrkdwn, max: number): Mrkdwn {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${cut.replace(/(?:<[^>]*|&[a-z]*|[\ud800-\udbff])$/, '')}…` as Mrkdwn;
}

/** Mentions a person, by an id that Slack gave. */
export function user(id: string): Mrkdwn {
  return /^[UW][A-Z0-9]+$/.test(id) ? (`<@${id}>` as Mrkdwn) : escaped(id);
}

export function userGroup(id: string): Mrkdwn {
  return /^S[A-Z0-9]+$/.test(id) ? (`<!subteam^${id}>` as Mrkdwn) : escaped(id);
}

export function channel(id: string): Mrkdwn {
  return /^[CGD][A-Z0-9]+$/.test(id) ? (`<#${id}>` as Mrkdwn) : escaped(id);
}

/** A link. Marks of Slack's own are escaped in both parts. */
export function link(url: string, label: string): Mrkdwn {
  const address = url.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('|', '%7C');
  return `<${address}|${plain(label).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('|', '¦')}>` as Mrkdwn;
}

/** A time in each reader's own zone, `ms` since the epoch; with the time in UTC where Slack cannot show it. */
export function time(ms: number, format: '{time}' | '{date_short_pretty} {time}' = '{time}'): Mrkdwn {
  const utc = new Date(ms).toISOString();
  return `<!date^${Math.floor(ms / 1000)}^${format}|${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC>` as Mrkdwn;
}
