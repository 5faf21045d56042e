import { computed, ref } from 'vue';
import { readPages, type LoadPage } from '@/api/pages';
import { useResource } from './useResource';

/** A list that grows at its end. Reloading asks for as much as is shown, so that nothing jumps. */
export function useLoadMore<T>(load: LoadPage<T>, step = 24) {
  const wanted = ref(step);
  const { data, error, busy, loading, reload } = useResource(() => readPages(load, wanted.value));
  const items = computed(() => data.value?.items ?? []);
  const more = computed(() => data.value?.more ?? false);
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
