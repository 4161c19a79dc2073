import type { Profiles } from './profiles.ts';

/** One sentence for each project whose recorders get no token: nothing but an empty channel ends one of them that the bot has lost. */
export function warnOfUnbounded(profiles: Profiles): string[] {
  // Pages are recorded without tokens; but with --mode each profile can record in a channel too.
  const used = new Set(profiles.names.map((name) => profiles.get(name)?.recipe.project));
  return [...profiles.projects.values()]
    .filter((p) => used.has(p.name) && !p.appCertificate)
    .map((p) => {
      const setting = p.name === 'default' ? 'AGORA_APP_CERTIFICATE' : `appCertificate of the project ${p.name}`;
      return `no token bounds what a lost recorder of the project ${p.name} costs; set ${setting}`;
    });
}
