/**
 * The tokens of `<!date^…>` in the viewer's own zone and language (docs.slack.dev/messaging/formatting-message-text, "Date formatting").
 * @param {number} unix seconds
 * @param {string} format text with tokens such as `{date_short}`
 * @param {number} now ms since the epoch
 */
export function slackDate(unix, format, now) {
  const date = new Date(unix * 1000);
  /** @param {Intl.DateTimeFormatOptions} options */
  const say = (options) => new Intl.DateTimeFormat(undefined, options).format(date);
  // Slack leaves the year out of dates within about six months.
  const year = Math.abs(date.getTime() - now) > 183 * 86_400_000 ? /** @type {const} */ ('numeric') : undefined;
  /** @param {Intl.DateTimeFormatOptions} options */
  const day = (options) => say(year ? { ...options, year } : options);
  const long = () => day({ month: 'long', day: 'numeric' });
  const short = () => day({ month: 'short', day: 'numeric' });
  const full = () => day({ weekday: 'long', month: 'long', day: 'numeric' });
  const away = Math.round((midnight(date) - midnight(new Date(now))) / 86_400_000);
  const near = new Map([
    [-1, 'yesterday'],
    [0, 'today'],
    [1, 'tomorrow'],
  ]).get(away);
  /** @type {Record<string, () => string>} */
  const tokens = {
    date_num: () => [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-'),
    date: long,
    date_short: short,
    date_long: full,
    date_pretty: () => near ?? long(),
    date_short_pretty: () => near ?? short(),
    date_long_pretty: () => near ?? full(),
    time: () => say({ hour: 'numeric', minute: '2-digit' }),
    time_secs: () => say({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: () => ago((date.getTime() - now) / 1000),
  };
  return format.replace(/\{(\w+)\}/g, (all, name) => (Object.hasOwn(tokens, name) ? (tokens[name]?.() ?? all) : all));
}

/** @param {Date} d */
const midnight = (d) => new Date(d).setHours(0, 0, 0, 0);
/** @param {number} n */
const two = (n) => String(n).padStart(2, '0');

/** @param {number} seconds negative in the past */
function ago(seconds) {
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  for (const [unit, length] of /** @type {const} */ ([
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ])) {
    if (Math.abs(seconds) >= length) return words.format(Math.round(seconds / length), unit);
  }
  return words.format(Math.round(seconds), 'second');
}
