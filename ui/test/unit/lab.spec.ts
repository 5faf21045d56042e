// How long answers are to take and took, and what was changed while a simulation ran, as the lab draws them.
import { describe, expect, it } from 'vitest';
import type { Delay, Simulation } from '@/api/types';
import { delaySteps, within } from '@/lib/delayCurve';
import { bandsOf } from '@/lib/simulation';

const part = (delay: Delay | null, ms: number) => within(delay, 400, ms);

describe('what part of the answers comes within a time', () => {
  it('is what each distribution says', () => {
    const lognormal: Delay = { distribution: 'lognormal', median_ms: 4_000, p99_ms: 20_000 };
    expect(part(lognormal, 4_000)).toBeCloseTo(0.5, 5);
    expect(part(lognormal, 20_000)).toBeCloseTo(0.99, 5);
    expect(part({ distribution: 'lognormal', median_ms: 1_000, sigma: 1 }, Math.E * 1_000)).toBeCloseTo(0.84134, 4);
    expect(part({ distribution: 'exponential', mean_ms: 100 }, 100)).toBeCloseTo(1 - 1 / Math.E, 6);
    expect(part({ distribution: 'uniform', min_ms: 100, max_ms: 300 }, 150)).toBeCloseTo(0.25, 6);
    expect(part({ distribution: 'pareto', min_ms: 100, alpha: 2 }, 200)).toBeCloseTo(0.75, 6);
    const measured: Delay = {
      distribution: 'quantiles',
      points: [
        [0.5, 4_000],
        [0.99, 20_000],
      ],
    };
    expect(part(measured, 2_000)).toBeCloseTo(0.25, 6);
    expect(part(measured, 12_000)).toBeCloseTo(0.745, 6);
    expect(part(measured, 20_000)).toBe(1);
    expect(part(null, 399)).toBe(0);
    expect(part(null, 400)).toBe(1);
  });

  it('keeps to the bounds', () => {
    const bounded: Delay = { distribution: 'exponential', mean_ms: 1_000, min_ms: 500, max_ms: 2_000 };
    expect(part(bounded, 499)).toBe(0);
    expect(part(bounded, 500)).toBeCloseTo(1 - Math.exp(-0.5), 6);
    expect(part(bounded, 2_000)).toBe(1);
  });
});

describe('the steps of a curve', () => {
  it('add up to all answers, drawn and measured', () => {
    const delay: Delay = { distribution: 'lognormal', median_ms: 4_000, p99_ms: 20_000 };
    const steps = delaySteps(delay, 0, [
      [3_866, 4_216, 30],
      [20_480, 22_334, 10],
    ]);
    expect(steps.reduce((sum, s) => sum + s.drawn, 0)).toBeGreaterThan(0.99);
    expect(steps.reduce((sum, s) => sum + s.measured!, 0)).toBeCloseTo(1, 6);
    expect(steps.every((s, i) => !i || s.fromMs === steps[i - 1]!.toMs)).toBe(true);
    expect(steps.find((s) => s.measured === 0.75)!.fromMs).toBeLessThan(4_216);
  });

  it('have room around what always takes as long, and nothing measured where nothing was', () => {
    const steps = delaySteps(null, 400, []);
    expect(steps.filter((s) => s.drawn > 0.99)).toHaveLength(1);
    expect(steps.length).toBeGreaterThanOrEqual(10);
    expect(steps.every((s) => s.measured === undefined)).toBe(true);
    expect(delaySteps(null, 0, [])[0]!.drawn).toBe(1);
  });
});

it('what was changed lasts until the same is changed again, as far as it is in sight', () => {
  const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000Z`;
  const shown = [10, 11, 12, 13, 14].map((second) => ({
    at: at(second),
    during: [] as string[],
  }));
  const change = (second: number, more: object) => ({
    at: at(second),
    rate: null,
    too_little_money: null,
    arrivals_paused: null,
    ...more,
  });
  const steered = [
    change(1, { rate: 3 }),
    change(5, { rate: 5 }),
    change(12, { arrivals_paused: true }),
    change(13, { arrivals_paused: false }),
    change(40, { too_little_money: 0.25 }),
  ] as Simulation['steered'];
  expect(bandsOf({ steered }, shown)).toEqual([
    { name: '5 a second', from: 0, to: 4 },
    { name: 'nobody comes', from: 2, to: 3 },
  ]);
});

it('a fault or a phase of the scenario is a band as long as the points tell of it', () => {
  const told = [[], ['bank: out'], ['bank: out', 'rush'], ['rush'], [], ['bank: out']];
  const shown = told.map((during) => ({ at: '2026-01-01T00:00:00Z', during }));
  expect(bandsOf({ steered: [] }, shown)).toEqual([
    { name: 'bank: out', from: 1, to: 2 },
    { name: 'rush', from: 2, to: 3 },
    { name: 'bank: out', from: 5, to: 5 },
  ]);
});
