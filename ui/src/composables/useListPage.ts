import { computed, shallowRef, watch } from 'vue';
import type { LoadPage } from '@/api/pages';
import { NO_NEWS, hold } from '@/lib/steady';
import { sortFromText, sortRows, sortToText, type Column } from '@/lib/table';
import { useAllPages } from './useAllPages';
import { usePlace } from './usePlace';
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

/**
 * A list that is held whole, filtered and sorted by its address and paged in the browser. Its rows follow the mall and
 * stay where they are; they are sorted anew when somebody asks for it.
 */
export function useListPage<T extends { id: string }, F extends { sort: string } & Record<string, string>>(
  options: Options<T, F>,
) {
  const { load, matches = () => true, loadsAll, columns, size } = options;
  const { place, go } = usePlace();
  const { filters, isFiltered, clear } = useQueryFilters(options.filters, () => {
    if (!loadsAll) void renew();
  });
  const list = useAllPages((paging) => load(paging, filters));
  /** Until an answer is taken: one that was overtaken changes nothing. */
  let renewing = true;

  const sort = computed({ get: () => sortFromText(filters.sort), set: (s) => (filters.sort = sortToText(s)) });
  const found = computed(() => {
    const matching = list.items.value.filter((row) => matches(row, filters));
    return sortRows(matching, columns, sort.value);
  });
  const shown = shallowRef<T[]>([]);
  const news = shallowRef(NO_NEWS);
  function show() {
    shown.value = found.value;
    news.value = NO_NEWS;
  }
  watch(filters, show);
  function take() {
    const isAnew = renewing || !shown.value.length || !list.items.value.length;
    renewing = false;
    if (isAnew) return show();
    const held = hold(shown.value, found.value, (row) => row.id, true);
    shown.value = held.rows;
    news.value = { ...held.news, arrived: held.news.arrived + held.next.length };
  }
  watch(list.items, take, { flush: 'sync' });
  /** Loads and sorts the list anew: rows may come, go and change places. */
  function renew() {
    renewing = true;
    return list.reload();
  }
  void renew();

  const pages = computed(() => Math.max(1, Math.ceil(shown.value.length / size)));
  const page = computed({
    get: () => Math.min(place.value.page, pages.value),
    set: (page) => go({ page, cursor: '' }),
  });
  /** What `DataList` shows, and what `LocalPager` turns. */
  const table = computed(() => ({
    columns,
    rows: shown.value.slice((page.value - 1) * size, page.value * size),
    loading: list.loading.value,
    busy: list.busy.value,
    error: list.error.value,
  }));
  const pager = computed(() => ({ total: shown.value.length, size, truncated: list.truncated.value }));
  return { filters, isFiltered, clear, list, sort, page, found, table, pager, news, renew };
}
