import { computed, ref } from 'vue';
import type { LoadPage } from '@/api/pages';
import { useResource } from './useResource';

/** A keyset-paged list, one page on screen: the table stays small however many rows there are. */
export function useCursorPages<T>(load: LoadPage<T>, limit = 50) {
  /** The cursor of each page up to the one shown; the first page has none. */
  const trail = ref<(string | undefined)[]>([undefined]);
  const { data, error, busy, loading, reload, clear } = useResource(() => load({ limit, cursor: trail.value.at(-1) }));

  const items = computed(() => data.value?.items ?? []);
  const nextCursor = computed(() => data.value?.next_cursor ?? undefined);
  const page = computed(() => trail.value.length);
  /** What `CursorPager` shows. */
  const pager = computed(() => ({
    page: page.value,
    from: (page.value - 1) * limit + 1,
    shown: items.value.length,
    hasNext: !!nextCursor.value,
  }));

  function show(cursors: (string | undefined)[]) {
    trail.value = cursors;
    return reload();
  }
  function next() {
    const cursor = nextCursor.value;
    // A second click before the answer is still the same step.
    if (cursor && cursor !== trail.value.at(-1)) return show([...trail.value, cursor]);
  }
  const previous = () => (page.value > 1 ? show(trail.value.slice(0, -1)) : undefined);
  /** After a change of filters: back to the first page. */
  const restart = () => show([undefined]);

  return { items, error, busy, loading, page, pager, next, previous, restart, reload, clear };
}
