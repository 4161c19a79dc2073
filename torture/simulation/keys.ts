/** Those of Agora, Slack and the bucket, which the sandbox has too. */
export const keys = {
  appId: 'a1'.repeat(16),
  appCertificate: 'b2'.repeat(16),
  customerId: 'customer',
  customerSecret: 'canary-customer-secret',
  notificationSecret: 'canary-notification-secret',
  accessKey: 'canary-access-key',
  secretKey: 'canary-storage-secret',
  botToken: 'xoxb-canary-bot-token',
  appToken: 'xapp-canary-app-token',
  signingSecret: 'canary-signing-secret',
};
