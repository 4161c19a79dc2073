import type { Refusal } from '../recording/ports.ts';
import { type Endpoint, familyRows, lastRows, type Meaning, type OutcomeRow, outcomeRows } from './outcome-rows.ts';

/** Calls that change nothing which could be there twice or be gone. */
export const harmless: ReadonlySet<Endpoint> = new Set(['acquire', 'query']);

/**
 * What an answer that is not success means. The body's code decides, and its status only where that makes a difference. `words` is Agora's own
 * text, for operators. `listed`: a row says so, and it is not just any error of a server.
 */
export function refusalOf(
  endpoint: Endpoint,
  status: number,
  code: number | undefined,
  words: string,
): { refusal: Refusal; listed: boolean } {
  const text = words.trim().toLowerCase().replace(/\.$/, '');
  const meant = (r: OutcomeRow) => r.endpoint === 'any' || r.endpoint === endpoint;
  const inStatus = (r: OutcomeRow) => r.status === 'any' || r.status === status;
  const said = (r: OutcomeRow) => r.code === 'any' || r.code === (code ?? text);
  const row =
    outcomeRows.find((r) => meant(r) && inStatus(r) && said(r)) ??
    (code === undefined ? undefined : outcomeRows.find((r) => meant(r) && r.code === code)) ??
    familyRows.find((r) => meant(r) && inStatus(r) && (said(r) || (r.code === 'none' && code === undefined)));
  const meaning = row?.meaning ?? (harmless.has(endpoint) ? lastRows.harmless : lastRows.atStake);
  return { refusal: say(meaning, `${status}/${code ?? '-'}`, words), listed: row !== undefined };
}

/** There was no answer. `sent`: the request may have reached Agora. */
export function noAnswer(endpoint: Endpoint, kind: 'timeout' | 'network', sent: boolean, words: string): Refusal {
  const atStake = sent && !harmless.has(endpoint);
  const cause = kind === 'timeout' ? 'Agora did not answer in time.' : 'Agora could not be reached.';
  return say([atStake ? 'unknown' : 'retry_same', cause, lastRows.harmless[2]], kind, words);
}

/** HTTP 200 with a body that does not say what it has to: it is not Agora's, or not whole. */
export function senseless(endpoint: Endpoint): Refusal {
  const cause = 'Agora gave an answer that makes no sense.';
  const next = 'It is tried again; if it repeats, check AGORA_API_URLS.';
  return say([harmless.has(endpoint) ? 'retry_same' : 'unknown', cause, next], '200/-', 'unreadable body');
}

function say([kind, cause, next]: Meaning, code: string, reason: string): Refusal {
  return { class: kind, code, cause, next, reason };
}
