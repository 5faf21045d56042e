import { useEventListener, useMutationObserver } from '@vueuse/core';
import { watch } from 'vue';
import { useRoute } from 'vue-router';
import { FOCUSABLE, OVERLAY, isShown, successor, trace, type Trace } from '@/lib/keptFocus';

/** A view that knows better where the focus belongs comes first. */
const COURTESY_MS = 60;

/**
 * When what has the focus is taken away, or can no longer be used, the focus goes to what comes next: never to the top of
 * the document, where nobody who cannot see the page would find out where they are.
 */
export function useKeptFocus() {
  let last: Trace | undefined;
  /** The last one on the page itself: where somebody was before a dialog or a toast. */
  let below: Trace | undefined;
  /** What had the focus could not keep it. */
  let isOut = false;
  let courtesy: ReturnType<typeof setTimeout> | undefined;

  useEventListener(document, 'focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || target === document.body) return;
    last = trace(target);
    isOut = false;
    if (!target.closest(OVERLAY)) below = last;
  });
  // Another page begins at its heading, and the router sees to that.
  const route = useRoute();
  watch(
    () => route.path,
    () => (last = below = undefined),
    { flush: 'sync' },
  );
  // Whoever clicks beside everything wants nothing to have the focus.
  useEventListener(
    document,
    'pointerdown',
    ({ target }) => {
      if (target instanceof Element && !target.closest(FOCUSABLE)) last = undefined;
    },
    { capture: true },
  );

  const canHave = (element: HTMLElement) => element.isConnected && isShown(element) && !element.matches(':disabled');
  function mend() {
    if (!last || document.activeElement !== document.body) return;
    if (canHave(last.element)) return last.element.focus();
    // A button that works on something comes back.
    if (last.element.isConnected && last.element.classList.contains('p-button-loading')) return;
    const overlay = last.path.find(({ node }) => node.matches(OVERLAY))?.node;
    const from = overlay && !overlay.isConnected ? below : last;
    const next = from && canHave(from.element) ? from.element : from && successor(from);
    (next ?? document.querySelector<HTMLElement>('main h1'))?.focus();
  }
  useMutationObserver(
    () => document.body,
    () => {
      if (last && !canHave(last.element)) isOut = true;
      if (!isOut || document.activeElement !== document.body) return;
      clearTimeout(courtesy);
      courtesy = setTimeout(mend, COURTESY_MS);
    },
    { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] },
  );
}
