import { ref } from 'vue';
import { plaza } from '@/api/plaza';
import type { Order } from '@/api/types';
import { money } from '@/lib/format';
import { shortId } from '@/lib/ids';
import { useConfirmed } from './useConfirmed';
import { useNotify } from './useNotify';

/** Pay and cancel, wherever an order is shown. `changed` gets the order as the server answered it. */
export function useOrderActions(changed: (order: Order) => void) {
  const notify = useNotify();
  const confirmed = useConfirmed();
  /** The order with a request under way. */
  const busyId = ref('');

  async function run(order: Order, action: () => Promise<Order>, said: string) {
    if (busyId.value) return;
    busyId.value = order.id;
    try {
      changed(await action());
      notify.ok(said, `Order ${shortId(order.id)}`);
    } catch (e) {
      notify.problem(e, () => void run(order, action, said));
    } finally {
      busyId.value = '';
    }
  }
  const pay = (order: Order) => run(order, () => plaza.payOrder(order.id), `Paid ${money(order.total)}`);
  function cancel(order: Order, reason = '') {
    const message = `Cancel order ${shortId(order.id)} over ${money(order.total)}? Reserved stock and held money are given back.`;
    confirmed(
      { header: 'Cancel order', message, accept: 'Cancel order', reject: 'Keep order', severity: 'danger' },
      () => run(order, () => plaza.cancelOrder(order.id, reason), 'Order cancelled'),
    );
  }
  return { busyId, pay, cancel };
}
