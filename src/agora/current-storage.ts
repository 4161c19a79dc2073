import type { CredentialsReading, Refusal } from '../recording/ports.ts';
import type { StorageConfig } from './requests.ts';

/** Agora takes no temporary credentials that live shorter (Agora docs, rest-api/start, stsExpiration). Milliseconds. */
const shortestLife = 4 * 3_600_000;

/**
 * A storage with the keys that it has at this moment, or why it cannot be used: its temporary credentials cannot be read, or live for less than
 * Agora asks for. `reading`: undefined where its keys are in the settings. No key is in what is said.
 */
export function currentStorage(
  name: string,
  storage: StorageConfig,
  reading: CredentialsReading | undefined,
  now: number,
): { class: 'done'; storage: StorageConfig } | Refusal {
  if (reading && !reading.ok) {
    return {
      class: 'retry_new_resource',
      code: 'credentials',
      cause: `The temporary credentials of the storage "${name}" cannot be had: ${reading.why}`,
      next: 'See to what renews them.',
      reason: 'no credentials',
    };
  }
  const keys = reading?.credentials;
  const current: StorageConfig = keys
    ? {
        ...storage,
        accessKey: keys.accessKey,
        secretKey: keys.secretKey,
        stsToken: keys.stsToken,
        // Rounded towards the earlier.
        stsExpiration: Math.floor(keys.until / 1000),
      }
    : storage;
  const left = (current.stsExpiration ?? Infinity) * 1000 - now;
  if (left >= shortestLife) return { class: 'done', storage: current };
  return {
    class: 'operator_mistake',
    code: 'credentials',
    cause: `The temporary credentials of the storage "${name}" ${left <= 0 ? 'have run out' : `live for ${Math.floor(left / 60_000)} min more`}, and Agora takes none that live for less than 4 h.`,
    next: 'Have them renewed sooner, or issued for longer.',
    reason: 'credentials live too short',
  };
}

/** When the credentials of a storage run out, ms since the epoch; undefined: they do not. */
export function credentialsEnd(s: StorageConfig): number | undefined {
  return s.stsExpiration === undefined ? undefined : s.stsExpiration * 1000;
}

/** There is nothing that Agora does not have already. */
export function noFresher(name: string): Refusal {
  return {
    class: 'already',
    code: 'credentials',
    cause: `There are no fresher temporary credentials for the storage "${name}" than those that Agora has.`,
    next: 'See to what renews them.',
    reason: 'nothing fresher',
  };
}
