import type { FaultEndpoint, FaultRequest } from '../ui-protocol.ts';
import type { Host } from './host.ts';
import type { World } from './rest.ts';

export interface Failure {
  endpoint: FaultEndpoint | '*';
  /** How many calls it meets; one unless said. */
  times?: number;
  /** Answer this instead. */
  status?: number;
  body?: object;
  /** The call takes effect, and the answer is another one all the same. */
  after?: boolean;
  /** End the connection without an answer, before or after the call took effect. */
  drop?: 'before' | 'after';
  /** Real ms. */
  delayMs?: number;
}

export interface Faults {
  /** What the page or a test asks for. */
  request(request: FaultRequest): { ok: boolean; error?: string };
  add(failure: Failure): void;
  /** What is to happen to this call; it counts as having met it. */
  take(endpoint: string): Failure | undefined;
  /** Every call answers 500. */
  isDown(): boolean;
  /** No recorder is free. */
  isFull(): boolean;
}

/** Everything that can be made to go wrong on demand. */
export function createFaults(world: World, host: (n: number) => Host | undefined): Faults {
  const failures: Failure[] = [];
  let down = false;
  let full = false;

  const add = (failure: Failure): void => {
    failures.push({ ...failure });
  };

  function taskFault(request: Extract<FaultRequest, { sid: string }>): { ok: boolean; error?: string } {
    const task = world.tasks.find((t) => t.sid === request.sid);
    if (!task) return { ok: false, error: 'There is no such task.' };
    if (task.endedAt() !== undefined) return { ok: false, error: 'This task has ended.' };
    const now = world.now();
    switch (request.kind) {
      case 'upload_to_backup':
        task.divertUpload();
        return { ok: true };
      case 'recorder_dies':
        task.die(now);
        return { ok: true };
      case 'slow_upload':
        task.slowUpload(request.seconds * 1000);
        return { ok: true };
      case 'web_page': {
        const { what } = request;
        if (task.web?.state() !== 'inProgress')
          return { ok: false, error: 'Only a page that is being recorded can do that.' };
        if (what === 'audio_silence') task.web.reload(now);
        else if (what === 'recorder_error') task.endWeb(6, now);
        else task.web.hitLimit(what, now);
        return { ok: true };
      }
      case 'failover':
        return task.startFailover(now)
          ? { ok: true }
          : { ok: false, error: 'Only a recorder that is in the channel can fail over.' };
    }
  }

  return {
    request(request) {
      switch (request.kind) {
        case 'http_500_on':
        case 'http_500_off':
          down = request.kind === 'http_500_on';
          return { ok: true };
        case 'capacity_full_on':
        case 'capacity_full_off':
          full = request.kind === 'capacity_full_on';
          return { ok: true };
        case 'bucket_refuses_on':
        case 'bucket_refuses_off':
          return { ok: false, error: 'That is the bucket’s affair.' };
        case 'host_down':
        case 'host_up': {
          const one = host(request.host);
          one?.setDown(request.kind === 'host_down');
          return one ? { ok: true } : { ok: false, error: 'There is no such host.' };
        }
        case 'answer':
        case 'delay': {
          const { kind: _, ...failure } = request;
          add(failure);
          return { ok: true };
        }
        case 'drop': {
          const { kind: _, after = false, ...failure } = request;
          add({ ...failure, drop: after ? 'after' : 'before' });
          return { ok: true };
        }
        default:
          return taskFault(request);
      }
    },
    add,
    take(endpoint) {
      const i = failures.findIndex((f) => f.endpoint === endpoint || f.endpoint === '*');
      const failure = failures[i];
      if (!failure) return undefined;
      failure.times = (failure.times ?? 1) - 1;
      if (failure.times <= 0) failures.splice(i, 1);
      return failure;
    },
    isDown: () => down,
    isFull: () => full,
  };
}
