import { computed, watch } from 'vue';
import { plaza } from '@/api/plaza';
import { personalityOf } from '@/lib/personality';
import { useAccess } from '@/stores/access';
import { useLiveRefresh } from './useLiveRefresh';
import { useResource } from './useResource';

/** How the stores and the bank behave, for whoever may see it. */
export function usePersonalities() {
  const access = useAccess();
  const { data, reload } = useResource(async () => (access.maySee ? (await plaza.personalities()).items : []));
  watch(
    () => access.maySee,
    () => void reload(),
    { immediate: true },
  );
  useLiveRefresh((e) => e.type.startsWith('plaza.mall.personality_'), reload);
  const all = computed(() => data.value ?? []);
  /** Of a store, or of the bank. */
  const of = (storeId?: string) => personalityOf(all.value, storeId)?.personality;
  return { all, of, reload };
}
