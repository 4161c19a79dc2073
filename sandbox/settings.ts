import { randomBytes } from 'node:crypto';

/** What the person who starts the sandbox can set. */
export interface SandboxSettings {
  /** Where the page is. 0: any free port. */
  port: number;
  /** Virtual seconds per second on Agora's side. */
  speed: number;
}

/** Reads SANDBOX_PORT and SANDBOX_SPEED; one sentence a problem. */
export function readSandboxSettings(
  env: Record<string, string | undefined>,
): { ok: true; settings: SandboxSettings } | { ok: false; problems: string[] } {
  const problems: string[] = [];
  const port = Number(env.SANDBOX_PORT || '4000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    problems.push(`SANDBOX_PORT is "${env.SANDBOX_PORT}", but a port is a whole number from 0 to 65535.`);
  }
  const speed = Number(env.SANDBOX_SPEED || '1');
  if (!Number.isFinite(speed) || speed < 0.1 || speed > 1000) {
    problems.push(`SANDBOX_SPEED is "${env.SANDBOX_SPEED}", but it is a number from 0.1 to 1000.`);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: { port, speed } };
}

/** Keys of a workspace, an Agora project and a bucket that exist only while this sandbox runs. */
export function makeCredentials() {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  return {
    botToken: `xoxb-1000000000-${hex(12)}`,
    appToken: `xapp-1-A0SANDBOX-${hex(16)}`,
    signingSecret: hex(16),
    appId: hex(16),
    appCertificate: hex(16),
    customerId: hex(16),
    customerSecret: hex(16),
    notificationSecret: hex(12),
    bucket: 'sandbox-recordings',
    accessKey: hex(10),
    secretKey: hex(20),
  };
}

export type Credentials = ReturnType<typeof makeCredentials>;
