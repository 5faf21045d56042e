import { computed, ref, shallowRef, watch } from 'vue';
import { readPages } from '@/api/pages';
import { plaza } from '@/api/plaza';
import type { Order, PlazaEvent } from '@/api/types';
import { useLiveRefresh } from '@/composables/useLiveRefresh';
import { useNotify } from '@/composables/useNotify';
import { useResource } from '@/composables/useResource';
import { streamId, version } from '@/lib/events';
import { foldSaga } from '@/lib/saga';

/** One order, its events, and the version being looked at (none: the present). */
export function useOrder(id: string) {
  const notify = useNotify();
  const now = useResource(() => plaza.order(id));
  const history = useResource(() => allEvents(id));
  const reload = () => Promise.all([now.reload(), history.reload()]);
  void reload();
  useLiveRefresh((e) => e.type.startsWith('plaza.order.') && streamId(e) === id, reload);

  const viewing = ref<number>();
  const past = shallowRef<Order>();
  // The past of an order that may no longer be seen may not be seen either.
  watch(now.data, (order) => {
    if (!order) viewing.value = undefined;
  });
  watch(viewing, async (at) => {
    if (at === undefined) {
      past.value = undefined;
      return;
    }
    try {
      const order = await plaza.order(id, at);
      if (viewing.value === at) past.value = order;
    } catch (e) {
      notify.problem(e);
    }
  });

  const latest = computed(() => now.data.value);
  const shown = computed(() => (viewing.value === undefined ? latest.value : (past.value ?? latest.value)));
  const events = computed(() => history.data.value ?? []);
  const eventsShown = computed(() =>
    viewing.value === undefined ? events.value : events.value.filter((e) => version(e) <= viewing.value!),
  );
  const saga = computed(() => (shown.value ? foldSaga(eventsShown.value, shown.value) : undefined));
  return { latest, shown, events, eventsShown, saga, viewing, error: now.error, eventsError: history.error, reload };
}

/** Every event of the order's stream, oldest first, whichever way the server pages. */
async function allEvents(id: string): Promise<PlazaEvent[]> {
  const { items } = await readPages((paging) => plaza.orderEvents(id, paging));
  return items.sort((a, b) => version(a) - version(b));
}
