import { computed, shallowRef, watch } from 'vue';
import { readPages } from '@/api/pages';
import { plaza } from '@/api/plaza';
import { ApiError } from '@/api/problem';
import type { Order, PlazaEvent } from '@/api/types';
import { useLiveRefresh } from '@/composables/useLiveRefresh';
import { useNotify } from '@/composables/useNotify';
import { useQueryFilters } from '@/composables/useQueryFilters';
import { useResource } from '@/composables/useResource';
import { streamId, version } from '@/lib/events';
import { foldSaga } from '@/lib/saga';

/** One order, its events, and the version being looked at, which stands in the address (none: the present). */
export function useOrder(id: string) {
  const notify = useNotify();
  const now = useResource(() => plaza.order(id));
  const history = useResource(() => allEvents(id));
  const reload = () => Promise.all([now.reload(), history.reload()]);
  void reload();
  useLiveRefresh((e) => e.type.startsWith('plaza.order.') && streamId(e) === id, reload);

  const { filters } = useQueryFilters({ v: '' }, () => undefined);
  const viewing = computed({
    get: () => (/^[1-9]\d*$/.test(filters.v) ? Number(filters.v) : undefined),
    set: (version) => (filters.v = version === undefined ? '' : String(version)),
  });
  const past = shallowRef<Order>();
  // The past of an order that may no longer be seen may not be seen either.
  watch(now.data, (order, before) => {
    if (!order) viewing.value = undefined;
    // A link to what is still the newest version leads to the present.
    else if (!before && viewing.value === order.version) viewing.value = undefined;
  });
  watch(
    viewing,
    async (at) => {
      if (at === undefined) {
        past.value = undefined;
        return;
      }
      try {
        const order = await plaza.order(id, at);
        if (viewing.value === at) past.value = order;
      } catch (e) {
        // A version that does not exist is left above; everything else is worth a word.
        viewing.value = undefined;
        // A version that the order never had is nobody's fault; the page shows the present.
        if (!(e instanceof ApiError && e.status === 422)) notify.problem(e);
      }
    },
    { immediate: true },
  );

  const latest = computed(() => now.data.value);
  /** Until the past is here, what was shown before stays. */
  const shown = computed<Order | undefined>((before) => {
    if (!latest.value || viewing.value === undefined) return latest.value;
    return past.value?.version === viewing.value ? past.value : before;
  });
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
