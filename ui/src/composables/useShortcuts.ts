import { useEventListener } from '@vueuse/core';
import { ref } from 'vue';
import { useRouter } from 'vue-router';

/** Second key after `g`. */
export const PLACES: Record<string, { to: string; label: string; staff?: true }> = {
  h: { to: '/', label: 'Dashboard', staff: true },
  l: { to: '/lab', label: 'Simulation lab', staff: true },
  s: { to: '/shopping', label: 'Shopping' },
  c: { to: '/checkout', label: 'Checkout' },
  y: { to: '/orders', label: 'Your Orders' },
  p: { to: '/admin/stores', label: 'Plaza Admin', staff: true },
  o: { to: '/admin/orders', label: 'Order Admin', staff: true },
  e: { to: '/admin/orders/events', label: 'Event Sourcing', staff: true },
  u: { to: '/admin/customers', label: 'Customers Admin', staff: true },
};
const PREFIX_MS = 1_200;

const typing = (e: KeyboardEvent) =>
  e.target instanceof HTMLElement && e.target.closest('input, textarea, select, [contenteditable], [role=dialog]');

/** `/` searches, `g` and a letter goes somewhere, `?` shows the list. */
export function useShortcuts() {
  const router = useRouter();
  const help = ref(false);
  let prefixAt = 0;

  function onKey(e: KeyboardEvent) {
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    if (e.key === '?') help.value = true;
    else if (e.key === '/') {
      const search = document.querySelector<HTMLInputElement>('main input[type=search]');
      if (!search) return;
      e.preventDefault();
      search.focus();
      search.select();
    } else if (e.key === 'g') prefixAt = performance.now();
    else if (PLACES[e.key] && performance.now() - prefixAt < PREFIX_MS) {
      prefixAt = 0;
      void router.push(PLACES[e.key]!.to);
    }
  }
  useEventListener('keydown', onKey);
  return { help };
}
