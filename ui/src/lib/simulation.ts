// Simulations in words, and their points as charts draw them.
import type { RunReport, Simulation, SimulationPoint } from '@/api/types';
import { duration } from './format';
import type { Tone } from './tone';

export const STATUS_WORDS: Record<Simulation['status'], { label: string; tone: Tone }> = {
  running: { label: 'Running', tone: 'info' },
  settling: { label: 'Settling', tone: 'wait' },
  passed: { label: 'Everything held', tone: 'good' },
  failed: { label: 'Not everything held', tone: 'bad' },
  stopped: { label: 'Stopped', tone: 'info' },
  error: { label: 'Not carried out', tone: 'bad' },
};

export const modeWord = ({ mode, from_this_mall }: Pick<Simulation, 'mode' | 'from_this_mall'>) =>
  mode === 'live' ? 'in this mall' : from_this_mall ? 'in a copy of this mall' : 'in virtual time';

/** What fields hold: shoppers in thousandths, shares in thousandths of a percent. */
export const RATE_UNITS = 1_000;
export const SHARE_UNITS = 100_000;

/** How many seconds the charts show. */
export const WINDOW = 120;

/** The last points, each with its second: there are more than are kept. */
export function lately(points: SimulationPoint[]) {
  return points.slice(-WINDOW).map((point) => ({ point, second: point.number - 1 }));
}

/** The course of a run that is over, in as many stretches as the charts show. */
export function overview(course: NonNullable<RunReport['course']>) {
  const together = Math.ceil(course.steps.length / WINDOW);
  const stretches = Array.from({ length: Math.ceil(course.steps.length / together) }, (_, i) =>
    course.steps.slice(i * together, (i + 1) * together),
  );
  return stretches.map((steps, i) => {
    const sum = (key: 'accepted' | 'rejected' | 'cancelled' | 'expired') => steps.reduce((n, step) => n + step[key], 0);
    const most = (key: 'under_way' | 'pending') => Math.max(...steps.map((step) => step[key]));
    return {
      at: i,
      label: duration(i * together * course.step_ms),
      verdicts: {
        accepted: sum('accepted'),
        rejected: sum('rejected'),
        cancelled: sum('cancelled'),
        expired: sum('expired'),
      },
      inside: { in_flight: most('under_way'), pending: most('pending') },
    };
  });
}

/** What counts in place of the scenario's values, to be read after something else. */
export const settings = ({ set }: Pick<Simulation, 'set'>) =>
  Object.entries(set as Record<string, unknown>)
    .map(([key, value]) => `, ${key} = ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('');

/** How the orders so far stand, as a sentence. */
export function standing(totals: Simulation['totals'], word: (n: number) => string): string {
  const waiting = totals.submitted - totals.settled;
  const parts: [number, string][] = [
    [waiting, 'waiting'],
    [totals.accepted, 'accepted'],
    [totals.refused, 'rejected'],
    [totals.settled - totals.accepted - totals.refused, 'called off before their verdict'],
  ];
  const told = parts.filter(([n]) => n > 0).map(([n, what]) => `${word(n)} ${what}`);
  return `${word(totals.submitted)} ${totals.submitted === 1 ? 'order' : 'orders'}${told.length ? ` = ${told.join(' + ')}` : ''}`;
}

/** A stretch of points in which something was otherwise, from the place of one to that of another. */
export interface Band {
  name: string;
  from: number;
  to: number;
}

type Change = Simulation['steered'][number];
const CHANGES = {
  rate: (change: Change) => `${change.rate} a second`,
  too_little_money: (change: Change) =>
    `${Math.round((change.too_little_money ?? 0) * 1_000) / 10} % with too little money`,
  arrivals_paused: () => 'nobody comes',
};

type Told = Pick<SimulationPoint, 'at' | 'during'>;

/** Faults and phases of the scenario: each as long as one point after the other tells of it. */
function planned(points: Told[]): Band[] {
  const bands: Band[] = [];
  points.forEach(({ during }, i) => {
    for (const name of during) {
      const open = bands.findLast((band) => band.name === name);
      if (open && open.to === i - 1) open.to = i;
      else bands.push({ name, from: i, to: i });
    }
  });
  return bands;
}

/** What was otherwise while the points were told: by the scenario, and what was changed, each until the
 * same is changed again. */
export function bandsOf({ steered }: Pick<Simulation, 'steered'>, points: Told[]): Band[] {
  const last = points.length - 1;
  const place = (at: string) => points.findIndex((point) => Date.parse(point.at) >= Date.parse(at));
  const keys = Object.keys(CHANGES) as (keyof typeof CHANGES)[];
  const changed = steered.flatMap((change, i) =>
    keys.flatMap((key) => {
      // That shoppers come again is no band: it is as it was.
      if (change[key] == null || change[key] === false) return [];
      const next = steered.slice(i + 1).find((later) => later[key] != null);
      const [from, to] = [place(change.at), next ? place(next.at) : last];
      // What was before the first point, and was changed again there, is not told.
      if (from === -1 || (next && to === 0)) return [];
      return { name: CHANGES[key](change), from, to: to === -1 ? last : to };
    }),
  );
  return [...planned(points), ...changed];
}
