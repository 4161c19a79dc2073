import { createFileLinks } from '../../src/files/create-file-links.ts';

/**
 * The bot loads what signs links when it first signs one. Reading it from disk takes real time, and virtual time would run away meanwhile: it has
 * to be there before.
 */
export async function loadSigner(storage: Parameters<typeof createFileLinks>[0]['storageOf']): Promise<void> {
  const links = createFileLinks({ storageOf: storage, now: Date.now, ttl: 60_000, watchUrl: undefined });
  await links.of({ id: 'any', recipe: { storage: 'default' } }, ['any.m3u8']);
}
