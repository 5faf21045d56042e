import { createSharedComposable, useIntervalFn } from '@vueuse/core';
import { readonly, ref, watch } from 'vue';
import { course, mallNow } from '@/lib/clock';

/** One clock for the whole page, on the mall's time; it ticks only while something shows it. */
const clock = (tickMs: number) =>
  createSharedComposable(() => {
    const now = ref(mallNow());
    const tick = () => (now.value = mallNow());
    useIntervalFn(tick, tickMs);
    // A clock that was set or advanced is shown at once.
    watch(course, tick, { flush: 'sync' });
    return readonly(now);
  });

/** For every countdown. */
export const useNow = clock(100);
/** For "3 s ago". */
export const useSlowNow = clock(1_000);
