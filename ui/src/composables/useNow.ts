import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { readonly, ref } from 'vue';
import { serverNow } from '@/lib/clock';

/** One clock for the whole page, on the server's time; it ticks only while something shows it. */
const clock = (tickMs: number) =>
  createSharedComposable(() => {
    const now = ref(serverNow());
    useIntervalFn(() => (now.value = serverNow()), tickMs);
    return readonly(now);
  });

/** For every countdown. */
export const useNow = clock(100);
/** For "3 s ago". */
export const useSlowNow = clock(1_000);
