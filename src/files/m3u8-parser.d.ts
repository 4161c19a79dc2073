/** What is used of m3u8-parser, which brings no types. */
declare module 'm3u8-parser' {
  export interface Segment {
    uri: string;
    duration?: number;
    discontinuity?: boolean;
  }
  export interface Variant {
    uri: string;
    attributes?: Record<string, unknown>;
  }
  export interface Manifest {
    version?: number;
    targetDuration?: number;
    endList?: boolean;
    segments: Segment[];
    playlists?: Variant[];
    mediaGroups?: Record<string, Record<string, Record<string, { uri?: string }>>>;
  }
  export class Parser {
    push(text: string): void;
    end(): void;
    manifest: Manifest;
  }
}
