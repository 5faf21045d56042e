import { computed, ref } from 'vue';
import type { LoadPage } from '@/api/pages';
import { sortFromText, sortRows, sortToText, type Column } from '@/lib/table';
import { useAllPages } from './useAllPages';
import { useQueryFilters } from './useQueryFilters';

interface Options<T, F> {
  /** What is filtered and sorted by at first, as it stands in the address. */
  filters: F;
  load: (paging: Parameters<LoadPage<T>>[0], filters: F) => ReturnType<LoadPage<T>>;
  /** Which of the loaded rows are shown. */
  matches?: (row: T, filters: F) => boolean;
  /** `load` does not look at the filters, so that another filter needs no other answer. */
  loadsAll?: boolean;
  columns: Column<T>[];
  /** Rows on one page. */
  size: number;
}

/** A list that is held whole, filtered and sorted by its address and paged in the browser. */
export function useListPage<T, F extends { sort: string } & Record<string, string>>(options: Options<T, F>) {
  const { load, matches = () => true, loadsAll, columns, size } = options;
  const { filters, isFiltered, clear } = useQueryFilters(options.filters, () => {
    page.value = 1;
    if (!loadsAll) void list.reload();
  });
  const list = useAllPages((paging) => load(paging, filters));
  void list.reload();

  const sort = computed({ get: () => sortFromText(filters.sort), set: (s) => (filters.sort = sortToText(s)) });
  const page = ref(1);
  const found = computed(() => {
    const matching = list.items.value.filter((row) => matches(row, filters));
    return sortRows(matching, columns, sort.value);
  });
  /** What `DataList` shows, and what `LocalPager` turns. */
  const table = computed(() => ({
    columns,
    rows: found.value.slice((page.value - 1) * size, page.value * size),
    loading: list.loading.value,
    busy: list.busy.value,
    error: list.error.value,
  }));
  const pager = computed(() => ({ total: found.value.length, size, truncated: list.truncated.value }));
  return { filters, isFiltered, clear, list, sort, page, found, table, pager };
}
