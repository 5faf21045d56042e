// Simulations in words, and their points as charts draw them.
import type { Simulation, SimulationPoint } from '@/api/types';
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

/** The last points, with the seconds since the first of all. */
export function lately(points: SimulationPoint[]) {
  const from = Math.max(0, points.length - WINDOW);
  return points.slice(from).map((point, i) => ({ point, second: from + i }));
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
  return `${word(totals.submitted)} orders${told.length ? ` = ${told.join(' + ')}` : ''}`;
}

/** A stretch of the points that are shown in which something was changed, from the place of one to that of another. */
export interface Band {
  name: string;
  from: number;
  to: number;
}

/** What was changed while the points that are shown were told, each until the next change. */
export function bandsOf({ steered }: Pick<Simulation, 'steered'>, shown: { point: SimulationPoint }[]): Band[] {
  const word = (change: Simulation['steered'][number]) =>
    [
      ...(change.rate != null ? [`${change.rate} a second`] : []),
      ...(change.too_little_money != null ? [`${Math.round(change.too_little_money * 1000) / 10} % poor`] : []),
      ...(change.arrivals_paused != null ? [change.arrivals_paused ? 'nobody comes' : 'shoppers come'] : []),
    ].join(', ');
  const place = (at: string) => shown.findIndex(({ point }) => Date.parse(point.at) >= Date.parse(at));
  return steered.flatMap((change, i) => {
    const from = place(change.at);
    const next = steered[i + 1];
    const to = next ? place(next.at) : shown.length - 1;
    // What was before the window, and was changed again there, is out of sight.
    if (from === -1 || (next && to === 0)) return [];
    return { name: word(change), from, to: to === -1 ? shown.length - 1 : to };
  });
}
