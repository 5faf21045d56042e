import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { onOtherCaller } from '@/api/credentials';
import { needsAccess } from '@/api/problem';
import { useLive } from '@/stores/live';

/**
 * Something loaded from the server: `data` stays while it is reloaded, an answer that was overtaken is dropped, and a
 * failed load is tried again when the connection or the credentials come back. What one may no longer see is dropped.
 */
export function useResource<T>(load: () => Promise<T>) {
  const data = shallowRef<T>();
  const error = shallowRef<unknown>();
  const busy = ref(false);
  /** Nothing has come yet, neither an answer nor a refusal. */
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
      // Whoever signed out, or is refused by now, leaves nothing on the screen that they may not see.
      if (needsAccess(e)) data.value = undefined;
    } finally {
      if (turn === latest) busy.value = false;
    }
  }

  /** Forgets what was loaded: what comes next is about something else. */
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
    // Not left on the screen until the server refuses it: that may take a while, and somebody else may sit there.
    if (out) clear();
    void reload();
  });
  onScopeDispose(() => (latest = Infinity));
  return { data, error, busy, loading, reload, clear };
}
