import { computed, ref } from 'vue';
import type { Page } from '@/api/types';
import { useResource } from './useResource';

/** The server answers at most this many rows at once. */
const MAX = 200;

/** A list that grows at its end. Reloading asks for as much as is shown, so that nothing jumps. */
export function useLoadMore<T>(load: (paging: { limit: number; cursor?: string }) => Promise<Page<T>>, step = 24) {
  const wanted = ref(step);
  const { data, error, busy, reload } = useResource(async () => {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<T> = await load({ limit: Math.min(MAX, wanted.value - items.length), cursor });
      items.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && items.length < wanted.value);
    return { items, more: cursor !== undefined };
  });
  const items = computed(() => data.value?.items ?? []);
  const more = computed(() => data.value?.more ?? false);
  const loading = computed(() => data.value === undefined && error.value === undefined);
  function loadMore() {
    if (busy.value || !more.value) return;
    wanted.value = items.value.length + step;
    void reload();
  }
  function restart() {
    wanted.value = step;
    return reload();
  }
  return { items, more, loading, error, busy, reload, restart, loadMore };
}
