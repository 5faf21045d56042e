// What the server says about itself: asked once for the currency and the delays, polled while someone watches.
import { defineStore } from 'pinia';
import { computed, onScopeDispose, shallowRef } from 'vue';
import { plaza } from '@/api/plaza';
import type { Status } from '@/api/types';

const POLL_MS = 2_000;

export const useMall = defineStore('mall', () => {
  const status = shallowRef<Status>();
  const error = shallowRef<unknown>();
  const currency = computed(() => status.value?.currency ?? 'EUR');
  let watchers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function refresh() {
    try {
      status.value = await plaza.status();
      error.value = undefined;
    } catch (e) {
      error.value = e;
    }
  }
  async function poll() {
    if (!document.hidden) await refresh();
    if (watchers > 0) timer = setTimeout(() => void poll(), POLL_MS);
  }
  /** Polls for as long as the calling component lives. */
  function follow() {
    if (watchers++ === 0) void poll();
    onScopeDispose(() => {
      if (--watchers === 0) clearTimeout(timer);
    });
  }
  return { status, error, currency, refresh, follow };
});
