import type { Recorder } from './recorder.ts';
import type { RecordingFiles } from './recording-files.ts';
import type { WebPlan } from './recording-plan.ts';
import type { RtmpStatus, TaskEvents, WebStopCode } from './task-events.ts';

/** How the page behaves that is recorded. */
export interface WebPage {
  /** What its address answers; 200 unless said. */
  status?: number;
  /** Seconds until it calls notifyReady(); `never` as well. Three unless said. */
  readyAfter?: number | 'never';
}

export interface WebRecorder extends Recorder {
  state(): 'init' | 'inProgress';
  isOnHold(): boolean;
  hold(onhold: boolean, at: number): void;
  outputs(): { rtmpUrl: string; status: RtmpStatus }[];
  publish(rtmpUrls: readonly string[], at: number): void;
  /** The page asks for more than a recorder has. */
  hitLimit(limitType: 'resolution' | 'WebGL' | 'bandwidth', at: number): void;
  /** The page was silent for long, and is loaded anew. */
  reload(at: number): void;
}

export interface WebRecorderOptions {
  web: WebPlan;
  files: RecordingFiles;
  events: TaskEvents;
  /** `{sid}_{channel}` */
  base: string;
  page(url: string): WebPage;
  /** It can go on no longer. */
  onEnd(at: number, code: WebStopCode): void;
}

/** Seconds until a page shows something: recording begins about five seconds after start, of which two are gone by then. */
const loadTime = 3;
/** Until a live push is accepted or given up, ms. */
const connectTime = 2_000;

/** Records a web page, and pushes it live if asked to (Agora docs, web page recording). */
export function createWebRecorder(o: WebRecorderOptions): WebRecorder {
  const { web, files, events, base } = o;
  let loadingSince = 0;
  let reloads = 0;
  let running = false;
  /** Of the whole recording; a failover does not begin it anew. */
  let startedAt: number | undefined;
  let onhold = web.onhold;
  let pushes: { rtmpUrl: string; status: RtmpStatus; connectsAt: number }[] = [];
  let rtmpUrls: readonly string[] = web.rtmpUrls;

  function closeSlice(at: number): void {
    for (const stream of files.streams()) {
      const slice = stream.close(at);
      if (slice) files.written(stream, slice);
    }
  }

  function openSlice(at: number): void {
    if (!onhold) files.open({ medium: 'film', trackType: 'audio_and_video', uid: '0', name: base }, at);
  }

  function tell(push: (typeof pushes)[number], status: RtmpStatus, at: number): void {
    if (push.status === status) return;
    push.status = status;
    events.rtmpStatus(at, push.rtmpUrl, status);
  }

  function connect(at: number): void {
    pushes = rtmpUrls.map((rtmpUrl) => ({ rtmpUrl, status: 'connecting', connectsAt: at + connectTime }));
    for (const push of pushes) events.rtmpStatus(at, push.rtmpUrl, 'connecting');
  }

  function disconnect(at: number): void {
    for (const push of pushes) tell(push, 'disconnected', at);
  }

  function run(at: number): void {
    running = true;
    startedAt ??= at;
    events.webStarted(at);
    openSlice(at);
    connect(at);
  }

  function loadAgain(at: number): void {
    running = false;
    loadingSince = at;
  }

  /** What the page does next while it loads. */
  function loading(): { at: number; happen(at: number): void } {
    const { status = 200, readyAfter = loadTime } = o.page(web.url);
    const after = (seconds: number) => loadingSince + seconds * 1000;
    if (status >= 400) return { at: after(1), happen: (at) => o.onEnd(at, 5) };
    // Nobody asks whether it is ready.
    if (web.readyTimeout === 0) return { at: after(loadTime), happen: run };
    if (readyAfter !== 'never' && readyAfter <= web.readyTimeout) return { at: after(readyAfter), happen: run };
    return {
      at: after(web.readyTimeout),
      happen(at) {
        reloads += 1;
        if (reloads > 1) {
          o.onEnd(at, 4);
          return;
        }
        events.webReload(at, 'page_load_timeout');
        loadAgain(at);
      },
    };
  }

  return {
    begin(at) {
      reloads = 0;
      loadAgain(at);
    },
    observe: () => undefined,
    moments(now) {
      if (!running) return [loading()];
      const slices = files.streams().flatMap((stream) => {
        const at = stream.completeAt(now);
        const happen = (at: number) => {
          const slice = stream.complete(at);
          if (slice) files.written(stream, slice);
        };
        return at === undefined ? [] : [{ at, happen }];
      });
      const connecting = pushes.flatMap((push) => {
        // An address that says so itself is one that cannot be reached.
        const status = /unreachable/.test(push.rtmpUrl) ? 'disconnected' : onhold ? 'onhold' : 'publishing';
        return push.status === 'connecting'
          ? [{ at: push.connectsAt, happen: (at: number) => tell(push, status, at) }]
          : [];
      });
      const end = { at: (startedAt ?? now) + web.maxRecordingHour * 3_600_000, happen: (at: number) => o.onEnd(at, 1) };
      return [...slices, ...connecting, end];
    },
    close(at) {
      closeSlice(at);
      disconnect(at);
      running = false;
    },
    lose() {
      for (const stream of files.streams()) stream.lose();
      pushes = [];
      running = false;
    },
    activity: () => (running ? (onhold ? 'on hold' : 'recording') : 'loading the page'),
    state: () => (running ? 'inProgress' : 'init'),
    isOnHold: () => onhold,
    hold(value, at) {
      if (value === onhold) return;
      onhold = value;
      if (!running) return;
      if (onhold) closeSlice(at);
      else openSlice(at);
      for (const push of pushes) {
        if (push.status === 'publishing' || push.status === 'onhold') tell(push, onhold ? 'onhold' : 'publishing', at);
      }
    },
    outputs: () => pushes.map(({ rtmpUrl, status }) => ({ rtmpUrl, status })),
    publish(urls, at) {
      rtmpUrls = urls;
      disconnect(at);
      if (running) connect(at);
    },
    hitLimit(limitType, at) {
      events.webLimit(at, limitType);
      o.onEnd(at, 2);
    },
    reload(at) {
      closeSlice(at);
      disconnect(at);
      events.webReload(at, 'audio_silence');
      loadAgain(at);
    },
  };
}
