import { byId } from './dom.js';

const narrow = matchMedia('(max-width: 900px)');

/**
 * The sidebar and the panel: columns on a wide screen (the panel can be put away), drawers on a narrow one, closed by Escape, by their close
 * button, and by a tap beside them.
 */
export function createDrawers() {
  const ids = /** @type {const} */ (['sidebar', 'panel']);
  /** @type {Record<(typeof ids)[number], boolean>} on a wide screen */
  const wide = { sidebar: true, panel: true };
  /** @type {(typeof ids)[number] | undefined} on a narrow one */
  let drawer;

  function show() {
    for (const id of ids) {
      const open = narrow.matches ? drawer === id : wide[id];
      byId(id).hidden = !open;
      byId(`open-${id}`).setAttribute('aria-expanded', String(open));
    }
    byId('scrim').hidden = !(narrow.matches && drawer);
  }

  function close() {
    const was = drawer;
    drawer = undefined;
    show();
    if (was) byId(`open-${was}`).focus();
  }

  for (const id of ids) {
    byId(`open-${id}`).addEventListener('click', () => {
      if (narrow.matches) drawer = drawer === id ? undefined : id;
      else wide[id] = !wide[id];
      show();
      if (drawer === id) byId(`close-${id}`).focus();
    });
    byId(`close-${id}`).addEventListener('click', close);
    byId(id).addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && drawer) close();
    });
  }
  byId('scrim').addEventListener('click', close);
  narrow.addEventListener('change', () => {
    drawer = undefined;
    show();
  });
  show();
  return { close };
}
