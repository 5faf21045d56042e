import { onMounted, watch } from 'vue';
import { field, parseType, streamId } from '@/lib/events';
import { useBasket } from '@/stores/basket';
import type { PlazaEvent } from '@/api/types';
import { useCustomer } from '@/stores/customer';
import { useLiveRefresh } from './useLiveRefresh';

/** Keeps the basket on screen up to date: another tab, a new price or a sale may change it. */
export function useBasketSync() {
  const basket = useBasket();
  const customer = useCustomer();
  const quietly = () => basket.refresh().catch(() => undefined);
  onMounted(quietly);
  watch([() => basket.basket?.id, () => customer.id], ([loaded, owner]) => {
    // An unclaimed basket still works: whatever is wrong shows at checkout.
    if (loaded && owner) basket.claim(owner).catch(() => undefined);
  });

  function concerns(e: PlazaEvent): boolean {
    if (!basket.id) return false;
    const { stream, name } = parseType(e.type);
    if (stream === 'basket') return streamId(e) === basket.id;
    if (stream !== 'store' || name === 'created') return false;
    const product = field<string>(e, 'product_id') ?? field<string>(e, 'id');
    return basket.items.some((i) => i.store_id === streamId(e) && (!product || i.product_id === product));
  }
  useLiveRefresh(concerns, quietly);
}
