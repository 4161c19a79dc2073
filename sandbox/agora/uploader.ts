import type { BucketClient, UploadTarget } from './bucket-client.ts';

export interface Uploader {
  /**
   * Begins to upload. Resolves with true when the object is in the bucket or kept in Agora's backup, with false when it never will be. `at`: the
   * virtual ms at which it was made. A newer body for a key that still waits takes its place.
   */
  put(key: string, body: Buffer | string, at: number): Promise<boolean>;
  /** Keeps what comes from now on in Agora's backup instead of the bucket. */
  divert(): void;
  diverted(): boolean;
  /** Brings what is in the backup to the bucket. */
  deliver(at: number): void;
  /** Goes on with these keys; what waited for new ones goes out. */
  retarget(target: UploadTarget): void;
  /** False while the keys have run out: what comes is kept back. */
  setUsable(usable: boolean): void;
  /** In the bucket or in the backup. */
  has(key: string): boolean;
  /** Nothing is under way. What is kept back does not count. */
  idle(): boolean;
  whenIdle(): Promise<void>;
  /** What is kept back or waits goes nowhere. */
  abandon(): void;
}

export interface UploaderOptions {
  target: UploadTarget;
  client: BucketClient;
  /** The bucket does not take it, and never will. `at`: when the object was made. */
  onRefused(at: number): void;
  /** The bucket says that the keys have run out; what waits for others is kept back. */
  onExpired(at: number): void;
  /** 31: it is tried again; 32: it goes to the backup (Agora docs, event 2). */
  onWarning(at: number, warnCode: 31 | 32): void;
  /** Real ms before each try after a failed one. */
  retryWaits: readonly number[] | undefined;
}

interface Job {
  body: Buffer;
  at: number;
  settle: ((stored: boolean) => void)[];
}

/** Uploads of one task at a time. */
const parallel = 4;
const defaultWaits = [200, 1_000, 3_000];

/** The upload side of one task: a queue that never holds the recording up, with Agora's backup behind it. */
export function createUploader(o: UploaderOptions): Uploader {
  let target = o.target;
  let usable = true;
  let copies = 0;
  let abandoned = false;
  const stored = new Set<string>();
  const waiting = new Map<string, Job>();
  const underWay = new Set<string>();
  const idlers: (() => void)[] = [];
  let backup: Map<string, Job> | undefined;
  let backedUp = false;

  const idle = () => underWay.size === 0 && (waiting.size === 0 || !usable);
  const tellIdle = () => {
    if (idle()) for (const tell of idlers.splice(0)) tell();
  };
  const settle = (job: Job, ok: boolean) => {
    for (const tell of job.settle) tell(ok);
  };

  function keep(key: string, job: Job): void {
    backup ??= new Map();
    backup.delete(key);
    backup.set(key, job);
    stored.add(key);
    settle(job, true);
  }

  function abandon(): void {
    abandoned = true;
    for (const job of waiting.values()) settle(job, false);
    waiting.clear();
    backup = undefined;
    tellIdle();
  }

  /**
   * What an upload of a list that failed at first leaves: a copy of its own name, `..._{tick}_{index}.m3u8` (Agora docs, manage recorded files). The
   * list itself stays as it was until it grows again.
   */
  function copyName(key: string, at: number): string {
    const name = key.replace(/\.m3u8$/, `_${Math.round(at)}_${copies}.m3u8`);
    copies += 1;
    return name;
  }

  async function send(key: string, job: Job): Promise<void> {
    let name = key;
    const waits = o.retryWaits ?? defaultWaits;
    for (let tries = 0; !abandoned; tries++) {
      const outcome = await o.client.put(target, name, job.body);
      if (abandoned) break;
      if (outcome === 'stored') {
        stored.add(name);
        settle(job, true);
        return;
      }
      if (outcome === 'expired') {
        usable = false;
        // Nobody knows when there will be others, so nothing waits for it. It goes out with them, unless there is a newer version by then.
        settle(job, false);
        const again: Job = { ...job, settle: [] };
        if (backup) keep(key, again);
        else if (!waiting.has(key)) waiting.set(key, again);
        o.onExpired(job.at);
        return;
      }
      if (outcome === 'refused') {
        settle(job, false);
        o.onRefused(job.at);
        return;
      }
      const wait = waits[tries];
      if (wait === undefined) {
        // Said once, however often it fails to be brought from there.
        if (!backedUp) o.onWarning(job.at, 32);
        backedUp = true;
        keep(key, job);
        return;
      }
      if (tries === 0) {
        o.onWarning(job.at, 31);
        if (key.endsWith('.m3u8')) name = copyName(key, job.at);
      }
      await new Promise((resolve) => setTimeout(resolve, wait).unref());
    }
    settle(job, false);
  }

  function pump(): void {
    if (usable && !abandoned) {
      for (const [key, job] of waiting) {
        if (underWay.size >= parallel) break;
        // Two versions of a list must not overtake one another.
        if (underWay.has(key)) continue;
        waiting.delete(key);
        underWay.add(key);
        void send(key, job).finally(() => {
          underWay.delete(key);
          pump();
        });
      }
    }
    tellIdle();
  }

  function enqueue(key: string, job: Job): void {
    const older = waiting.get(key);
    if (older) job.settle.push(...older.settle);
    waiting.set(key, job);
    pump();
  }

  return {
    put(key, content, at) {
      return new Promise((resolve) => {
        const job: Job = { body: typeof content === 'string' ? Buffer.from(content) : content, at, settle: [resolve] };
        if (abandoned) resolve(false);
        else if (backup) keep(key, job);
        else enqueue(key, job);
      });
    },
    divert() {
      backup ??= new Map();
      // What waits for keys that work would wait for ever.
      if (usable) return;
      for (const [key, job] of waiting) keep(key, job);
      waiting.clear();
      tellIdle();
    },
    diverted: () => backup !== undefined,
    deliver(at) {
      const held = backup ?? new Map<string, Job>();
      backup = undefined;
      for (const [key, job] of held) enqueue(key, { body: job.body, at, settle: [] });
    },
    retarget(next) {
      target = next;
    },
    setUsable(value) {
      usable = value;
      pump();
    },
    has: (key) => stored.has(key),
    idle,
    whenIdle: () => new Promise((resolve) => (idle() ? resolve() : idlers.push(resolve))),
    abandon,
  };
}
