// The server's clock as seen from this browser, so that countdowns agree with the timers they show.
let skewMs = 0;

/** The Date header has whole seconds, so a smaller difference than this says nothing about the clocks. */
const NOISE_MS = 2_000;

export function observeServerDate(header: string | null) {
  const at = header ? Date.parse(header) : NaN;
  if (Number.isNaN(at)) return;
  const seen = at + 500 - Date.now();
  skewMs = Math.abs(seen) > NOISE_MS ? seen : 0;
}

export const serverNow = () => Date.now() + skewMs;
