import { onScopeDispose, reactive, watch } from 'vue';
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
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(
    () => ({ ...filters }),
    (now) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const query = { ...route.query };
        for (const [key, value] of Object.entries(now)) {
          if (value === defaults[key]) delete query[key];
          else query[key] = value;
        }
        if (route.name === page) void router.replace({ query });
        changed();
      }, SETTLE_MS);
    },
  );
  watch(
    () => route.query,
    () => {
      if (route.name === page) Object.assign(filters, read());
    },
  );
  onScopeDispose(() => clearTimeout(timer));

  const isFiltered = () => Object.entries(defaults).some(([key, value]) => filters[key] !== value);
  const clear = () => Object.assign(filters, defaults);
  return { filters, isFiltered, clear };
}
