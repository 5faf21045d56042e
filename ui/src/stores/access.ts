// Who this browser is to the mall, and what it may do there. Unknown until the server has said so.
import { useTimeoutFn } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import { refusals, seenAs, setStaffToken, staffToken } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import type { WhoAmI } from '@/api/types';
import { useLive } from './live';

/** How soon a server that could not say who one is gets asked again. */
const RETRY_MS = 2_000;
/** Whoever signs out of a closed mall is nobody at once, whether the server answers just now or not. */
const NOBODY: WhoAmI = { closed: true, role: 'anonymous', name: null, customer_id: null };
/** What can stand in a header; anything else is no token and would make the browser refuse the request. */
const SENDABLE = /^[\x21-\x7e]+$/;

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
    if (!isStaff.value) return 'Not signed in';
    return `${who.value.name ?? 'Settings'} (${role.value === 'admin' ? 'administrator' : 'reader'})`;
  });

  function become(next: WhoAmI) {
    who.value = next;
    seenAs.value = next.role;
  }

  let latest = 0;
  const retry = useTimeoutFn(() => void refresh(), RETRY_MS, { immediate: false });
  async function refresh() {
    retry.stop();
    const turn = ++latest;
    const token = staffToken.value;
    try {
      const answer = await plaza.whoAmI(token || undefined);
      if (turn !== latest) return;
      become(answer);
      if (token && !isStaff.value) {
        // An open mall has no tokens: there the old one is forgotten without a word.
        ended.value = answer.closed;
        setStaffToken('');
      }
    } catch {
      // Offline or busy: what was known stays, and what was never known is asked again.
      if (turn === latest && !who.value) retry.start();
    }
  }

  /** Signs in with a token if it belongs to the staff of this mall; returns the role of its holder. */
  async function signIn(token: string): Promise<WhoAmI['role']> {
    const answer = SENDABLE.test(token) ? await plaza.whoAmI(token) : NOBODY;
    if (answer.role !== 'admin' && answer.role !== 'reader') return answer.role;
    ended.value = false;
    become(answer);
    setStaffToken(token);
    return answer.role;
  }
  function signOut() {
    if (isStaff.value) become(NOBODY);
    ended.value = false;
    setStaffToken('');
  }

  // A refusal tells nothing new to somebody who is nobody already; a page that polls would ask with every poll.
  watch(refusals, () => void ((staffToken.value || role.value !== 'anonymous') && refresh()));
  const live = useLive();
  watch([staffToken, () => live.resumed], () => void refresh());
  void refresh();
  return { who, role, mayChange, maySee, isStaff, label, ended, refresh, signIn, signOut };
});
