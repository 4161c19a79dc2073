import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseRecipe } from '../../src/profiles/choose-recipe.ts';
import { layoutChange } from '../../src/profiles/layout.ts';
import type { Profiles } from '../../src/profiles/profiles.ts';
import { readProfiles } from '../../src/profiles/read-profiles.ts';
import type { Choice } from '../../src/recording/presets.ts';
import { checkRecipe } from '../../src/recording/recipe/check-recipe.ts';

const window = { x_axis: 0, y_axis: 0, width: 1, height: 1 };
const file = `default: hd
profiles:
  hd:
    mode: mix
    recordingConfig:
      channelType: 0
      maxIdleTime: 60
      audioProfile: 2
      subscribeVideoUids: ["7"]
      transcodingConfig: { width: 1920, height: 1080, backgroundColor: "#112233" }
    recordingFileConfig: { avFileType: [hls, mp4] }
    layout: panel
    maxDuration: 4h
    allow: [U0123]
    replace: 2
  plain: { mode: mix }
  tall: { mode: mix, layout: vertical, recordingConfig: { transcodingConfig: { maxResolutionUid: "7" } } }
  sound: { mode: mix, recordingConfig: { streamTypes: 0 } }
  people: { mode: individual, recordingConfig: { subscribeUidGroup: 3, decryptionMode: 1, secret: "\${SECRET}" } }
  stills: { mode: individual, snapshotConfig: { captureInterval: 20, fileType: [jpg] }, redundant: true }
  page: { mode: web, maxDuration: 90m }
  board:
    mode: web
    extensionServiceConfig:
      extensionServices: [{ serviceName: web_recorder_service, serviceParam: { url: "https://board.example.com/1" } }]
layouts:
  panel: [${JSON.stringify(window)}]
  duo: [${JSON.stringify(window)}, ${JSON.stringify(window)}]
webPages: { allow: ["*.example.com"] }
`;
const read = readProfiles({ text: file, file: 'profiles.yml', env: () => 'x' });
if (!read.ok) throw new Error(read.problems.join('\n'));
const profiles: Profiles = read.profiles;

const choose = (choice: Choice) => {
  const chosen = chooseRecipe(profiles, choice);
  if (!chosen.ok) throw new Error(chosen.problem);
  return chosen.profile;
};
const recipeOf = (choice: Choice) => choose(choice).recipe;
const problemOf = (choice: Choice) => {
  const chosen = chooseRecipe(profiles, choice);
  return chosen.ok ? undefined : chosen.problem;
};
const serviceOf = (choice: Choice) => recipeOf(choice).extensionServiceConfig?.extensionServices;

