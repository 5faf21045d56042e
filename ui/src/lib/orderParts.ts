// How each part of an order stands: the bank's, each store's. A finished order waits for nobody, so none of its parts is
// "pending": it was never asked, or called off, or gives back what it had put aside.
import type { Order, OrderItem, OrderStore, PlazaEvent } from '@/api/types';
import { field, parseType } from './events';
import { isTerminal } from './orderWords';
import type { Lane, Saga } from './saga';

/** Statuses that follow from an end; the others are the API's own words. */
export type PartStatus = OrderStore['status'] | Order['payment_status'] | 'not_asked' | 'called_off' | 'returning';

const KEPT: readonly string[] = ['confirmed'];
const UNDONE: readonly string[] = ['voided', 'released'];

/**
 * One part of a finished order. What its lane tells is exact. Without it: who still reads "pending" was not asked, except
 * while something is being undone and the part was due by then; "given back" may then also be a part called off.
 */
function ended(order: Order, status: PartStatus, dueAt: string, lane?: Lane): PartStatus {
  if (KEPT.includes(status)) return 'returning';
  if (UNDONE.includes(status)) return lane && lane.verdict !== 'confirmed' ? 'called_off' : status;
  if (status !== 'pending') return status;
  if (lane) return lane.owed ? 'called_off' : 'not_asked';
  const wasDue = Date.parse(dueAt) <= Date.parse(order.updated_at);
  return order.compensation === 'pending' && wasDue ? 'called_off' : 'not_asked';
}

const laneOf = (saga: Saga | undefined, key: string) =>
  saga?.isWhole ? saga.lanes.find((lane) => lane.key === key) : undefined;
const isOver = (order: Order) => isTerminal(order.status) && order.status !== 'delivered';

/** How the bank's part stands. */
export const paymentPart = (order: Order, saga?: Saga): PartStatus =>
  isOver(order)
    ? ended(order, order.payment_status, order.payment_due_at, laneOf(saga, 'payment'))
    : order.payment_status;

/** How a store's part stands. */
export const storePart = (order: Order, store: OrderStore, saga?: Saga): PartStatus =>
  isOver(order) ? ended(order, store.status, store.due_at, laneOf(saga, store.store_id)) : store.status;

/** How the stores stand together: what ended the order, or the least advanced of them. */
export function deliveryPart(order: Order, saga?: Saga): PartStatus {
  const status = order.delivery_status;
  if (!isOver(order) || !(status === 'pending' || KEPT.includes(status) || UNDONE.includes(status))) return status;
  const parts = order.stores.map((store) => storePart(order, store, saga));
  const telling: PartStatus[] = ['returning', 'released', 'called_off', 'not_asked'];
  return telling.find((part) => parts.includes(part)) ?? status;
}

/** What was ordered and is no longer: the lines of stores that could not serve. */
export function droppedLines(events: readonly PlazaEvent[]): OrderItem[] {
  const named = (name: string) => events.filter((e) => parseType(e.type).name === name);
  const submitted = named('submitted')[0];
  const lines = (submitted && field<Omit<OrderItem, 'line_total'>[]>(submitted, 'lines')) ?? [];
  return named('line_dropped').flatMap((dropped) => {
    const line = lines.find(
      (l) => l.product_id === field<string>(dropped, 'product_id') && l.store_id === field<string>(dropped, 'store_id'),
    );
    const line_total = field<OrderItem['line_total']>(dropped, 'line_total');
    return line && line_total ? [{ ...line, line_total }] : [];
  });
}

/** What the order would cost with the lines that were dropped. */
export const totalBefore = ({ total }: Order, dropped: readonly OrderItem[]) => ({
  ...total,
  amount_minor: dropped.reduce((sum, line) => sum + line.line_total.amount_minor, total.amount_minor),
});

/** What was given back, and what is still to be, in words; empty when there was nothing. */
export function undoing(order: Order, saga: Saga): string[] {
  const had = saga.lanes.filter((lane) => lane.owed && lane.verdict === 'confirmed');
  const what = (lanes: Lane[]) =>
    lanes.map((lane) => (lane.kind === 'payment' ? 'the money' : `the stock of ${lane.name}`)).join(', ');
  const [done, open] = [had.filter((lane) => lane.met), had.filter((lane) => !lane.met)];
  const unheard = saga.lanes.filter((lane) => lane.owed && !lane.met && lane.verdict !== 'confirmed');
  return [
    done.length ? `Given back: ${what(done)}.` : '',
    open.length ? `Still to be given back: ${what(open)}.` : '',
    unheard.length ? `Called off and not acknowledged yet: ${unheard.map((lane) => lane.name).join(', ')}.` : '',
  ].filter(Boolean);
}
