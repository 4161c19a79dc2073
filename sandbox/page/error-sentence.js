/**
 * What a person reads when the sandbox answers with an error code.
 * @param {string} code
 * @param {string} app the app's name
 */
export function errorSentence(code, app) {
  switch (code) {
    case 'not_in_channel':
      return 'you are not a member of this channel.';
    case 'channel_not_found':
      return 'this channel is gone.';
    case 'is_archived':
      return 'this channel is archived, so nothing can be said here any more.';
    case 'interactivity_is_off':
      return `interactivity is switched off in the manifest of ${app}.`;
    case 'message_not_found':
      return 'that message is gone.';
    case 'action_not_found':
      return 'that button is gone.';
    case 'operation_timeout':
      return `${app} did not answer in time.`;
    case 'dispatch_failed':
      return `${app} is not connected, or answered with an error.`;
    default:
      return code;
  }
}

/** Slackbot has told these to the person already. */
export const toldBySlackbot = ['operation_timeout', 'dispatch_failed', 'unknown_command'];
