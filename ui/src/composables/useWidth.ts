import { useResizeObserver } from '@vueuse/core';
import { ref, type Ref } from 'vue';

/** The width of an element in pixels, as it changes. */
export function useWidth(element: Ref<HTMLElement | undefined>, initial: number) {
  const width = ref(initial);
  useResizeObserver(element, ([entry]) => {
    if (entry && entry.contentRect.width > 0) width.value = Math.round(entry.contentRect.width);
  });
  return width;
}
