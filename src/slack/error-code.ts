/** How Slack writes its codes. The client gives an answer that is no JSON, as a page of a proxy, in the same place. */
const code = /^[a-z0-9_]{1,100}$/;

/** The `error` of a Web API answer that was not ok, e.g. `invalid_auth`. Undefined: there is no such answer of Slack's. */
export function slackErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('data' in error)) return undefined;
  const { data } = error;
  if (typeof data !== 'object' || data === null || !('error' in data)) return undefined;
  return typeof data.error === 'string' && code.test(data.error) ? data.error : undefined;
}
