// Round numbers along an axis of time.

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const DAY = 24 * H;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S],
  ...[MIN, 2 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 30 * MIN],
  ...[H, 2 * H, 3 * H, 6 * H, 12 * H],
];

/** Where to label an axis from 0 to `spanMs`: at most `most` multiples of the smallest round step that allows it. */
export function roundTicks(spanMs: number, most = 5): number[] {
  const fits = (step: number) => Math.floor(spanMs / step) + 1 <= most;
  // Beyond half a day whole days are counted, as many at a time as it takes.
  const step = STEPS.find(fits) ?? DAY * Math.max(1, Math.ceil(spanMs / DAY / (most - 1)));
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, i) => i * step);
}
