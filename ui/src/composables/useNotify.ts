import { useToast } from 'primevue/usetoast';
import { ref } from 'vue';
import { describe } from '@/api/problem';

const SUCCESS_MS = 3_500;
const PROBLEM_MS = 12_000;

export interface ToastExtra {
  traceId?: string;
  retry?: () => void;
  undo?: () => void;
}

/** Says what happened. Success is only said after the server answered. */
export function useNotify() {
  const toast = useToast();
  function show(message: Parameters<typeof toast.add>[0], extra: ToastExtra) {
    const shown = { ...message, data: {} as ToastExtra };
    const closing = (f?: () => void) =>
      f &&
      (() => {
        toast.remove(shown);
        f();
      });
    shown.data = { traceId: extra.traceId, retry: closing(extra.retry), undo: closing(extra.undo) };
    toast.add(shown);
  }
  const ok = (summary: string, detail?: string, undo?: () => void) =>
    show({ severity: 'success', summary, detail, life: undo ? SUCCESS_MS * 2 : SUCCESS_MS }, { undo });
  /** Says what is so, without praise or blame. */
  const say = (summary: string, detail: string) => show({ severity: 'info', summary, detail, life: PROBLEM_MS }, {});
  function problem(e: unknown, retry?: () => void) {
    const { title, detail, traceId } = describe(e);
    show({ severity: 'error', summary: title, detail, life: PROBLEM_MS }, { traceId, retry });
  }
  /** Runs `work`; when it fails, says why and offers to run it again. `busy` is true meanwhile. */
  async function attempt(work: () => Promise<unknown>, busy = ref(false)) {
    busy.value = true;
    try {
      await work();
    } catch (e) {
      problem(e, () => void attempt(work, busy));
    } finally {
      busy.value = false;
    }
  }
  return { ok, say, problem, attempt };
}