describe('what a person chose', () => {
  test('nothing: the default profile, as it is', () => {
    expect(choose({})).toEqual(profiles.get('hd'));
  });

  test('a profile', () => {
    expect(choose({ profile: 'stills' })).toEqual(profiles.get('stills'));
  });

  test('two recorders, or one where the profile has two', () => {
    expect(choose({ redundant: true }).redundant).toBe(true);
    expect(choose({ profile: 'stills', redundant: false }).redundant).toBe(false);
  });

  test.each<[string, number, object]>([
    ['floating', 0, {}],
    ['bestfit', 1, {}],
    ['BestFit', 1, {}],
    ['vertical:9', 2, { maxResolutionUid: '9' }],
    ['duo', 3, { layoutConfig: [window, window] }],
  ])('layout %s', (layout, mixedVideoLayout, rest) => {
    const recipe = recipeOf({ layout });
    // The size stays, and of the layout before it nothing does.
    expect(recipe.recordingConfig?.transcodingConfig).toEqual({
      width: 1920,
      height: 1080,
      fps: 15,
      bitrate: 2080,
      backgroundColor: '#112233',
      mixedVideoLayout,
      ...rest,
    });
    expect(recipe.layout).toBe(layout === 'duo' ? 'duo' : undefined);
  });

  test("vertical, with the profile's own uid", () => {
    expect(recipeOf({ profile: 'tall', layout: 'vertical' })).toEqual(profiles.get('tall')?.recipe);
    expect(profiles.get('tall')?.recipe.recordingConfig?.transcodingConfig).toMatchObject({
      mixedVideoLayout: 2,
      maxResolutionUid: '7',
    });
  });

  test('mix as individual: each takes its own fields along', () => {
    expect(recipeOf({ mode: 'individual' })).toEqual({
      profile: 'hd',
      project: 'default',
      storage: 'default',
      mode: 'individual',
      recordingConfig: {
        channelType: 0,
        streamTypes: 2,
        maxIdleTime: 60,
        privateParams: '{"correctEXTINF":true}',
        subscribeVideoUids: ['7'],
        streamMode: 'standard',
        subscribeUidGroup: 5,
      },
      recordingFileConfig: { avFileType: ['hls'] },
    });
  });

  test('individual as mix', () => {
    expect(recipeOf({ profile: 'people', mode: 'MIX', layout: 'duo' })).toMatchObject({
      mode: 'mix',
      layout: 'duo',
      recordingConfig: { decryptionMode: 1, secret: `\${SECRET}`, transcodingConfig: { width: 1280, bitrate: 1130 } },
      recordingFileConfig: { avFileType: ['hls'] },
    });
    expect(recipeOf({ profile: 'people', mode: 'mix' }).recordingConfig).not.toHaveProperty('subscribeUidGroup');
  });

  test('snapshots as mix record', () => {
    const recipe = recipeOf({ profile: 'stills', mode: 'mix' });
    expect(recipe).not.toHaveProperty('snapshotConfig');
    expect(recipe.recordingFileConfig).toEqual({ avFileType: ['hls'] });
  });

  test.each(['individual', 'mix'])('a page as %s', (mode) => {
    const recipe = recipeOf({ profile: 'board', mode });
    expect(recipe).not.toHaveProperty('extensionServiceConfig');
    expect(recipe.recordingConfig).toMatchObject({ channelType: 1, maxIdleTime: 300 });
  });

  test('snapshots alone, of any profile that has video', () => {
    expect(recipeOf({ every: 30, snapshotOnly: true })).toMatchObject({
      mode: 'individual',
      snapshotConfig: { captureInterval: 30, fileType: ['jpg'] },
      recordingConfig: { subscribeVideoUids: ['7'] },
    });
    expect(recipeOf({ every: 30, snapshotOnly: true })).not.toHaveProperty('recordingFileConfig');
    expect(recipeOf({ snapshotOnly: true }).snapshotConfig).toEqual({ captureInterval: 10, fileType: ['jpg'] });
    expect(recipeOf({ profile: 'stills', snapshotOnly: true }).snapshotConfig).toMatchObject({ captureInterval: 20 });
    expect(recipeOf({ profile: 'stills', every: 5 }).snapshotConfig).toMatchObject({ captureInterval: 5 });
  });

  test('snapshots beside a recording', () => {
    expect(recipeOf({ profile: 'people', every: 60 })).toMatchObject({
      snapshotConfig: { captureInterval: 60, fileType: ['jpg'] },
      recordingFileConfig: { avFileType: ['hls'] },
    });
  });

  test('a page', () => {
    const url = 'https://a.example.com/x?y=1#z';
    expect(serviceOf({ profile: 'page', web: url })).toMatchObject([
      { serviceName: 'web_recorder_service', serviceParam: { url, maxRecordingHour: 2 } },
    ]);
    expect(serviceOf({ profile: 'board' })).toMatchObject([{ serviceParam: { url: 'https://board.example.com/1' } }]);
    expect(serviceOf({ profile: 'board', web: url })).toMatchObject([{ serviceParam: { url } }]);
    // Of a profile in another mode the files stay, and the length.
    expect(serviceOf({ web: url })).toMatchObject([{ serviceParam: { url, maxRecordingHour: 4 } }]);
    expect(recipeOf({ web: url }).recordingFileConfig).toEqual({ avFileType: ['hls', 'mp4'] });
    expect(recipeOf({ web: url })).not.toHaveProperty('recordingConfig');
  });
});

