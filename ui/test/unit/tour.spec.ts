// The tour: its steps tick themselves by the events they wait for, and by those of this visitor alone.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPinia, setActivePinia } from 'pinia';
import { useCustomer } from '@/stores/customer';
import { useLive } from '@/stores/live';
import { TOUR, useTour } from '@/stores/tour';
import { eventTypes } from '@/lib/events';
import { event, stubServer, uuid } from './support';

const ME = uuid(2);
const happen = (type: string, data: object = {}, subject?: string) => {
  const e = event(1, type, data as Record<string, unknown>);
  listeners.forEach((listen) => listen([subject ? { ...e, subject } : e]));
};
let listeners: ((events: ReturnType<typeof event>[]) => void)[] = [];

function tour() {
  listeners = [];
  vi.spyOn(useLive(), 'subscribe').mockImplementation((listen) => {
    listeners.push(listen);
    return () => true;
  });
  return useTour();
}
beforeEach(() => {
  stubServer(() => ({ body: {} }));
  localStorage.setItem('plaza.customer', JSON.stringify({ id: ME, name: 'Ada', phone: '1' }));
  localStorage.setItem('plaza.basket-id', JSON.stringify(uuid(1)));
});
afterEach(() => useLive().$dispose());

describe('the tour', () => {
  it('waits for events that there are', () => {
    const known = new Set(eventTypes.map((t) => t.type));
    for (const { awaits } of TOUR) for (const name of awaits?.events ?? []) expect(known).toContain(`plaza.${name}.v1`);
    expect(new Set(TOUR.map((s) => s.key)).size).toBe(TOUR.length);
  });

  it('ticks nothing before it is started', () => {
    const t = tour();
    happen('store.created');
    expect([...t.done]).toEqual([]);
  });

  it('ticks each step by its event, whichever is on the screen', () => {
    const t = tour();
    t.start();
    const order = { customer_id: ME };
    happen('store.created');
    happen('store.joined');
    happen('basket.item_set');
    happen('payment.authorized', order, `payment/${uuid(3)}`);
    happen('order.submitted', order, `order/${uuid(7)}`);
    expect([...t.done]).toEqual(['stores', 'participation', 'basket', 'payment', 'submit']);
    expect(t.lastOrder).toBe(uuid(7));
    happen('order.rejected', { reasons: ['NOT_ENOUGH_MONEY'] }, `order/${uuid(7)}`);
    expect(t.done.has('poor')).toBe(true);
    expect(t.done.has('shortage')).toBe(false);
    happen('order.cancelled', {}, `order/${uuid(7)}`);
    expect(t.done.has('pay')).toBe(true);
    expect(t.events).toBe(7);
  });

  it('takes no notice of what others do', () => {
    const t = tour();
    t.start();
    expect(useCustomer().id).toBe(ME);
    happen('basket.item_set', {}, `basket/${uuid(99)}`);
    happen('payment.authorized', { customer_id: uuid(98) }, `payment/${uuid(97)}`);
    happen('order.submitted', { customer_id: uuid(98) }, `order/${uuid(96)}`);
    happen('order.rejected', { reasons: ['OUT_OF_STOCK'] }, `order/${uuid(96)}`);
    expect([[...t.done], t.events]).toEqual([[], 0]);
  });

  it('goes on after a reload, and starts afresh', () => {
    const t = tour();
    t.start();
    happen('store.created');
    t.go(3);
    setActivePinia(createPinia());
    const again = tour();
    expect([again.index, [...again.done]]).toEqual([3, ['stores']]);
    again.start();
    expect([again.index, again.done.size]).toEqual([0, 0]);
    again.go(TOUR.length);
    expect(again.step).toBeUndefined();
  });
});
