import { recorderService, servicesOf } from './extension-service-config.ts';
import { given } from './fields.ts';
import type { Recipe } from './recipe.ts';

/** How long a page's recorder runs at most, whatever becomes of it: maxRecordingHour (Agora docs, extensionServiceConfig), or Agora's limit. Hours. */
export function pageHours(recipe: Recipe): number {
  const recorder = servicesOf(recipe.extensionServiceConfig).find((s) => s.serviceName === recorderService);
  const { maxRecordingHour: hours } = given(recorder?.serviceParam);
  return typeof hours === 'number' ? hours : 720;
}
