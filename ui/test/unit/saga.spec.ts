import { mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { confirmationEnd, foldSaga } from '@/lib/saga';
import SagaLanes from '@/views/orders/SagaLanes.vue';
import { event, order, uuid } from './support';

const iso = (ms: number) => new Date(ms).toISOString();
const submitted = event(1, 'order.submitted', {
  payment_due_at: iso(5_000),
  stores: [
    { store_id: uuid(10), store_name: 'Books', due_at: iso(15_000) },
    { store_id: uuid(11), store_name: 'Coffee', due_at: iso(20_000) },
  ],
});

describe('the saga of an order', () => {
  it('has a lane for the payment and one for each store, due at their own times', () => {
    const saga = foldSaga([submitted], order());
    expect(saga.lanes.map((l) => [l.name, l.dueAt, l.verdict])).toEqual([
      ['Payment', 5_000, undefined],
      ['Books', 15_000, undefined],
      ['Coffee', 20_000, undefined],
    ]);
    expect(confirmationEnd(saga, 3_000)).toBe(20_000);
    expect(confirmationEnd(saga, 26_000)).toBe(26_000);
  });

  it('keeps verdicts, shortages and what was given back', () => {
    const saga = foldSaga(
      [
        submitted,
        event(2, 'order.payment_confirmed', {}, 5_003),
        event(
          3,
          'order.store_rejected',
          {
            store_id: uuid(10),
            reason: 'OUT_OF_STOCK',
            lines: [{ product_id: uuid(20), requested: 5, available: 0 }],
          },
          15_002,
        ),
        event(4, 'order.rejected', { reasons: ['OUT_OF_STOCK'] }, 15_002),
        event(5, 'order.compensation_required', { obligations: [{ kind: 'void_hold' }] }, 15_002),
        event(6, 'order.obligation_met', { kind: 'void_hold' }, 15_010),
      ],
      order({ status: 'rejected' }),
    );
    const [payment, books, coffee] = saga.lanes;
    expect(payment!.verdict).toBe('confirmed');
    expect(payment!.marks.map((m) => m.label)).toEqual(['hold given back']);
    expect(books!.shortages).toEqual([{ product_id: uuid(20), requested: 5, available: 0 }]);
    expect(coffee!.verdict).toBeUndefined();
    expect([saga.outcome, saga.endedAt]).toEqual(['rejected', 15_002]);
    expect(confirmationEnd(saga, 99_000)).toBe(15_002);
  });

  it('is drawn up to the confirmations, however late the payment', () => {
    const saga = foldSaga(
      [
        submitted,
        event(2, 'order.payment_confirmed', {}, 5_000),
        event(3, 'order.store_confirmed', { store_id: uuid(10) }, 15_000),
        event(4, 'order.store_confirmed', { store_id: uuid(11) }, 20_000),
        event(5, 'order.accepted', { pay_by: iso(1_820_000) }, 20_000),
        event(6, 'order.paid', {}, 900_000),
        event(7, 'order.delivered', {}, 900_000),
      ],
      order({ status: 'delivered' }),
    );
    expect(confirmationEnd(saga, 9e9)).toBe(20_000);
    expect(saga.payBy).toBe(1_820_000);
  });
});

describe('SagaLanes', () => {
  it('counts down, then says that it is due, then that it is late', async () => {
    vi.useFakeTimers({ now: 2_000 });
    const o = order();
    const w = mount(SagaLanes, { props: { saga: foldSaga([submitted], o), lines: o.items, viewing: false } });
    const payment = () => w.find('[data-lane=Payment]').text();
    expect(payment()).toContain('Confirms in 3.0 s');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(payment()).toContain('Due now');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(payment()).toContain('Late by');
    w.unmount();
    expect(vi.getTimerCount()).toBe(0);
  });
  it('does not count in the past', () => {
    vi.useFakeTimers({ now: 60_000 });
    const o = order();
    const w = mount(SagaLanes, { props: { saga: foldSaga([submitted], o), lines: o.items, viewing: true } });
    expect(w.find('[data-lane=Coffee]').text()).toContain('Due +20 s');
    w.unmount();
  });
});
