import { onScopeDispose } from 'vue';
import type { PlazaEvent } from '@/api/types';
import { coalesce } from '@/lib/coalesce';
import { useLive } from '@/stores/live';

/** At most this often does one view ask the server again, however many events come. */
const REFRESH_MS = 500;

/** Reloads what a view shows when events say that it may have changed. */
export function useLiveRefresh(concerns: (e: PlazaEvent) => boolean, reload: () => Promise<unknown>) {
  const job = coalesce(reload, REFRESH_MS);
  const off = useLive().subscribe((events) => {
    if (events.some(concerns)) job.schedule();
  });
  onScopeDispose(() => {
    off();
    job.stop();
  });
}
