/** The part of agora-token that is used and that its own types leave out: tokens with a time of issue. */
declare module 'agora-token/src/AccessToken2.js' {
  export class ServiceRtc {
    static readonly kPrivilegeJoinChannel: number;
    constructor(channelName: string, uid: number);
    /** `expire`: seconds after the time of issue. */
    add_privilege(privilege: number, expire: number): void;
  }
  export class AccessToken2 {
    /** `issueTs`: seconds since the epoch; `expire`: seconds after that. */
    constructor(appId: string, appCertificate: string, issueTs: number, expire: number);
    add_service(service: ServiceRtc): void;
    /** `''` when the App ID or the certificate is not 32 hex digits. */
    build(): string;
  }
}
