// The basket lives on the server; this browser keeps its id. Changes are sent one after another, in click order.
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { plaza } from '@/api/plaza';
import { ApiError } from '@/api/problem';
import type { Basket } from '@/api/types';
import { local } from '@/lib/storage';

/** The basket is gone or no longer ours to change: a fresh one takes its place. */
const isLost = (e: unknown) => e instanceof ApiError && [401, 403, 404, 409, 410].includes(e.status);

export const useBasket = defineStore('basket', () => {
  const id = ref(local.get<string>('basket-id'));
  const basket = shallowRef<Basket>();
  const loading = ref(false);
  const open = ref(false);
  const items = computed(() => basket.value?.items ?? []);
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

  const set = (productId: string, quantity: number) =>
    enqueue(async () => {
      const put = (basketId: string) => plaza.setBasketItem(basketId, productId, quantity);
      if (id.value) {
        try {
          return show(await put(id.value));
        } catch (e) {
          // A product that is gone is a 404 too: only a basket that is gone is replaced.
          if (!isLost(e) || (await basketExists(id.value))) throw e;
        }
      }
      show(await plaza.createBasket());
      show(await put(id.value!));
    });

  const remove = (productId: string) =>
    enqueue(async () => {
      if (id.value) show(await plaza.removeBasketItem(id.value, productId));
    });
  const clear = () =>
    enqueue(async () => {
      if (id.value) show(await plaza.clearBasket(id.value));
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
      await plaza.setBasketItem(id.value!, line.product_id, line.quantity).then(show, () => undefined);
    }
  }

  return { id, basket, loading, open, items, count, total, short, quantityOf, refresh, set, remove, clear, claim };
});

async function basketExists(id: string): Promise<boolean> {
  try {
    await plaza.basket(id);
    return true;
  } catch {
    return false;
  }
}
