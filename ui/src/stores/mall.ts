// What the server says about itself: asked once for the currency and the delays, polled while someone watches.
import { defineStore } from 'pinia';
import { onScopeDispose, ref, shallowRef } from 'vue';
import { onOtherCaller } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import { needsAccess } from '@/api/problem';
import type { Status } from '@/api/types';

const POLL_MS = 2_000;
/** Said where an amount cannot be sent for want of it. */
export const UNKNOWN_CURRENCY = 'Plaza has not said yet which currency it trades in. Try again in a moment.';

export const useMall = defineStore('mall', () => {
  const status = shallowRef<Status>();
  /** When the mall said so, by this browser's clock. */
  const asOf = ref<number>();
  const error = shallowRef<unknown>();
  /** Fixed for the life of a mall and no secret, so it outlives a refused status. Undefined until it is known. */
  const currency = ref<string>();
  let watchers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function refresh() {
    try {
      status.value = await plaza.status();
      asOf.value = Date.now();
      currency.value = status.value.currency ?? currency.value;
      error.value = undefined;
    } catch (e) {
      error.value = e;
      // After a refusal no older numbers stay on the screen.
      if (needsAccess(e)) status.value = undefined;
    }
  }
  /** Asks for the currency where it must be known; where the status is refused, a price tells it. */
  async function askCurrency(): Promise<string | undefined> {
    if (!currency.value && !needsAccess(error.value)) await refresh();
    if (!currency.value) {
      const { items } = await plaza.products({ limit: 1 }).catch(() => ({ items: [] }));
      currency.value ??= items[0]?.price.currency;
    }
    return currency.value;
  }
  async function poll() {
    // Refused is refused until somebody signs in or the connection is back: asking every two seconds changes nothing.
    if (!document.hidden && !needsAccess(error.value)) await refresh();
    if (watchers > 0) timer = setTimeout(() => void poll(), POLL_MS);
  }
  /** Polls for as long as the calling component lives. */
  function follow() {
    if (watchers++ === 0) void poll();
    onScopeDispose(() => {
      if (--watchers === 0) clearTimeout(timer);
    });
  }
  onOtherCaller((out) => {
    if (out) status.value = undefined;
    void refresh();
  });
  return { status, asOf, error, currency, askCurrency, refresh, follow };
});
