import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { staffToken } from '@/api/credentials';
import { useLive } from '@/stores/live';

/**
 * Something loaded from the server: `data` stays while it is reloaded, an answer that was overtaken is dropped, and a
 * failed load is tried again when the connection or the credentials come back.
 */
export function useResource<T>(load: () => Promise<T>) {
  const data = shallowRef<T>();
  const error = shallowRef<unknown>();
  const busy = ref(false);
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
      if (turn === latest) error.value = e;
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
  watch([() => live.resumed, staffToken], () => void reload());
  onScopeDispose(() => (latest = Infinity));
  return { data, error, busy, reload, clear };
}
