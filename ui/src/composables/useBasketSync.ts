import { onMounted } from 'vue';
import { field, parseType, streamId } from '@/lib/events';
import { useBasket } from '@/stores/basket';
import type { PlazaEvent } from '@/api/types';
import { useLiveRefresh } from './useLiveRefresh';

/** Keeps the basket on screen true: another tab, a price change, stock that goes. */
export function useBasketSync() {
  const basket = useBasket();
  const quietly = () => basket.refresh().catch(() => undefined);
  onMounted(quietly);

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
