import { useTimeoutFn } from '@vueuse/core';
import { reactive, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Typing should not ask the server for every letter. */
const SETTLE_MS = 200;

/**
 * Filters that live in the address, so that a page can be reloaded, shared and gone back to.
 * `changed` runs after the filters have settled.
 */
export function useQueryFilters<T extends Record<string, string>>(defaults: T, changed: () => unknown) {
  const route = useRoute();
  const router = useRouter();
  const page = route.name;
  const read = () =>
    Object.fromEntries(
      Object.entries(defaults).map(([key, fallback]) => [key, String(route.query[key] ?? fallback)]),
    ) as T;
  const filters = reactive(read()) as T;

  function settle() {
    const query = { ...route.query };
    for (const [key, value] of Object.entries(filters)) {
      if (value === defaults[key]) delete query[key];
      else query[key] = value;
    }
    if (route.name === page) void router.replace({ query });
    changed();
  }
  const { start } = useTimeoutFn(settle, SETTLE_MS, { immediate: false });
  watch(filters, () => start());
  watch(
    () => route.query,
    () => {
      if (route.name === page) Object.assign(filters, read());
    },
  );

  const isFiltered = () => Object.entries(defaults).some(([key, value]) => filters[key] !== value);
  const clear = () => Object.assign(filters, defaults);
  return { filters, isFiltered, clear };
}
