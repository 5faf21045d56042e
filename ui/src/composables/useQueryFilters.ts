import { useTimeoutFn } from '@vueuse/core';
import { reactive, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Typing should not ask the server for every letter. */
const SETTLE_MS = 200;

/**
 * Filters that live in the address, so that a page can be reloaded, shared and gone back to; with other filters a list
 * begins at its first page.
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
  /** What the address says, or will in a moment: only what differs from it has been typed, or come by Back. */
  let addressed = read();

  async function settle() {
    // What came from the address stands there together with its page.
    const isTyped = Object.entries(filters).some(([key, value]) => value !== addressed[key]);
    if (isTyped && route.name === page) {
      addressed = { ...filters };
      const query = { ...route.query };
      delete query.page;
      delete query.cursor;
      for (const [key, value] of Object.entries(filters)) {
        if (value === defaults[key]) delete query[key];
        else query[key] = value;
      }
      await router.replace({ query });
    }
    changed();
  }
  const { start } = useTimeoutFn(settle, SETTLE_MS, { immediate: false });
  watch(filters, () => start());
  watch(
    () => route.query,
    () => {
      if (route.name !== page) return;
      const before = addressed;
      addressed = read();
      for (const key of Object.keys(defaults) as (keyof T)[])
        if (addressed[key] !== before[key]) filters[key] = addressed[key];
    },
  );

  const isFiltered = () => Object.entries(defaults).some(([key, value]) => filters[key] !== value);
  const clear = () => Object.assign(filters, defaults);
  return { filters, isFiltered, clear };
}
