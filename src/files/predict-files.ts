import type { Recipe } from '../recording/recipe/recipe.ts';

/** Agora writes these as "-" in file names (Agora docs, manage recorded files). */
const replaced = /[!@#$%^&*()+_.=[\]{}~|,;:?<>]/g;

export interface PredictedFor {
  prefix: readonly string[];
  sid: string;
  channelName: string;
  /** Composite with Agora's defaults when it is not known. */
  recipe?: Pick<Recipe, 'mode' | 'recordingConfig' | 'recordingFileConfig' | 'snapshotConfig'>;
  /** Individual recordings: the uids that were recorded. */
  uids?: readonly string[];
}

/**
 * The files that a recording is expected to write, before Agora names them. Only those whose whole name is known: the list, the first MP4, and in
 * individual mode each given uid's lists. Snapshots and slices carry the time in their names, so they are not among them. After a failover there
 * are more, with `bak<n>_` before the name. Show them as expected, not as there.
 */
export function predictFiles(r: PredictedFor): string[] {
  const { recipe } = r;
  const base = fileBase(r);
  if (recipe?.mode === 'individual') {
    if (recipe.snapshotConfig && !recipe.recordingFileConfig) return [];
    return (r.uids ?? []).flatMap((uid) => tracks(recipe).map((t) => `${base}__uid_s_${uid}__uid_e_${t}.m3u8`));
  }
  return [`${base}.m3u8`, ...(fileTypes(recipe).includes('mp4') ? [`${base}_0.mp4`] : [])];
}

/** The names of all files that a recording may write, with `<uid>` and `<time>` for what nobody knows before. For people. */
export function fileNamePatterns(r: PredictedFor): string[] {
  const { recipe } = r;
  const base = fileBase(r);
  if (recipe?.mode !== 'individual') {
    const mp4 = fileTypes(recipe).includes('mp4') ? [`${base}_<number>.mp4`] : [];
    return [`${base}.m3u8`, `${base}_<time>.ts`, ...mp4];
  }
  const user = `${base}__uid_s_<uid>__uid_e_`;
  const films =
    recipe.snapshotConfig && !recipe.recordingFileConfig
      ? []
      : tracks(recipe).flatMap((t) => [`${user}${t}.m3u8`, `${user}${t}_<time>.ts`]);
  return [...films, ...(recipe.snapshotConfig ? [`${user}video_<time>.jpg`] : [])];
}

/** Both, as the core wants them. */
export function expectFiles(r: PredictedFor): { names: string[]; patterns: string[] } {
  return { names: predictFiles(r), patterns: fileNamePatterns(r) };
}

function fileBase(r: PredictedFor): string {
  return [...r.prefix, `${r.sid}_${r.channelName.replace(replaced, '-')}`].join('/');
}

/** recordingFileConfig.avFileType; `["hls"]` by default (Agora docs, rest-api/start). */
function fileTypes(recipe: PredictedFor['recipe']): readonly unknown[] {
  const types = recipe?.recordingFileConfig?.avFileType;
  return Array.isArray(types) ? types : ['hls'];
}

/** recordingConfig.streamTypes: 0 audio, 1 video, 2 both, which is the default (Agora docs, rest-api/start). */
function tracks(recipe: NonNullable<PredictedFor['recipe']>): string[] {
  const types = recipe.recordingConfig?.streamTypes;
  if (types === 0) return ['audio'];
  return types === 1 ? ['video'] : ['audio', 'video'];
}
