import { type Args, failure, type Result } from './method.ts';

/**
 * One page of a list, by the arguments `limit` and `cursor` (docs.slack.dev/apis/web-api/pagination). A cursor is the key of the page's first
 * item, made unreadable as Slack's are; `next` is absent on the last page.
 */
export function pageOf<T>(
  items: T[],
  args: Args,
  rules: { limit: number; max: number; key: (item: T) => string; prefix: string },
): { items: T[]; next?: string } | Result {
  const limit = args.limit === undefined ? rules.limit : Number(args.limit);
  if (limit < 1 || limit > rules.max) return failure('invalid_limit');
  let from = 0;
  if (args.cursor !== undefined && args.cursor !== '') {
    const text = Buffer.from(String(args.cursor), 'base64').toString('utf8');
    from = items.findIndex((item) => text === `${rules.prefix}:${rules.key(item)}`);
    if (from < 0) return failure('invalid_cursor');
  }
  const next = items[from + limit];
  return {
    items: items.slice(from, from + limit),
    ...(next === undefined ? {} : { next: Buffer.from(`${rules.prefix}:${rules.key(next)}`).toString('base64') }),
  };
}
