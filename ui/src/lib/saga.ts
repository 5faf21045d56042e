// The saga of one order as lanes on a time axis, folded from its events: one lane for the payment, one per store.
import type { Order, PlazaEvent } from '@/api/types';
import { field, parseType } from './events';
import { obligationWord } from './orderWords';
import type { Tone } from './tone';

export type Verdict = 'confirmed' | 'rejected' | 'ignored';

export interface LaneMark {
  at: number;
  label: string;
  tone: Tone;
  icon: string;
}

export interface Lane {
  key: string;
  kind: 'payment' | 'store';
  name: string;
  /** When the confirmation is due, ms since the epoch. */
  dueAt?: number;
  verdict?: Verdict;
  verdictAt?: number;
  /** Why, for a rejection. */
  reason?: string;
  /** What a store lacked. */
  shortages: { product_id: string; requested: number; available: number }[];
  marks: LaneMark[];
  /** It must be told that the order has ended: it has put something aside, or may have. */
  owed: boolean;
  /** It has acknowledged that. */
  met: boolean;
}

export interface Saga {
  startedAt: number;
  /** When the order reached an end, if it did. */
  endedAt?: number;
  outcome?: string;
  payBy?: number;
  acceptedAt?: number;
  lanes: Lane[];
  /** The events are at hand from the first one: what is in none of them did not happen. */
  isWhole: boolean;
}

const ms = (iso: unknown) => (typeof iso === 'string' ? Date.parse(iso) : undefined);
const ENDS = ['delivered', 'rejected', 'cancelled', 'expired'];
/** `order` supplies names and due times when the first event is not at hand. */
export function foldSaga(events: readonly PlazaEvent[], order: Order): Saga {
  const payment: Lane = {
    key: 'payment',
    kind: 'payment',
    name: 'Payment',
    dueAt: ms(order.payment_due_at),
    shortages: [],
    marks: [],
    owed: false,
    met: false,
  };
  const isWhole = events.some((e) => parseType(e.type).name === 'submitted');
  const saga: Saga = { startedAt: Date.parse(order.created_at), lanes: [payment], isWhole };
  const stores = new Map<string, Lane>();
  const lane = (id: string | undefined, name?: string, due?: unknown) => {
    let found = stores.get(id ?? '');
    if (!found) {
      const fresh = { shortages: [], marks: [], owed: false, met: false };
      found = { key: id ?? '', kind: 'store', name: name ?? 'Store', dueAt: ms(due), ...fresh };
      stores.set(found.key, found);
      saga.lanes.push(found);
    }
    return found;
  };
  for (const s of order.stores) lane(s.store_id, s.store_name, s.due_at);

  const judge = (l: Lane, verdict: Verdict, at: number, reason?: string) => {
    l.verdict = verdict;
    l.verdictAt = at;
    if (reason) l.reason = reason;
  };

  for (const e of events) {
    const { stream, name } = parseType(e.type);
    if (stream !== 'order') continue;
    const at = Date.parse(e.time);
    const storeId = field<string>(e, 'store_id');
    if (name === 'submitted') {
      saga.startedAt = at;
      payment.dueAt = ms(field(e, 'payment_due_at')) ?? payment.dueAt;
      for (const s of field<{ store_id: string; store_name: string; due_at: string }[]>(e, 'stores') ?? []) {
        const l = lane(s.store_id, s.store_name);
        l.dueAt = ms(s.due_at) ?? l.dueAt;
      }
    } else if (name === 'payment_confirmed') judge(payment, 'confirmed', at);
    else if (name === 'payment_rejected') judge(payment, 'rejected', at, field(e, 'reason'));
    else if (name === 'store_confirmed') judge(lane(storeId), 'confirmed', at);
    else if (name === 'store_rejected') {
      judge(lane(storeId), 'rejected', at, field(e, 'reason'));
      lane(storeId).shortages = field(e, 'lines') ?? [];
    } else if (name === 'confirmation_ignored') {
      const l = storeId ? lane(storeId) : payment;
      l.marks.push({ at, label: 'verdict came late, ignored', tone: 'quiet', icon: 'pi-eye-slash' });
    } else if (name === 'store_shipped') {
      lane(storeId).marks.push({ at, label: 'shipped', tone: 'good', icon: 'pi-truck' });
    } else if (name === 'paid') payment.marks.push({ at, label: 'paid', tone: 'good', icon: 'pi-credit-card' });
    else if (name === 'accepted') {
      saga.acceptedAt = at;
      saga.payBy = ms(field(e, 'pay_by'));
    } else if (name === 'compensation_required') {
      for (const { store_id } of field<{ store_id?: string }[]>(e, 'obligations') ?? [])
        (store_id ? lane(store_id) : payment).owed = true;
    } else if (name === 'obligation_met') {
      const l = storeId ? lane(storeId) : payment;
      const { label, tone, icon } = obligationWord(field<string>(e, 'kind') ?? '');
      l.met ||= l.owed;
      // Who has put nothing aside, as far as anybody knows, gives nothing back.
      if (l.owed && l.verdict !== 'confirmed') l.marks.push({ at, label: 'acknowledged', tone: 'quiet', icon });
      else l.marks.push({ at, label: label.toLowerCase(), tone, icon });
    }
    if (ENDS.includes(name)) {
      saga.endedAt = at;
      saga.outcome = name;
    }
  }
  return saga;
}

/**
 * Where the axis of the confirmation phase ends: the last verdict or due time, or now while something is overdue.
 * What follows (capture, shipping, compensation) may come an hour later and is listed, not drawn.
 */
export function confirmationEnd(saga: Saga, now: number): number {
  const waiting = saga.lanes.some((l) => !l.verdict) && !saga.endedAt;
  const known = saga.lanes.map((l) => l.verdictAt ?? (saga.endedAt ? 0 : (l.dueAt ?? 0)));
  const last = Math.max(...known, saga.endedAt && !saga.acceptedAt ? saga.endedAt : 0, waiting ? now : 0);
  return Math.max(last, saga.startedAt + 1_000);
}
