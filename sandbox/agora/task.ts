import type { BucketClient, UploadTarget } from './bucket-client.ts';
import { type Fields, fieldsOf } from './check.ts';
import type { Media } from './media.ts';
import type { Notifier } from './notifier.ts';
import type { Moment, Recorder } from './recorder.ts';
import { baseName, createRecordingFiles, type RecordingFiles } from './recording-files.ts';
import { type RecordingPlan, rtmpUrlsIn, subscriptionIn } from './recording-plan.ts';
import { createRtcRecorder } from './rtc-recorder.ts';
import { createTaskEvents, type ServiceScene, type Upload, type WebStopCode } from './task-events.ts';
import { createUploader } from './uploader.ts';
import { createWebRecorder, type WebPage, type WebRecorder } from './web-recorder.ts';

/** Virtual milliseconds after start until each status (Agora docs, rest-api/query): a recorder needs a moment to be ready. */
const readiness: readonly { status: number; after: number }[] = [
  { status: 2, after: 500 },
  { status: 3, after: 1_000 },
  { status: 4, after: 2_000 },
];
const uploadTime = 2_000;
/** Recovery is done within 90 s; most of them sooner (Agora docs, high availability). */
const failoverTime = 60_000;
/** Agora says that backed up files are forwarded, not when. A minute is short enough to be seen in a sandbox. */
const backupTime = 60_000;
/** So long a stop that waits for the upload is held, ms (Agora docs, rest-api/stop). */
const stopPatience = 20_000;
const progressInterval = 60_000;
/** A recording is brought back three times at most (Agora docs, high availability). */
const maxFailovers = 3;

export interface TaskOptions {
  sid: string;
  resourceId: string;
  cname: string;
  uid: string;
  plan: RecordingPlan;
  /** Virtual ms. */
  startedAt: number;
  /** When the token runs out, virtual ms; with an errorCode it was wrong from the start. */
  tokenEnd: { at: number } | { errorCode: 109 | 110 };
  media: Media;
  notifier: Notifier;
  bucket: BucketClient;
  uploadRetryWaits: readonly number[] | undefined;
  target: UploadTarget;
  /** When the bucket's STS token runs out, virtual ms. */
  stsEnd: number | undefined;
  /** storageConfig.fileNamePrefix */
  prefix: readonly string[];
  /** Uids of those who publish in the channel at the moment. */
  publishers: (cname: string) => readonly string[];
  page: (url: string) => WebPage;
  /** It needs advancing again. */
  onStir?: () => void;
  /** Whether no kicking rule keeps this uid out of the channel at this virtual time. */
  mayJoin: (cname: string, uid: string, at: number) => boolean;
}

/** How a stop ended; `failed`: the bucket refused what was left; `late`: it takes longer than an answer may. */
export type StopOutcome = Upload | 'failed' | 'late';

export interface Task {
  readonly sid: string;
  readonly resourceId: string;
  readonly cname: string;
  /** The uid of acquire and start. */
  readonly uid: string;
  readonly startedAt: number;
  readonly plan: RecordingPlan;
  readonly files: RecordingFiles;
  /** Web mode only. */
  readonly web: WebRecorder | undefined;
  /** The uid that is in the channel; another one after a failover, none while nobody is there. */
  uidInChannel(): string | undefined;
  status(): number;
  statusText(): string;
  /** Virtual ms; undefined while it runs and bills. */
  endedAt(): number | undefined;
  /** Query, update and stop answer; false: 404. */
  reachable(): boolean;
  exiting(): boolean;
  /** Brings it to this virtual time. */
  advance(now: number): void;
  /** Before this virtual time it needs no advancing, unless `onStir` says so. Undefined: it does. */
  restsUntil(): number | undefined;
  /** Somebody came into the channel or left it. */
  look(now: number): void;
  /** Takes what update says about who is subscribed, about the page, and about the live push. */
  update(change: Fields, now: number): void;
  /** New keys of the bucket. `stsEnd`: virtual ms. */
  refreshStorage(target: UploadTarget, stsEnd: number | undefined): void;
  /** Begins the stop; resolves with how the upload went. */
  stop(now: number): Promise<StopOutcome>;
  /** Put out of the channel from outside. */
  kick(now: number): void;
  die(now: number): void;
  /** Ends a page's recording as Agora would. */
  endWeb(code: WebStopCode, now: number): void;
  /** False: it is not in a state in which it could. */
  startFailover(now: number): boolean;
  divertUpload(): void;
  /** The upload after the end takes so many virtual ms. */
  slowUpload(ms: number): void;
  /** Nothing is under way to the bucket or to the receiver of notifications. */
  settled(): Promise<void>;
}

