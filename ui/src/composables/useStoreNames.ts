import { onScopeDispose, shallowRef } from 'vue';
import { plaza } from '@/api/plaza';
import { coalesce } from '@/lib/coalesce';

/** Events name a store by its id; people know it by its name. Asked for once, and again when an unknown id turns up. */
const names = shallowRef(new Map<string, string>());
const ASK_AGAIN_MS = 3_000;

async function load() {
  const page = await plaza.stores({ limit: 200 }).catch(() => undefined);
  if (!page) return;
  const next = new Map(names.value);
  for (const s of page.items) next.set(s.id, s.name);
  names.value = next;
}

export function useStoreNames() {
  const job = coalesce(load, ASK_AGAIN_MS);
  const missed = new Set<string>();
  onScopeDispose(job.stop);
  return (id: string): string => {
    const name = names.value.get(id);
    // Archived stores are in no list: asking once for an id is enough.
    if (name === undefined && id && !missed.has(id)) {
      missed.add(id);
      job.schedule();
    }
    return name ?? '';
  };
}
