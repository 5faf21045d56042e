// Who this browser is to the mall, and what it may do there. Unknown until the server has said so.
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { readsOnly, refusals, setStaffToken, staffToken } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import type { WhoAmI } from '@/api/types';

export const useAccess = defineStore('access', () => {
  const who = shallowRef<WhoAmI>();
  /** Whether the token of this tab was refused: revoked, or of another mall. */
  const ended = shallowRef(false);
  const role = computed(() => who.value?.role);
  const mayChange = computed(() => role.value === 'open' || role.value === 'admin');
  const maySee = computed(() => mayChange.value || role.value === 'reader');
  const isStaff = computed(() => role.value === 'admin' || role.value === 'reader');
  const label = computed(() => {
    if (!who.value) return '';
    if (role.value === 'open') return 'Open mall';
    if (!isStaff.value) return 'Sign in';
    return `${who.value.name ?? 'Settings'} (${role.value === 'admin' ? 'administrator' : 'reader'})`;
  });

  let latest = 0;
  async function refresh() {
    const turn = ++latest;
    const token = staffToken.value;
    try {
      const answer = await plaza.whoAmI(token || undefined);
      if (turn !== latest) return;
      who.value = answer;
      readsOnly.value = answer.role === 'reader';
      if (token && answer.closed && !isStaff.value) {
        ended.value = true;
        setStaffToken('');
      }
    } catch {
      // Offline: who one is stays what it was; the next answer that refuses asks again.
    }
  }

  /** Takes a token if it is one of this mall's; whether it is. */
  async function signIn(token: string): Promise<boolean> {
    const answer = await plaza.whoAmI(token);
    if (answer.role !== 'admin' && answer.role !== 'reader') return false;
    ended.value = false;
    setStaffToken(token);
    await refresh();
    return true;
  }
  function signOut() {
    ended.value = false;
    setStaffToken('');
  }

  watch([staffToken, refusals], () => void refresh());
  void refresh();
  return { who, role, mayChange, maySee, isStaff, label, ended, refresh, signIn, signOut };
});
