import { computed } from 'vue';
import type { Page } from '@/api/types';
import { useResource } from './useResource';

const PAGE = 200;

/** A list small enough to hold whole, so that it can be sorted by any column. `truncated` says when it is not. */
export function useAllPages<T>(load: (paging: { limit: number; cursor?: string }) => Promise<Page<T>>, max = 2_000) {
  const { data, error, busy, reload } = useResource(async () => {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page: Page<T> = await load({ limit: PAGE, cursor });
      items.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && items.length < max);
    return { items, truncated: cursor !== undefined };
  });
  const items = computed(() => data.value?.items ?? []);
  const truncated = computed(() => data.value?.truncated ?? false);
  const loading = computed(() => data.value === undefined && error.value === undefined);
  return { items, truncated, loading, error, busy, reload };
}
