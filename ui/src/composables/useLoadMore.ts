import { computed, watch } from 'vue';
import { readPages, type LoadPage } from '@/api/pages';
import { NO_NEWS, hold, type News } from '@/lib/steady';
import { usePlace } from './usePlace';
import { useResource } from './useResource';

/** So many rows more than are shown are looked at, so that new ones before them do not push the last ones out of sight. */
const SLACK = 24;

interface Grown<T> {
  items: T[];
  more: boolean;
  news: News;
}

/** A list that grows at its end; how far it has grown is kept in the address. What is shown stays put. */
export function useLoadMore<T>(load: LoadPage<T>, key: (row: T) => string, step = 24) {
  const { place, replace } = usePlace();
  const wanted = computed(() => place.value.page * step);
  /** Until an answer is taken: one that was overtaken changes nothing. */
  let renewing = true;
  const { data, error, busy, loading, reload } = useResource(async (): Promise<Grown<T>> => {
    const shown: Grown<T> | undefined = renewing ? undefined : data.value;
    if (!shown?.items.length) return { ...(await readPages(load, wanted.value)), news: NO_NEWS };
    const fresh = await readPages(load, wanted.value + SLACK + shown.news.arrived);
    const { rows, news, next } = hold(shown.items, fresh.items, key, !fresh.more);
    const added = next.slice(0, Math.max(0, wanted.value - rows.length));
    return { items: [...rows, ...added], more: fresh.more || next.length > added.length, news };
  });
  const items = computed(() => data.value?.items ?? []);
  const more = computed(() => data.value?.more ?? false);
  const news = computed(() => data.value?.news ?? NO_NEWS);

  function loadMore() {
    if (busy.value || !more.value) return;
    replace({ page: Math.ceil(items.value.length / step) + 1, cursor: '' });
    void reload();
  }
  /** Loads what is shown anew: rows may come, go and change places. */
  function renew() {
    renewing = true;
    return reload();
  }
  watch(data, () => (renewing = false), { flush: 'sync' });
  return { items, more, news, loading, error, busy, reload, renew, loadMore };
}