test.each<[Choice, string]>([
  [
    { profile: 'hdd' },
    'There is no profile "hdd"; did you mean "hd"? There are hd, plain, tall, sound, people, stills, page, board.',
  ],
  [{ profile: 'zebra' }, 'There is no profile "zebra". There are hd, plain, tall, sound, people, stills, page, board.'],
  [
    { profile: 'x'.repeat(100) },
    `There is no profile "${'x'.repeat(64)}…". There are hd, plain, tall, sound, people, stills, page, board.`,
  ],
  [{ mode: 'mixx' }, 'There is no mode "mixx"; did you mean "mix"? There are mix, individual, web.'],
  [
    { layout: 'duos' },
    'There is no layout "duos"; did you mean "duo"? There are floating, bestfit, vertical, panel, duo.',
  ],
  [{ layout: 'constructor' }, 'There is no layout "constructor". There are floating, bestfit, vertical, panel, duo.'],
  [
    { profile: 'plain', layout: 'vertical' },
    'The layout vertical needs the uid of whoever gets the large picture. Type it like --layout vertical:123.',
  ],
  [
    { layout: 'vertical:0' },
    'The large picture of the layout vertical is that of a uid from 1 to 4294967295. Type it like --layout vertical:123.',
  ],
  [{ layout: 'duo:7' }, 'Only the layout vertical takes a uid; leave it out with duo.'],
  [
    { profile: 'people', layout: 'duo' },
    'Only recordings in mode mix have a layout, and this one is in mode individual; leave --layout out.',
  ],
  [
    { mode: 'individual', layout: 'bestfit' },
    'Only recordings in mode mix have a layout, and this one is in mode individual; leave --layout out.',
  ],
  [
    { profile: 'sound', layout: 'bestfit' },
    'The profile "sound" records sound alone, which has no picture; leave --layout out.',
  ],
  [{ web: 'https://a.example.com', mode: 'mix' }, '--web records in mode web; leave --mode out.'],
  [{ web: 'https://a.example.com', every: 10 }, 'There are no snapshots of web pages; leave --web out.'],
  [{ every: 10, mode: 'mix' }, 'Snapshots are taken in mode individual; leave --mode out.'],
  [
    { profile: 'sound', snapshotOnly: true },
    'The profile "sound" cannot be used so: recordingConfig.streamTypes must be 1 or 2, because snapshots need video.',
  ],
  [
    { every: 4, snapshotOnly: true },
    'The profile "hd" cannot be used so: snapshotConfig.captureInterval must be a whole number from 5 to 3600 seconds.',
  ],
  [{ profile: 'page' }, 'A web page is recorded, but which one? Type its address: --web https://example.com/page.'],
  [{ mode: 'web' }, 'A web page is recorded, but which one? Type its address: --web https://example.com/page.'],
  [{ web: '' }, 'This page cannot be recorded. The address of a page must begin with https://.'],
  [
    { web: 'https://127.0.0.1/' },
    'This page cannot be recorded. The host must not be a private, local or reserved IP address.',
  ],
  [
    { web: 'https://example.org/' },
    'This page cannot be recorded. Pages of this host are not recorded here; it must be one of *.example.com.',
  ],
])('%j is refused', (choice, problem) => {
  expect(problemOf(choice)).toBe(problem);
});

test('whatever is typed, it is refused in a sentence, or Agora takes the recipe', () => {
  const choice = fc.record(
    {
      profile: fc.constantFrom(...profiles.names, 'zebra'),
      mode: fc.constantFrom('mix', 'individual', 'web', 'Mix', 'x'),
      layout: fc.constantFrom('floating', 'bestfit', 'vertical', 'vertical:8', 'panel', 'duo', 'x', ''),
      web: fc.constantFrom('https://a.example.com/', 'http://a.example.com/', 'https://localhost/', ''),
      every: fc.integer({ min: 0, max: 4000 }),
      snapshotOnly: fc.boolean(),
      redundant: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const before = JSON.stringify(profiles.names.map((name) => profiles.get(name)));
  fc.assert(
    fc.property(choice, (c) => {
      const chosen = chooseRecipe(profiles, c);
      if (chosen.ok) expect(checkRecipe(chosen.profile.recipe)).toEqual({ ok: true, recipe: chosen.profile.recipe });
      else expect(chosen.problem).toMatch(/^(--web|[A-Z]).*\.$/);
    }),
    { numRuns: 2000 },
  );
  // Choosing changes no profile.
  expect(JSON.stringify(profiles.names.map((name) => profiles.get(name)))).toBe(before);
});

describe('a layout while it runs', () => {
  const hd = recipeOf({});
  test.each<[string, string | undefined, object]>([
    ['floating', undefined, { mixedVideoLayout: 0 }],
    ['vertical', '9', { mixedVideoLayout: 2, maxResolutionUid: '9' }],
    ['duo', undefined, { mixedVideoLayout: 3, layoutConfig: [window, window] }],
  ])('%s takes the backgrounds along, which Agora would forget', (name, uid, layout) => {
    expect(layoutChange(profiles.layouts, name, uid, hd)).toEqual({
      ok: true,
      layout: { backgroundColor: '#112233', ...layout },
    });
  });

  test.each<[string, string | undefined, RegExp]>([
    ['duos', undefined, /did you mean "duo"\?/],
    ['vertical', undefined, /needs the uid/],
    ['vertical', 'ana', /a uid from 1 to 4294967295/],
    ['vertical', '4294967296', /a uid from 1 to 4294967295/],
    ['bestfit', '7', /Only the layout vertical takes a uid/],
  ])('%s %s is refused', (name, uid, problem) => {
    const chosen = layoutChange(profiles.layouts, name, uid, hd);
    expect(chosen.ok ? '' : chosen.problem).toMatch(problem);
  });

  test('sound alone has none', () => {
    expect(layoutChange(profiles.layouts, 'bestfit', undefined, recipeOf({ profile: 'sound' }))).toEqual({
      ok: false,
      problem: 'This recording has sound alone, and no picture whose layout could be changed.',
    });
  });
});
