// The basket lives on the server; this browser keeps its id. Changes are sent one after another, in click order.
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { plaza } from '@/api/plaza';
import { ApiError, isSuperseded } from '@/api/problem';
import type { Basket } from '@/api/types';
import { local } from '@/lib/storage';

/** As often as another tab may be faster before it is given up. */
const TRIES = 5;

/** Another tab has changed the line meanwhile: the basket shows what it made of it, and nothing was overwritten. */
export class LineChanged extends Error {
  constructor(readonly was: number) {
    super('The basket has changed meanwhile.');
  }
}

/** The basket is gone or no longer ours to change: a fresh one takes its place. */
const isLost = (e: unknown) => e instanceof ApiError && [401, 403, 404, 409, 410].includes(e.status);

/** Nothing instead of a basket that is gone; every other failure stays one. */
function ifLost(e: unknown): undefined {
  if (!isLost(e)) throw e;
}

export const useBasket = defineStore('basket', () => {
  const id = ref(local.get<string>('basket-id'));
  const basket = shallowRef<Basket>();
  const loading = ref(false);
  const open = ref(false);
  const items = computed(() => basket.value?.items ?? []);
  /** What is in it is known; a browser without one has nothing in it. */
  const isKnown = computed(() => !id.value || !!basket.value);
  const count = computed(() => items.value.reduce((n, item) => n + item.quantity, 0));
  const total = computed(() => basket.value?.total);
  /** Lines that ask for more than the store has now: allowed, and worth a warning. */
  const short = computed(() => items.value.filter((item) => item.quantity > item.available));
  const quantityOf = (productId: string) => items.value.find((i) => i.product_id === productId)?.quantity ?? 0;

  let queue: Promise<unknown> = Promise.resolve();
  function enqueue<T>(work: () => Promise<T>): Promise<T> {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  }

  function show(fresh: Basket) {
    basket.value = fresh;
    id.value = fresh.id;
    local.set('basket-id', fresh.id);
  }
  function drop() {
    basket.value = undefined;
    id.value = undefined;
    local.remove('basket-id');
  }

  const refresh = () =>
    enqueue(async () => {
      if (!id.value) return;
      loading.value = !basket.value;
      try {
        show(await plaza.basket(id.value));
      } catch (e) {
        if (!isLost(e)) throw e;
        drop();
      } finally {
        loading.value = false;
      }
    });

  /** The basket as it was last seen; one that is gone, or never was, is replaced by a fresh one. */
  async function known(): Promise<Basket> {
    if (basket.value) return basket.value;
    const kept = id.value ? await plaza.basket(id.value).catch(ifLost) : undefined;
    show(kept ?? (await plaza.createBasket()));
    return basket.value!;
  }

  /** One line becomes what `wanted` makes of its quantity; 0 takes it out. */
  async function change(productId: string, wanted: (now: number) => number, isRelative = false) {
    for (let attempt = 1; ; attempt++) {
      const seen = await known();
      const before = quantityOf(productId);
      const quantity = wanted(before);
      try {
        if (quantity > 0) return show(await plaza.setBasketItem(seen, productId, quantity));
        return show(await plaza.removeBasketItem(seen, productId));
      } catch (e) {
        if (attempt === TRIES) throw e;
        if (isSuperseded(e)) {
          show(await plaza.basket(seen.id));
          if (!isRelative && quantityOf(productId) !== before) throw new LineChanged(before);
          // A product that is gone is a 404 too: only a basket that is gone is replaced.
        } else if (isLost(e) && !(await plaza.basket(seen.id).catch(ifLost))) drop();
        else throw e;
      }
    }
  }
  const set = (productId: string, quantity: number) => enqueue(() => change(productId, () => quantity));
  /** So many more of it, or fewer, whatever another tab has made of the line. */
  const add = (productId: string, more: number) =>
    enqueue(() => change(productId, (now) => Math.max(0, now + more), true));
  const remove = (productId: string) => set(productId, 0);
  /** Takes out what the page shows; what another tab has put in since stays. */
  const clear = () =>
    enqueue(async () => {
      const seen = basket.value;
      if (!seen) return;
      try {
        show(await plaza.clearBasket(seen));
      } catch (e) {
        if (isSuperseded(e)) show(await plaza.basket(seen.id));
        throw e;
      }
    });

  /** Says whose the basket is. One that belongs to somebody else is left to them; its lines go into a new one. */
  const claim = (customerId: string) =>
    enqueue(async () => {
      if (!id.value || basket.value?.customer_id === customerId) return;
      try {
        show(await plaza.claimBasket(id.value, customerId));
      } catch (e) {
        if (!isLost(e)) throw e;
        await copyLines();
        if (id.value) show(await plaza.claimBasket(id.value, customerId));
      }
    });
  async function copyLines() {
    const lines = items.value;
    drop();
    if (!lines.length) return;
    show(await plaza.createBasket());
    for (const line of lines) {
      // A product that has left the shelves is left behind.
      await change(line.product_id, () => line.quantity).catch(() => undefined);
    }
  }

  return {
    id,
    basket,
    loading,
    open,
    items,
    isKnown,
    count,
    total,
    short,
    quantityOf,
    refresh,
    set,
    add,
    remove,
    clear,
    claim,
  };
});
