import type { Proof } from '../proof.ts';
import { fuzzAgoraReplies } from './fuzz-agora-replies.ts';
import { fuzzButtons } from './fuzz-buttons.ts';
import { fuzzCommands } from './fuzz-commands.ts';
import { fuzzFacts } from './fuzz-facts.ts';
import { fuzzNotifications } from './fuzz-notifications.ts';
import { fuzzProfiles } from './fuzz-profiles.ts';
import { fuzzSlackRequests } from './fuzz-slack-requests.ts';
import { fuzzStoredBytes } from './fuzz-stored-bytes.ts';
import { fuzzWatchTokens } from './fuzz-watch-tokens.ts';
import { type Fuzz, together } from './try-all.ts';

/** What comes in from outside, with how many inputs of it `npm test` has time for. */
export const fuzzes: readonly (readonly [what: string, fuzz: Fuzz, bounded: number])[] = [
  ['commands', fuzzCommands, 300],
  ['buttons', fuzzButtons, 100],
  ['requests of Slack', fuzzSlackRequests, 100],
  ['notifications', fuzzNotifications, 500],
  ['answers of Agora', fuzzAgoraReplies, 1_000],
  ['facts about a recording', fuzzFacts, 2_000],
  ['stored bytes', fuzzStoredBytes, 500],
  ['profiles.yml', fuzzProfiles, 300],
  ['watch tokens', fuzzWatchTokens, 1_000],
];

/** So many times the bounded number. */
const long = 20;

export const fuzz: Proof = {
  title: 'Input',
  promise: 'Whatever comes in is refused clearly or does nothing: no crash, and no change by anybody who may not.',
  async run({ scale, seed = scale === 'long' ? Date.now() % 1_000_000_000 : 1 }) {
    const all = [];
    for (const [, one, bounded] of fuzzes)
      all.push(await one({ runs: scale === 'long' ? bounded * long : bounded, seed }));
    return together([{ figures: [['seed', seed]], violations: [] }, ...all]);
  },
};
