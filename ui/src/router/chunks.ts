// Pages are loaded when they are first visited. These two rules make that dependable: the other pages are fetched
// while the browser is idle, and a page that cannot be fetched is tried again instead of leaving a dead link.
import type { RouteLocationNormalized, Router, RouteRecordRaw } from 'vue-router';
import { isUp } from '@/api/plaza';
import { session } from '@/lib/storage';

const RETRY_MS = 1_000;
/** A bundle that is broken for good must not reload for ever. */
const RELOAD_GAP_MS = 10_000;

/** So that a click works at once, and also while the connection is lost. */
export function fetchPagesWhenIdle(routes: readonly RouteRecordRaw[]) {
  const fetchAll = () => {
    for (const { component } of routes)
      if (typeof component === 'function') void (component as () => Promise<unknown>)().catch(() => undefined);
  };
  if ('requestIdleCallback' in window) requestIdleCallback(fetchAll, { timeout: 5_000 });
  else setTimeout(fetchAll, 2_000);
}

/** The server was down, or was replaced by a version whose files have other names: either way, load the page anew. */
async function loadAnew(to: RouteLocationNormalized) {
  while (!(await isUp())) await new Promise((done) => setTimeout(done, RETRY_MS));
  const last = session.get<number>('reloaded-at') ?? 0;
  if (Date.now() - last < RELOAD_GAP_MS) return;
  session.set('reloaded-at', Date.now());
  location.assign(to.fullPath);
}

export function recoverFromMissingPages(router: Router) {
  router.onError((error: unknown, to) => {
    if (error instanceof TypeError && /import|module/i.test(error.message)) void loadAnew(to);
  });
}
