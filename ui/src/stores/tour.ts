// The guided tour of the walkthrough: which step, kept for the tab so that a reload goes on where it was.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { session } from '@/lib/storage';

export interface TourStep {
  title: string;
  text: string;
  /** The page the step happens on. */
  to: string;
  /** The `data-tour` name of what to use there. */
  target?: string;
}

export const TOUR: TourStep[] = [
  {
    title: 'Open some stores',
    text: 'The demo mall brings stores and products. You can also add your own store here, with how long it takes to confirm an order.',
    to: '/admin/stores',
    target: 'new-store',
  },
  {
    title: 'Let them take part',
    text: 'Only stores with the switch on are in Shopping. Switch one off and on again: open pages follow at once.',
    to: '/admin/stores',
    target: 'participation',
  },
  {
    title: 'Fill a basket',
    text: 'Add products, if you like from two stores: each confirms its own part of the order.',
    to: '/shopping',
    target: 'catalogue',
  },
  {
    title: 'Register and authorize a payment',
    text: 'Any name and phone number will do. The amount starts at the total; authorize less to see NOT_ENOUGH_MONEY.',
    to: '/checkout',
    target: 'account',
  },
  {
    title: 'Submit, then watch the saga',
    text: 'The order page counts down to each confirmation. Set a product’s stock to 0 in the meantime to see OUT_OF_STOCK.',
    to: '/checkout',
    target: 'submit',
  },
  {
    title: 'Pay or cancel',
    text: 'An accepted order waits for you. Pay delivers it; Cancel gives the stock and the money back.',
    to: '/orders',
  },
  {
    title: 'Read what happened',
    text: 'Every change is an event. Search one order by its id, sort by time, and open the payload.',
    to: '/admin/orders/events',
  },
];

export const useTour = defineStore('tour', () => {
  const index = ref(session.get<number>('tour') ?? -1);
  const step = computed(() => TOUR[index.value]);
  function go(to: number) {
    index.value = to < TOUR.length ? to : -1;
    session.set('tour', index.value);
  }
  return { index, step, go, start: () => go(0), stop: () => go(-1) };
});
