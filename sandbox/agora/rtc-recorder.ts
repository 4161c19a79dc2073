import type { Recorder } from './recorder.ts';
import type { RecordingFiles } from './recording-files.ts';
import { isSubscribed, type RecordingPlan } from './recording-plan.ts';
import type { Stream, StreamSpec, WrittenSlice } from './stream.ts';
import type { TaskEvents } from './task-events.ts';

export interface RtcRecorderOptions {
  plan: RecordingPlan;
  files: RecordingFiles;
  events: TaskEvents;
  /** `{sid}_{channel}` */
  base: string;
  /** Uids of those who publish sound and picture in the channel at the moment. */
  publishers(): readonly string[];
  /** Nobody was there for maxIdleTime. */
  onIdle(at: number): void;
}

const tracks = ['video', 'audio'] as const;
type Track = (typeof tracks)[number];

/** Records a channel: everybody in one picture (mix), or each track of each person by itself, with snapshots if asked for (individual). */
export function createRtcRecorder(o: RtcRecorderOptions): Recorder {
  const { plan, files, events, base } = o;
  /** `track uid` of what is received. */
  let received = new Set<string>();
  /** When the next picture of each person is due. */
  let pictures = new Map<string, number>();
  let idleSince: number | undefined;

  const tracksOf = (uid: string): Track[] => tracks.filter((t) => isSubscribed(plan, t, uid));

  function wanted(present: readonly string[]): StreamSpec[] {
    if (!plan.hls) return [];
    if (plan.mode === 'individual')
      return present.flatMap((uid) =>
        tracksOf(uid).map((t) => ({ medium: t, trackType: t, uid, name: `${base}__uid_s_${uid}__uid_e_${t}` })),
      );
    const heard = present.some((uid) => isSubscribed(plan, 'audio', uid));
    const seen = present.some((uid) => isSubscribed(plan, 'video', uid));
    if (!heard && !seen) return [];
    if (heard && seen) return [{ medium: 'film', trackType: 'audio_and_video', uid: '0', name: base }];
    const only = heard ? 'audio' : 'video';
    return [{ medium: only, trackType: only, uid: '0', name: base }];
  }

  function wrote(stream: Stream, slice: WrittenSlice | undefined): void {
    if (slice) files.written(stream, slice);
  }

  function announce(present: readonly string[], at: number): void {
    const now = new Set(present.flatMap((uid) => tracksOf(uid).map((t) => `${t} ${uid}`)));
    const changed = [
      ...[...received].filter((key) => !now.has(key)).map((key) => [key, false] as const),
      ...[...now].filter((key) => !received.has(key)).map((key) => [key, true] as const),
    ];
    for (const [key, isOn] of changed) {
      const [track, uid = ''] = key.split(' ');
      events.streamState(at, track === 'audio' ? 'audio' : 'video', uid, isOn);
    }
    received = now;
  }

  function observe(at: number): void {
    const present = o.publishers();
    announce(present, at);
    idleSince = present.length > 0 ? undefined : (idleSince ?? at);
    const specs = wanted(present);
    for (const stream of files.streams()) {
      const stays = specs.some((s) => s.name === stream.spec().name && s.medium === stream.spec().medium);
      if (stream.isOpen() && !stays) wrote(stream, stream.close(at));
    }
    for (const spec of specs) {
      const lastGood = files.open(spec, at);
      if (lastGood !== undefined) events.sliceStart(at, spec, at, lastGood);
    }
    if (plan.snapshotInterval === undefined) return;
    const interval = plan.snapshotInterval * 1000;
    const seen = present.filter((uid) => isSubscribed(plan, 'video', uid));
    pictures = new Map(seen.map((uid) => [uid, pictures.get(uid) ?? at + interval]));
  }

  return {
    begin: observe,
    observe,
    moments(now) {
      const slices = files.streams().flatMap((stream) => {
        const at = stream.completeAt(now);
        return at === undefined ? [] : [{ at, happen: (at: number) => wrote(stream, stream.complete(at)) }];
      });
      const shots = [...pictures].map(([uid, due]) => ({
        at: due,
        happen(at: number) {
          pictures.set(uid, at + (plan.snapshotInterval ?? 0) * 1000);
          events.snapshot(at, files.snapshot(uid, at));
        },
      }));
      const idle =
        idleSince === undefined
          ? []
          : [{ at: idleSince + plan.maxIdleTime * 1000, happen: (at: number) => o.onIdle(at) }];
      return [...slices, ...shots, ...idle];
    },
    close(at) {
      for (const stream of files.streams()) wrote(stream, stream.close(at));
      pictures.clear();
      announce([], at);
    },
    lose() {
      for (const stream of files.streams()) stream.lose();
      pictures.clear();
      received.clear();
      idleSince = undefined;
    },
    activity: () => (idleSince === undefined ? 'recording' : 'idle'),
  };
}
