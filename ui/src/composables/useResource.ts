import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { onOtherCaller } from '@/api/credentials';
import { needsAccess } from '@/api/problem';
import { useLive } from '@/stores/live';

/**
 * Something loaded from the server: `data` stays while it is reloaded, overtaken answers are ignored, and a failed load
 * is tried again when the connection or the credentials come back. Data the user may no longer see is dropped.
 */
export function useResource<T>(load: () => Promise<T>) {
  const data = shallowRef<T>();
  const error = shallowRef<unknown>();
  const busy = ref(false);
  /** The first load has neither succeeded nor failed yet. */
  const loading = computed(() => data.value === undefined && error.value === undefined);
  let latest = 0;

  async function reload() {
    const turn = ++latest;
    busy.value = true;
    try {
      const fresh = await load();
      if (turn !== latest) return;
      data.value = fresh;
      error.value = undefined;
    } catch (e) {
      if (turn !== latest) return;
      error.value = e;
      // After signing out or being refused, nothing stays on the screen that may no longer be seen.
      if (needsAccess(e)) data.value = undefined;
    } finally {
      if (turn === latest) busy.value = false;
    }
  }

  /** Forgets what was loaded, because the next load is about something else. */
  function clear() {
    latest++;
    data.value = undefined;
    error.value = undefined;
  }

  const live = useLive();
  watch(
    () => live.resumed,
    () => void reload(),
  );
  onOtherCaller((out) => {
    // At once, not when the server refuses: that may take a while, and someone else may be looking by then.
    if (out) clear();
    void reload();
  });
  onScopeDispose(() => (latest = Infinity));
  return { data, error, busy, loading, reload, clear };
}
