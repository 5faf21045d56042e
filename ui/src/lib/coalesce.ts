/**
 * Runs `work` soon after the first call, then at most once per `intervalMs` however often it is called, and never
 * twice at the same time. The last call is always followed by a run, so what is shown ends up current.
 */
export function coalesce(work: () => Promise<unknown>, intervalMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let again = false;
  let lastRun = -Infinity;
  let stopped = false;

  async function run() {
    timer = undefined;
    running = true;
    lastRun = performance.now();
    try {
      await work();
    } finally {
      running = false;
      if (again) {
        again = false;
        schedule();
      }
    }
  }
  function schedule() {
    if (stopped || timer !== undefined) return;
    if (running) {
      again = true;
      return;
    }
    const wait = Math.max(20, lastRun + intervalMs - performance.now());
    timer = setTimeout(() => void run(), wait);
  }
  function stop() {
    stopped = true;
    clearTimeout(timer);
  }
  return { schedule, stop };
}
