import { onScopeDispose, readonly, ref } from 'vue';
import { serverNow } from '@/lib/clock';

const now = ref(serverNow());
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** One shared 100 ms clock, on the server's time, for every countdown on the page. */
export function useNow() {
  if (users++ === 0) {
    now.value = serverNow();
    timer = setInterval(() => (now.value = serverNow()), 100);
  }
  onScopeDispose(() => {
    if (--users === 0) clearInterval(timer);
  });
  return readonly(now);
}

const slow = ref(serverNow());
let slowUsers = 0;
let slowTimer: ReturnType<typeof setInterval> | undefined;

/** The same with one tick per second, for "3 s ago". */
export function useSlowNow() {
  if (slowUsers++ === 0) {
    slow.value = serverNow();
    slowTimer = setInterval(() => (slow.value = serverNow()), 1_000);
  }
  onScopeDispose(() => {
    if (--slowUsers === 0) clearInterval(slowTimer);
  });
  return readonly(slow);
}
