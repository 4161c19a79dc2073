/**
 * Keeps the children of an element in step with a list, and touches only what has changed: a log that is filled anew would be read out anew
 * by a screen reader, and a button drawn anew would lose the focus.
 * @typedef {{ key: string, sign: string, draw: () => HTMLElement }} Item `sign`: drawn again when it differs from the last one
 * @param {HTMLElement} box
 * @returns {(items: Item[]) => void}
 */
export function createKeyedList(box) {
  /** @type {Map<string, { sign: string, node: HTMLElement }>} */
  let drawn = new Map();
  return (items) => {
    const next = new Map();
    for (const { key, sign, draw } of items) {
      const old = drawn.get(key);
      if (old?.sign === sign) next.set(key, old);
      else {
        const node = draw();
        if (old) replace(old.node, node);
        next.set(key, { sign, node });
      }
    }
    for (const [key, { node }] of drawn) if (!next.has(key)) node.remove();
    drawn = next;
    [...next.values()].forEach(({ node }, i) => {
      if (box.children[i] !== node) box.insertBefore(node, box.children[i] ?? null);
    });
  };
}

/** The focus goes to the same control in the new node, or to the node if the control is gone. @param {HTMLElement} old @param {HTMLElement} node */
function replace(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const action = focused?.getAttribute('data-focus');
  old.replaceWith(node);
  if (!focused) return;
  const same = action ? node.querySelector(`[data-focus="${CSS.escape(action)}"]`) : null;
  /** @type {HTMLElement} */ (same ?? node).focus({ preventScroll: true });
}
