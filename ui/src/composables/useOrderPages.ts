import { plaza, type OrderQuery } from '@/api/plaza';
import type { Order, Page } from '@/api/types';
import { justAfter } from '@/lib/steady';
import { useCursorPages } from './useCursorPages';

/** Orders page by page, as `query` asks for them now, none when it asks for nothing. Rows stay put while new ones come. */
export function useOrderPages(query: () => OrderQuery | undefined, size = 50) {
  async function load(more: OrderQuery): Promise<Page<Order>> {
    const asked = query();
    return asked ? plaza.orders({ ...asked, ...more }) : { items: [] };
  }
  return useCursorPages<Order>({
    load,
    size,
    key: (order) => order.id,
    around: () =>
      query()?.sort === 'created_at'
        ? undefined
        : {
            from: (first) => (paging) => load({ ...paging, created_before: justAfter(first.created_at) }),
            before: (first) => (paging) => load({ ...paging, created_after: justAfter(first.created_at) }),
          },
  });
}
