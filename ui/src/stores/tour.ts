// The guided tour: its steps tick themselves by the events they wait for. Kept for the tab, so that a reload goes on.
import { defineStore } from 'pinia';
import { computed, onScopeDispose, ref } from 'vue';
import type { PlazaEvent } from '@/api/types';
import { course, mallNow } from '@/lib/clock';
import { field, orderOf, parseType, streamId } from '@/lib/events';
import { session } from '@/lib/storage';
import { useBasket } from './basket';
import { useCustomer } from './customer';
import { useLive } from './live';

export interface TourStep {
  key: string;
  title: string;
  text: string;
  /** The page the step happens on. */
  to: string;
  /** The `data-tour` name of what to use there. */
  target?: string;
  /** What happens when it is done: the event, as `stream.name`, and for rejections the reason; without one the page says so. */
  awaits?: { events: string[]; reason?: string };
  /** What the button that does it does. */
  offer?: string;
}

export const TOUR: TourStep[] = [
  {
    key: 'stores',
    title: 'Open some stores',
    text: 'The demo mall brings stores and products. You can also add your own store here, with how long it takes to confirm an order.',
    to: '/admin/stores',
    target: 'new-store',
    awaits: { events: ['store.created'] },
    offer: 'Open a store with a product',
  },
  {
    key: 'participation',
    title: 'Let them take part',
    text: 'Only stores with the switch on are in Shopping. Switch one off and on again: open pages follow at once.',
    to: '/admin/stores',
    target: 'participation',
    awaits: { events: ['store.joined'] },
    offer: 'Switch one on',
  },
  {
    key: 'basket',
    title: 'Fill a basket',
    text: 'Add products, if you like from two stores: each confirms its own part of the order.',
    to: '/shopping',
    target: 'catalogue',
    awaits: { events: ['basket.item_set'] },
    offer: 'Add something from two stores',
  },
  {
    key: 'payment',
    title: 'Register and authorize a payment',
    text: 'Any name and phone number will do. The amount starts at the total.',
    to: '/checkout',
    target: 'account',
    awaits: { events: ['payment.authorized'] },
    offer: 'Register and authorize the total',
  },
  {
    key: 'submit',
    title: 'Submit, then watch the confirmations',
    text: 'The order page counts down to each answer: first the bank’s, then every store’s.',
    to: '/checkout',
    target: 'submit',
    awaits: { events: ['order.submitted'] },
    offer: 'Submit the order',
  },
  {
    key: 'pay',
    title: 'Pay or cancel',
    text: 'An accepted order waits for you. Pay delivers it; Cancel gives the stock and the money back.',
    to: '/orders',
    awaits: { events: ['order.paid', 'order.cancelled'] },
    offer: 'Wait until it is accepted, and pay',
  },
  {
    key: 'shortage',
    title: 'When a store runs dry',
    text: 'Stock is checked when the store confirms. Empty a shelf while an order waits for it: the order is rejected with OUT_OF_STOCK, and what was held is given back.',
    to: '/orders',
    awaits: { events: ['order.rejected'], reason: 'OUT_OF_STOCK' },
    offer: 'Order something and empty its shelf',
  },
  {
    key: 'poor',
    title: 'When the money is not enough',
    text: 'The bank looks at the payment when it confirms. Authorize less than the total: the order is rejected with NOT_ENOUGH_MONEY.',
    to: '/checkout',
    target: 'account',
    awaits: { events: ['order.rejected'], reason: 'NOT_ENOUGH_MONEY' },
    offer: 'Order with a single cent',
  },
  {
    key: 'lab',
    title: 'Send a crowd',
    text: 'The simulation lab sends shoppers into this mall, or into a copy of it, makes the bank and the stores fail, and tells what it cost. What is sent here stays in the journal.',
    to: '/lab',
    target: 'start-simulation',
    awaits: { events: [] },
    offer: 'Send shoppers for a minute',
  },
  {
    key: 'events',
    title: 'Read what happened',
    text: 'Every change is an event. Search one order by its id, sort by time, and open the payload.',
    to: '/admin/orders/events',
  },
];

interface Saved {
  index: number;
  done: string[];
  orders: string[];
  events: number;
  /** When it began, by the mall's clock. */
  beganMs?: number;
}
const BEGINNING: Saved = { index: -1, done: [], orders: [], events: 0, beganMs: 0 };
const ANYBODYS = new Set(['stores', 'participation']);

export const useTour = defineStore('tour', () => {
  const kept = session.get<Saved>('tour');
  const state = ref<Saved>(kept && Array.isArray(kept.done) ? kept : { ...BEGINNING });
  const index = computed(() => state.value.index);
  const step = computed(() => TOUR[index.value]);
  const done = computed(() => new Set(state.value.done));
  /** The newest order of this visitor that the tour has seen. */
  const lastOrder = computed(() => state.value.orders.at(-1));
  const save = (next: Partial<Saved>) => {
    state.value = { ...state.value, ...next };
    session.set('tour', state.value);
  };

  /** Whether an event comes from what this visitor does: an order, a payment or a basket of theirs. */
  function isMine(e: PlazaEvent): boolean {
    const customer = useCustomer().id;
    if (customer && field(e, 'customer_id') === customer) return true;
    const order = orderOf(e);
    if (order && state.value.orders.includes(order)) return true;
    return parseType(e.type).stream === 'basket' && streamId(e) === useBasket().id;
  }
  function isFor({ key, awaits }: TourStep, e: PlazaEvent): boolean {
    const { stream, name } = parseType(e.type);
    if (!awaits?.events.includes(`${stream}.${name}`)) return false;
    if (awaits.reason && !field<string[]>(e, 'reasons')?.includes(awaits.reason)) return false;
    return ANYBODYS.has(key) || isMine(e);
  }
  function watchEvent(e: PlazaEvent) {
    const mine = isMine(e);
    const { stream, name } = parseType(e.type);
    const orders =
      mine && stream === 'order' && name === 'submitted' ? [...state.value.orders, streamId(e)] : undefined;
    const ticked = TOUR.filter((s) => !done.value.has(s.key) && isFor(s, e)).map((s) => s.key);
    if (!mine && !ticked.length) return;
    save({
      events: state.value.events + 1,
      done: [...state.value.done, ...ticked],
      ...(orders && { orders }),
    });
  }
  const off = useLive().subscribe((events) => {
    // What happened before the tour began may be heard of after it.
    const since = (e: PlazaEvent) => Date.parse(e.time) >= (state.value.beganMs ?? 0);
    if (index.value >= 0) for (const e of events.filter(since)) watchEvent(e);
  });
  onScopeDispose(off);

  function tick(key: string) {
    if (!done.value.has(key)) save({ done: [...state.value.done, key] });
  }
  const go = (to: number) => save({ index: to < TOUR.length ? to : -1 });
  const start = () => save({ ...BEGINNING, index: 0, beganMs: course.value ? mallNow() : 0 });
  return {
    index,
    step,
    done,
    lastOrder,
    events: computed(() => state.value.events),
    tick,
    go,
    start,
    stop: () => go(-1),
  };
});
