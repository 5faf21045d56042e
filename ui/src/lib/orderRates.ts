// Orders per minute by outcome, counted from events.
import type { PlazaEvent } from '@/api/types';
import { parseType, position } from './events';

/** The series of the chart, in stacking order. */
export const OUTCOMES = ['accepted', 'rejected', 'cancelled', 'expired'] as const;
export type Outcome = (typeof OUTCOMES)[number] | 'submitted' | 'delivered';
export type Bucket = Record<Outcome, number>;

const COUNTED = new Set<string>([...OUTCOMES, 'submitted', 'delivered']);
const empty = (): Bucket => ({ submitted: 0, accepted: 0, rejected: 0, cancelled: 0, expired: 0, delivered: 0 });

export const MINUTE_MS = 60_000;

/** Counts each event once: the stream delivers in order, and the seed ends where the stream began. */
export class OrderRates {
  private readonly buckets = new Map<number, Bucket>();
  private firstLive = Infinity;
  /** The first minute of which every event was counted; none while only the stream has been heard. */
  private wholeFrom = Infinity;
  private last = -1;

  constructor(readonly minutes = 30) {}

  /** An event from the stream. */
  add(e: PlazaEvent) {
    const at = position(e);
    if (at <= this.last) return;
    this.last = at;
    this.firstLive = Math.min(this.firstLive, at);
    this.count(e);
  }

  /** Older events, in any order, which are all there were since `from` (ms since the epoch); call it once. */
  seed(events: readonly PlazaEvent[], from: number) {
    this.wholeFrom = Math.ceil(from / MINUTE_MS);
    for (const e of events) {
      const at = position(e);
      if (at >= this.firstLive) continue;
      this.last = Math.max(this.last, at);
      this.count(e);
    }
  }

  /** The last `minutes` buckets, oldest first; minutes without orders are zero, of others not everything is known. */
  window(now: number): { minute: number; counts?: Bucket }[] {
    const last = Math.floor(now / MINUTE_MS);
    const first = last - this.minutes + 1;
    for (const minute of this.buckets.keys()) if (minute < first) this.buckets.delete(minute);
    return Array.from({ length: this.minutes }, (_, i) => ({
      minute: first + i,
      counts: first + i < this.wholeFrom ? undefined : (this.buckets.get(first + i) ?? empty()),
    }));
  }

  private count(e: PlazaEvent) {
    const { stream, name } = parseType(e.type);
    if (stream !== 'order' || !COUNTED.has(name)) return;
    const minute = Math.floor(Date.parse(e.time) / MINUTE_MS);
    let bucket = this.buckets.get(minute);
    if (!bucket) this.buckets.set(minute, (bucket = empty()));
    bucket[name as Outcome]++;
  }
}
