import { shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export interface Place {
  page: number;
  /** Where the server goes on; empty on the first page, and where the browser turns the pages. */
  cursor: string;
}

/** Where in a list somebody is, kept in the address: a page that is turned is a step that Back takes back. */
export function usePlace() {
  const route = useRoute();
  const router = useRouter();
  const { name } = route;
  const read = (): Place => ({
    page: Math.max(1, Math.trunc(Number(route.query.page)) || 1),
    cursor: String(route.query.cursor ?? ''),
  });
  const place = shallowRef(read());
  const isAt = (other: Place) => place.value.page === other.page && place.value.cursor === other.cursor;
  watch(
    () => route.query,
    () => {
      if (route.name === name && !isAt(read())) place.value = read();
    },
    { flush: 'sync' },
  );
  function queryOf({ page, cursor }: Place) {
    const query = { ...route.query };
    delete query.page;
    delete query.cursor;
    if (page > 1) query.page = String(page);
    if (cursor) query.cursor = cursor;
    return query;
  }
  /** `trail`: the cursors on the way there, kept with the step in the history of the tab. */
  function go(next: Place, trail: string[] = []) {
    if (isAt(next)) return;
    place.value = next;
    void router.push({ query: queryOf(next), state: { trail } });
  }
  /** Further down the same page: no step of its own. */
  function replace(next: Place) {
    place.value = next;
    void router.replace({ query: queryOf(next) });
  }
  return { place, go, replace };
}
