// Back leads to where somebody was: the page of the list, its scroll position and the row they left through.
import { nextTick } from 'vue';
import type { RouterScrollBehavior } from 'vue-router';

/** A list that is not there by then comes too late to scroll under somebody's hands. */
const PATIENCE_MS = 4_000;
const BUSY = 'main [aria-busy=true]';
const HANDS = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;

interface Left {
  row: string;
  href: string;
}

/** Notes in the history of the tab which link of which row is followed. */
export function noteRowsLeft() {
  document.addEventListener(
    'click',
    (e) => {
      const link = e.target instanceof Element ? e.target.closest('[data-key] a[href]') : null;
      const row = link?.closest<HTMLElement>('[data-key]')?.dataset.key;
      if (!link || row === undefined) return;
      const left: Left = { row, href: link.getAttribute('href')! };
      history.replaceState({ ...(history.state as object | null), left }, '');
    },
    { capture: true },
  );
}

/** Waits until the page has what it loads; false when somebody scrolls or types meanwhile, or it takes too long. */
async function settled(): Promise<boolean> {
  let isTouched = false;
  const touch = () => (isTouched = true);
  for (const hand of HANDS) addEventListener(hand, touch, { passive: true, capture: true });
  const deadline = performance.now() + PATIENCE_MS;
  await nextTick();
  while (document.querySelector(BUSY) && !isTouched && performance.now() < deadline)
    await new Promise((next) => requestAnimationFrame(next));
  for (const hand of HANDS) removeEventListener(hand, touch, { capture: true });
  return !isTouched && !document.querySelector(BUSY);
}

function returnToRow() {
  const { left } = (history.state ?? {}) as { left?: Left };
  if (!left) return;
  const row = document.querySelector<HTMLElement>(`main [data-key="${CSS.escape(left.row)}"]`);
  row?.querySelector<HTMLElement>(`a[href="${CSS.escape(left.href)}"]`)?.focus({ preventScroll: true });
  row?.setAttribute('data-returned', '');
}

/**
 * A new page starts at its heading for those who do not see it change. Some pages have one only when they have loaded;
 * whoever has gone on meanwhile is left alone.
 */
export async function focusHeading() {
  const before = document.activeElement;
  const deadline = performance.now() + PATIENCE_MS;
  await nextTick();
  while (performance.now() < deadline) {
    const now = document.activeElement;
    if (now !== before && now !== document.body) return;
    const heading = document.querySelector<HTMLElement>('main h1');
    if (heading) return heading.focus({ preventScroll: true });
    await new Promise((next) => requestAnimationFrame(next));
  }
}

/** Another page begins at its top; one that is come back to is shown as it was left, as soon as it is there. */
export const comeBack: RouterScrollBehavior = async (to, from, saved) => {
  if (!saved) return to.path === from.path ? undefined : { top: 0 };
  if (!(await settled())) return false;
  if (from.matched.length) returnToRow();
  return saved;
};
