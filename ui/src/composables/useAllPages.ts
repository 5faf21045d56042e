import { computed } from 'vue';
import { readPages, type LoadPage } from '@/api/pages';
import { useResource } from './useResource';

/** A list small enough to hold whole, so that it can be sorted by any column. `truncated` says when it is not. */
export function useAllPages<T>(load: LoadPage<T>, max = 2_000) {
  const { data, error, busy, loading, reload } = useResource(() => readPages(load, max));
  const items = computed(() => data.value?.items ?? []);
  const truncated = computed(() => data.value?.more ?? false);
  return { items, truncated, loading, error, busy, reload };
}
