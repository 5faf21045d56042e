// How the parts of an order are told: by what happened to each of them, and by nothing that did not.
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { Order } from '@/api/types';
import { deliveryPart, droppedLines, paymentPart, storePart, totalBefore, undoing } from '@/lib/orderParts';
import { statusWord } from '@/lib/orderWords';
import { foldSaga } from '@/lib/saga';
import OrderItems from '@/views/orders/OrderItems.vue';
import { eur, event, order, uuid } from './support';

const BOOKS = uuid(10);
const COFFEE = uuid(11);
const iso = (ms: number) => new Date(ms).toISOString();
const line = (n: number, store_id: string, quantity: number, minor: number) => ({
  product_id: uuid(n),
  store_id,
  store_name: store_id === BOOKS ? 'Books' : 'Coffee',
  sku: `S-${n}`,
  product_name: `Product ${n}`,
  unit_price: eur(minor),
  quantity,
});
const submitted = event(1, 'order.submitted', {
  payment_due_at: iso(5_000),
  lines: [line(20, BOOKS, 2, 500), line(21, COFFEE, 1, 900), line(22, COFFEE, 3, 100)],
  stores: [
    { store_id: BOOKS, store_name: 'Books', due_at: iso(15_000) },
    { store_id: COFFEE, store_name: 'Coffee', due_at: iso(20_000) },
  ],
});
const required = (...obligations: object[]) => event(8, 'order.compensation_required', { obligations });
const release = (store_id: string) => ({ kind: 'release_stock', store_id });
const part = (status: Order['stores'][0]['status'], n = 0) => ({ ...order().stores[n]!, status });
const words = (o: Order, events: ReturnType<typeof event>[] = []) => {
  const saga = events.length ? foldSaga(events, o) : undefined;
  const parts = [paymentPart(o, saga), ...o.stores.map((s) => storePart(o, s, saga)), deliveryPart(o, saga)];
  return parts.map((p) => statusWord(p).label).join(', ');
};

describe('the parts of an order', () => {
  it('are pending while it waits, and never again', () => {
    expect(words(order())).toBe('Pending, Pending, Pending, Pending');
    for (const status of ['rejected', 'cancelled', 'expired'] as const)
      for (const compensation of ['none', 'pending', 'done'] as const)
        for (const updated_at of [iso(1_000), iso(99_000)])
          expect(words(order({ status, compensation, updated_at }))).not.toContain('Pending');
  });

  it('were not asked when it ended before they were due', () => {
    const o = order({ status: 'cancelled', updated_at: iso(1_000) });
    expect(words(o)).toBe('Not asked, Not asked, Not asked, Not asked');
    expect(words(o, [submitted, event(2, 'order.cancelled')])).toBe('Not asked, Not asked, Not asked, Not asked');
  });

  it('were called off when they were asked and no answer counted', () => {
    const o = order({
      status: 'rejected',
      payment_status: 'voided',
      delivery_status: 'released',
      compensation: 'done',
      stores: [part('released'), part('released', 1)],
    });
    const events = [
      submitted,
      event(2, 'order.payment_confirmed'),
      event(3, 'order.store_confirmed', { store_id: BOOKS }),
      event(4, 'order.rejected', { reasons: ['CONFIRMATION_TIMEOUT'] }),
      required({ kind: 'void_hold' }, release(BOOKS), release(COFFEE)),
      event(9, 'order.obligation_met', { kind: 'release_stock', store_id: COFFEE }),
    ];
    expect(words(o, events)).toBe('Given back, Given back, Called off, Given back');
    const lanes = foldSaga(events, o).lanes.map((l) => [l.name, l.owed, l.met, l.marks.map((m) => m.label).join()]);
    expect(lanes).toEqual([
      ['Payment', true, false, ''],
      ['Books', true, false, ''],
      ['Coffee', true, true, 'acknowledged'],
    ]);
    expect(undoing(o, foldSaga(events, o))).toEqual(['Still to be given back: the money, the stock of Books.']);
    const later = [
      ...events,
      event(10, 'order.obligation_met', { kind: 'void_hold' }),
      event(11, 'order.obligation_met', { kind: 'release_stock', store_id: BOOKS }),
    ];
    expect(undoing(o, foldSaga(later, o))).toEqual(['Given back: the money, the stock of Books.']);
  });

  it('give back what they had, and say so while they do', () => {
    const o = order({
      status: 'cancelled',
      payment_status: 'confirmed',
      delivery_status: 'confirmed',
      compensation: 'pending',
      updated_at: iso(16_000),
      stores: [part('confirmed'), part('pending', 1)],
    });
    expect(words(o)).toBe('Being given back, Being given back, Not asked, Being given back');
    const asked = { ...o, updated_at: iso(21_000) };
    expect(words(asked)).toBe('Being given back, Being given back, Called off, Being given back');
  });

  it('keep the words of what ended them, and of a delivery', () => {
    const o = order({
      status: 'rejected',
      payment_status: 'not_enough_money',
      delivery_status: 'out_of_stock',
      stores: [part('out_of_stock'), part('released', 1)],
    });
    expect(words(o)).toBe('Not enough money, Out of stock, Given back, Out of stock');
    const stores = [part('delivered'), part('out_of_stock', 1)];
    const delivered = {
      status: 'delivered',
      payment_status: 'captured',
      delivery_status: 'delivered',
      stores,
    } as const;
    expect(words(order(delivered as Partial<Order>))).toBe('Captured, Delivered, Out of stock, Delivered');
  });

  it('are told without events that begin in the middle', () => {
    const o = order({
      status: 'cancelled',
      stores: [part('released'), part('pending', 1)],
      delivery_status: 'released',
    });
    expect(words(o, [event(7, 'order.cancelled')])).toBe('Not asked, Given back, Not asked, Given back');
  });
});

describe('what was dropped', () => {
  const drop = (n: number, minor: number) =>
    event(5, 'order.line_dropped', {
      store_id: COFFEE,
      product_id: uuid(n),
      quantity: 1,
      line_total: eur(minor),
    });
  const events = [submitted, drop(21, 900), drop(22, 300)];
  const kept = { ...line(20, BOOKS, 2, 500), line_total: eur(1_000) };
  const o = order({
    status: 'accepted',
    items: [kept],
    total: eur(1_000),
    stores: [part('confirmed'), part('out_of_stock', 1)],
  });

  it('has its name, its price and the total from before', () => {
    const dropped = droppedLines(events);
    expect(dropped.map((l) => [l.product_name, l.quantity, l.line_total.amount_minor])).toEqual([
      ['Product 21', 1, 900],
      ['Product 22', 3, 300],
    ]);
    expect(totalBefore(o, dropped)).toEqual(eur(2_200));
    expect(droppedLines([drop(21, 900)])).toEqual([]);
  });
  it('is struck through, with the old total beside the new one', () => {
    const w = mount(OrderItems, { props: { order: o, dropped: droppedLines(events) } });
    const struck = w.findAll('[data-testid=dropped] del').map((d) => d.text());
    expect(struck).toEqual(['Product 21', '1 × €9.00', '€9.00', 'Product 22', '3 × €1.00', '€3.00']);
    expect(w.find('[data-testid=total-before]').text()).toContain('€22.00');
    expect(w.find('[data-testid=order-total]').text()).toBe('€10.00');
    const whole = mount(OrderItems, { props: { order: o, dropped: [] } });
    expect(whole.findAll('del')).toHaveLength(0);
    expect(whole.text()).toContain('Nothing is left of this store’s lines.');
  });
});
