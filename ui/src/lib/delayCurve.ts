// How long answers take: what a distribution promises, and what was measured, over the same steps.
import type { Delay } from '@/api/types';

/** How many standard deviations the 99th percentile of the normal distribution is from its middle. */
const P99 = 2.326347874040841;
const DAY_MS = 86_400_000;
/** Steps of an octave. */
const STEPS = 4;
/** The fewest steps that are drawn. */
const NARROW = 10;
/** What is drawn at least of a distribution: from this part of the answers to all but it. */
const TAIL = 0.003;

/** The normal distribution function: Abramowitz and Stegun 7.1.26, right to seven digits. */
function normal(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const half = 0.5 * series * Math.exp(-x * x);
  return z < 0 ? half : 1 - half;
}

/** What part of the answers comes within `ms`, without bounds. */
function unbounded(delay: Delay, ms: number): number {
  switch (delay.distribution) {
    case 'fixed':
      return ms >= (delay.ms ?? 0) ? 1 : 0;
    case 'uniform': {
      const [from, to] = [delay.min_ms ?? 0, delay.max_ms ?? 0];
      return to > from ? Math.min(1, Math.max(0, (ms - from) / (to - from))) : ms >= from ? 1 : 0;
    }
    case 'exponential':
      return delay.mean_ms ? 1 - Math.exp(-ms / delay.mean_ms) : 1;
    case 'lognormal': {
      const median = delay.median_ms ?? 1;
      const sigma = delay.sigma ?? Math.log((delay.p99_ms ?? median) / median) / P99;
      if (ms <= 0) return 0;
      return sigma > 0 ? normal(Math.log(ms / median) / sigma) : ms >= median ? 1 : 0;
    }
    case 'pareto': {
      const from = delay.min_ms ?? 1;
      return ms <= from ? 0 : 1 - (from / ms) ** (delay.alpha ?? 1);
    }
    case 'quantiles': {
      const points = (delay.points ?? []) as unknown as [number, number][];
      const last = points.at(-1);
      const all: [number, number][] = [[0, delay.min_ms ?? 0], ...points, [1, delay.max_ms ?? last?.[1] ?? 0]];
      const next = all.findIndex(([, at]) => at > ms);
      if (next === -1) return 1;
      if (next === 0) return 0;
      const [[low, from], [high, to]] = [all[next - 1]!, all[next]!];
      return low + ((high - low) * (ms - from)) / (to - from);
    }
  }
}

/** What part of the answers comes within `ms`; without a distribution all come after the usual delay. */
export function within(delay: Delay | null | undefined, usualMs: number, ms: number): number {
  if (!delay) return ms >= usualMs ? 1 : 0;
  if (ms >= (delay.max_ms ?? DAY_MS)) return 1;
  return ms < (delay.min_ms ?? 0) ? 0 : unbounded(delay, ms);
}

/** Answers from the first number of milliseconds on, before the second: how many. */
export type Measured = [from: number, to: number, count: number][];

export interface DelayStep {
  fromMs: number;
  toMs: number;
  /** What part of the answers is to be in it. */
  drawn: number;
  /** What part of them was; nothing as long as there are none. */
  measured?: number;
}

const stepOf = (ms: number) => Math.floor(STEPS * Math.log2(Math.max(1, ms)));
const startOf = (step: number) => (step <= 0 ? 0 : 2 ** (step / STEPS));

/** The steps in which answers come, by the distribution and as measured: each step is a fifth longer than the one before. */
export function delaySteps(delay: Delay | null | undefined, usualMs: number, measured: Measured): DelayStep[] {
  const cdf = (ms: number) => within(delay, usualMs, ms);
  const counts = new Map<number, number>();
  for (const [from, to, count] of measured) {
    const step = stepOf(Math.sqrt(Math.max(1, from) * to));
    counts.set(step, (counts.get(step) ?? 0) + count);
  }
  const top = stepOf(DAY_MS);
  const last = (part: number) => {
    let step = 0;
    while (step < top && cdf(startOf(step + 1)) < part) step += 1;
    return step;
  };
  let [from, to] = [last(TAIL), last(1 - TAIL)];
  from = Math.min(from, ...counts.keys());
  to = Math.max(to, ...counts.keys());
  const missing = Math.max(0, NARROW - (to - from + 1));
  from = Math.max(0, from - Math.ceil(missing / 2));
  to = Math.max(to, from + NARROW - 1);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const step = from + i;
    const [fromMs, toMs] = [startOf(step), startOf(step + 1)];
    // What takes exactly as long as a step ends is of that step on both sides.
    const drawn = cdf(toMs - 1e-6) - (step <= 0 ? 0 : cdf(fromMs - 1e-6));
    return { fromMs, toMs, drawn, measured: all ? (counts.get(step) ?? 0) / all : undefined };
  });
}