/**
 * One cloud recording task and all that happens to it in virtual time. However large the steps are in which time passes, everything happens at
 * its own moment, so that what is billed does not depend on them. Uploads take real time and hold nothing up but the end of a stop.
 */
export function createTask(o: TaskOptions): Task {
  const { cname, plan } = o;
  const scene: ServiceScene = plan.web ? 'web_record' : plan.hls ? 'rtc_record' : 'rtc_snapshot';
  const events = createTaskEvents({ ...o, scene });
  const base = baseName(o.sid, cname);
  let uid = o.uid;
  let status = 1;
  /** Virtual ms up to which everything has happened. */
  let clock = o.startedAt;
  let endedAt: number | undefined;
  let failoverUntil: number | undefined;
  let failovers = 0;
  let stoppedAt: number | undefined;
  let uploadMs = uploadTime;
  let landAt: number | undefined;
  let over = false;
  let progressAt = o.startedAt;
  let stsEnd = o.stsEnd;
  let keysExpired = false;
  let divertAtExit = false;
  let restsUntil: number | undefined;
  const stir = (at?: number) => {
    if (at !== undefined) clock = Math.max(clock, at);
    if (restsUntil === undefined) return;
    restsUntil = undefined;
    o.onStir?.();
  };
  const waiting: ((how: StopOutcome) => void)[] = [];

  const uploader = createUploader({
    target: o.target,
    client: o.bucket,
    retryWaits: o.uploadRetryWaits,
    // Agora has made no backup of a recording with a wrong bucket or keys since 2019.
    onRefused: (at) => breakDown(at, { module: 1, errorCode: 32 }),
    onExpired: (at) => {
      if (!keysExpired && !over) expireSts(Math.max(at, clock));
    },
    onWarning: (at, warnCode) => events.warning(Math.max(at, clock), warnCode),
  });
  const files = createRecordingFiles({
    plan,
    media: o.media,
    uploader,
    prefix: o.prefix,
    base,
    onFile(fileName, at, uploaded) {
      // Nobody knows when there will be keys again; what happens meanwhile must not wait for it.
      if (!keysExpired) events.fileInfos(at, fileName, uploaded);
    },
    onFirst(uploaded) {
      void uploaded.then((ok) => {
        if (ok && status === 4) status = 5;
      });
    },
  });
  const web = plan.web
    ? createWebRecorder({ web: plan.web, files, events, base, page: o.page, onEnd: beginWebExit })
    : undefined;
  const recorder: Recorder =
    web ??
    createRtcRecorder({
      plan,
      files,
      events,
      base,
      publishers: () => o.publishers(cname),
      onIdle: (at) => beginExit(at, () => events.recorderLeave(at, 4)),
    });

  /** It is over without an orderly exit: no upload, no answer to query any more. */
  function breakDown(at: number, error?: { module: 0 | 1; errorCode: number }): void {
    if (over) return;
    over = true;
    stir();
    status = 20;
    // A refusal may come when later moments have been played already: then they have not been.
    endedAt = Math.min(endedAt ?? at, at);
    events.cut(at);
    if (error) events.error(at, error.module, error.errorCode);
    events.sessionExit(at, 1);
    uploader.abandon();
    for (const tell of waiting.splice(0)) tell('failed');
  }

  function join(at: number): void {
    if (!web && 'errorCode' in o.tokenEnd) {
      breakDown(at, { module: 0, errorCode: o.tokenEnd.errorCode });
      return;
    }
    if (!web && !o.mayJoin(cname, uid, at)) {
      events.recorderLeave(at, 0);
      breakDown(at);
      return;
    }
    if (!web) events.recorderStarted(at);
    recorder.begin(at);
  }

  const atWork = () => endedAt === undefined && status >= 4 && failoverUntil === undefined;

  /** Leaves and begins the upload of what is left. From here on nothing is billed. */
  function beginExit(at: number, tellWhy: () => void): void {
    stir(at);
    if (divertAtExit || (stsEnd !== undefined && at >= stsEnd)) uploader.divert();
    stoppedAt = at;
    endedAt = at;
    const working = status >= 4 && failoverUntil === undefined;
    status = 6;
    if (working && !web) tellWhy();
    if (working) recorder.close(at);
    files.finish(at);
    if (web) tellWhy();
  }

  function beginWebExit(at: number, code: WebStopCode): void {
    beginExit(at, () => events.webStopped(at, code, files.named()));
  }

  /** Asked to leave, or put out. */
  function leave(at: number): void {
    if (web) beginWebExit(at, 0);
    else beginExit(at, () => events.recorderLeave(at, 24));
  }

  function finishExit(at: number): void {
    over = true;
    status = 8;
    const how = uploader.diverted() ? 'backuped' : 'uploaded';
    events.sessionExit(at, 0);
    if (files.any()) {
      // Keys that ran out bring nothing to the bucket any more.
      if (how === 'backuped' && stsEnd === undefined) landAt = at + backupTime;
      events.uploadEnd(at, how, files.known());
      events.uploadProgress(at, 10_000);
    }
    for (const tell of waiting.splice(0)) tell(how);
  }

  /** What is in the backup goes to the bucket. When that takes nothing now either, it is tried again later. */
  async function land(at: number): Promise<void> {
    uploader.deliver(at);
    await uploader.whenIdle();
    if (uploader.diverted()) landAt = Math.max(at, clock) + backupTime;
    else events.uploadEnd(at, 'uploaded', files.known());
  }

  function comeBack(at: number): void {
    failoverUntil = undefined;
    failovers += 1;
    uid = String(3_000_000_000 + Math.floor(Math.random() * 1_000_000_000));
    files.failOver(at);
    events.failover(at, uid);
    recorder.begin(at);
  }

  function expireSts(at: number): void {
    events.stsExpired(at);
    events.error(at, 1, 47, 3);
    uploader.setUsable(false);
    keysExpired = true;
  }

  /** What happens next while it is in the channel. */
  function next(now: number): Moment | undefined {
    const step = readiness.find((r) => r.status > status);
    if (step) {
      return {
        at: o.startedAt + step.after,
        happen(at) {
          status = step.status;
          if (status === 4) join(at);
        },
      };
    }
    if (failoverUntil !== undefined) return { at: failoverUntil, happen: comeBack };
    const moments = recorder.moments(now);
    if (!web && 'at' in o.tokenEnd) moments.push({ at: Math.max(o.tokenEnd.at, clock), happen: leave });
    if (stsEnd !== undefined && !keysExpired) moments.push({ at: Math.max(stsEnd, clock), happen: expireSts });
    let first: Moment | undefined;
    for (const moment of moments) if (!first || moment.at < first.at) first = moment;
    return first;
  }

  function advanceAtWork(now: number): void {
    if (atWork()) recorder.observe(clock);
    while (endedAt === undefined) {
      const moment = next(now);
      if (!moment || moment.at > now) break;
      clock = moment.at;
      moment.happen(moment.at);
    }
    if (endedAt !== undefined) return;
    const uploaded = files.writeLists(now);
    if (!keysExpired && files.firstSlice() !== undefined && now - progressAt >= progressInterval) {
      // Once for any stretch of time: at a high speed there would be hundreds.
      progressAt = now;
      events.uploadProgress(now, 9_000, uploaded);
    }
    // An upload that is under way may fail, and is told of at the time that it is then.
    if (web || !uploader.idle()) return;
    const progress = files.firstSlice() === undefined ? Number.POSITIVE_INFINITY : progressAt + progressInterval;
    restsUntil = Math.min(progress, next(now)?.at ?? Number.POSITIVE_INFINITY);
  }

  return {
    sid: o.sid,
    resourceId: o.resourceId,
    cname,
    uid: o.uid,
    startedAt: o.startedAt,
    plan,
    files,
    web,
    uidInChannel: () => (atWork() && !web ? uid : undefined),
    status: () => status,
    statusText() {
      if (failoverUntil !== undefined && endedAt === undefined) return 'in failover';
      if (landAt !== undefined) return 'in backup';
      if (status === 20) return 'exited abnormally';
      if (over) return 'exited';
      if (stoppedAt !== undefined) return 'uploading';
      return status >= 4 ? recorder.activity() : 'starting';
    },
    endedAt: () => endedAt,
    reachable: () => !over && failoverUntil === undefined,
    exiting: () => stoppedAt !== undefined,
    restsUntil: () => restsUntil,
    look: stir,
    advance(now) {
      if (restsUntil !== undefined && now < restsUntil) return;
      restsUntil = undefined;
      if (endedAt === undefined) advanceAtWork(now);
      if (stoppedAt !== undefined && !over && now >= stoppedAt + uploadMs && uploader.idle())
        finishExit(stoppedAt + uploadMs);
      if (stoppedAt !== undefined && now >= stoppedAt + stopPatience)
        for (const tell of waiting.splice(0)) tell('late');
      if (landAt !== undefined && now >= landAt) {
        const at = landAt;
        landAt = undefined;
        void land(at);
      }
      clock = Math.max(clock, now);
    },
    update(change, now) {
      stir(now);
      const { audioUidList, videoUidList } = fieldsOf(change.streamSubscribe);
      for (const [said, track] of [
        [audioUidList, 'Audio'],
        [videoUidList, 'Video'],
      ] as const) {
        if (said === undefined) continue;
        delete plan.subscription[`subscribe${track}Uids`];
        delete plan.subscription[`unSubscribe${track}Uids`];
        Object.assign(plan.subscription, subscriptionIn(fieldsOf(said)));
      }
      const { webRecordingConfig, rtmpPublishConfig } = change;
      if (webRecordingConfig !== undefined) web?.hold(fieldsOf(webRecordingConfig).onhold === true, now);
      if (rtmpPublishConfig !== undefined) web?.publish(rtmpUrlsIn(fieldsOf(rtmpPublishConfig)), now);
      if (atWork()) recorder.observe(now);
    },
    refreshStorage(target, end) {
      stir();
      stsEnd = end;
      keysExpired = false;
      uploader.retarget(target);
      uploader.setUsable(true);
    },
    stop(now) {
      return new Promise((resolve) => {
        waiting.push(resolve);
        if (endedAt === undefined) leave(now);
      });
    },
    kick(now) {
      if (endedAt === undefined) leave(now);
    },
    die(now) {
      if (endedAt === undefined) breakDown(now);
    },
    endWeb(code, now) {
      if (endedAt === undefined) beginWebExit(now, code);
    },
    startFailover(now) {
      if (!atWork()) return false;
      if (failovers === maxFailovers) {
        breakDown(now);
        return true;
      }
      stir(now);
      recorder.lose();
      failoverUntil = now + failoverTime;
      return true;
    },
    divertUpload() {
      divertAtExit = true;
    },
    slowUpload(ms) {
      uploadMs = ms;
    },
    async settled() {
      await uploader.whenIdle();
      await events.flushed();
    },
  };
}
