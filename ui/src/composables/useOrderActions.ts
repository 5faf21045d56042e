import { ref } from 'vue';
import { plaza } from '@/api/plaza';
import { isSuperseded } from '@/api/problem';
import type { Order } from '@/api/types';
import { focusOn } from '@/lib/focus';
import { money } from '@/lib/format';
import { shortId } from '@/lib/ids';
import { may, statusWord, whyNot } from '@/lib/orderWords';
import { useConfirmed } from './useConfirmed';
import { useNotify } from './useNotify';

type Action = 'pay' | 'cancel';
const SEND = { pay: plaza.payOrder, cancel: plaza.cancelOrder };
/** A saga takes several steps in a moment, and most of them change nothing a person looks at. */
const TRIES = 10;

/** What is different for a person who decides about paying or cancelling; empty when nothing is. */
export function whatChanged(seen: Order, now: Order): string {
  const status = [statusWord(seen.status).label, statusWord(now.status).label];
  const total = [money(seen.total), money(now.total)];
  const said = [
    status[0] !== status[1] && `it was ${status[0]} and is now ${status[1]}`,
    total[0] !== total[1] && `its total was ${total[0]} and is now ${total[1]}`,
  ].filter(Boolean);
  return said.join('; ');
}

/** Pay and cancel, wherever an order is shown. `changed` gets the order as the server answered it. */
export function useOrderActions(changed: (order: Order) => void) {
  const notify = useNotify();
  const confirmed = useConfirmed();
  /** The order with a request under way. */
  const busyId = ref('');
  const said = (order: Order, action: Action) => (action === 'pay' ? `Paid ${money(order.total)}` : 'Order cancelled');

  /** Acts on the order the person has seen. One that has moved on in a way that matters is shown first. */
  async function act(seen: Order, action: Action) {
    let latest = seen;
    for (let attempt = 1; ; attempt++) {
      try {
        const done = await SEND[action](latest);
        changed(done);
        notify.ok(said(done, action), `Order ${shortId(done.id)}`);
        // What was done can be done once: the order it was done to comes next, in its row or on its page.
        return focusOn(`main [data-key="${done.id}"] a`, 'main h1');
      } catch (e) {
        if (!isSuperseded(e) || attempt === TRIES) throw e;
        latest = await plaza.order(seen.id);
        const news = whatChanged(seen, latest);
        if (!news) continue;
        changed(latest);
        return askAgain(latest, action, news);
      }
    }
  }
  function askAgain(order: Order, action: Action, news: string) {
    if (!may(order, action))
      return notify.say(action === 'pay' ? 'Not paid' : 'Not cancelled', `Meanwhile ${news}. ${whyNot(order, action)}`);
    const verb = action === 'pay' ? `Pay ${money(order.total)}` : 'Cancel it';
    const question = {
      header: 'The order has changed meanwhile',
      message: `Order ${shortId(order.id)}: ${news}. ${verb} all the same?`,
      accept: action === 'pay' ? 'Pay' : 'Cancel order',
      reject: 'Keep as it is',
      severity: action === 'pay' ? undefined : ('danger' as const),
    };
    confirmed(question, () => run(order, action));
  }

  async function run(order: Order, action: Action) {
    if (busyId.value) return;
    busyId.value = order.id;
    try {
      await act(order, action);
    } catch (e) {
      notify.problem(e, () => void run(order, action));
    } finally {
      busyId.value = '';
    }
  }
  const pay = (order: Order) => run(order, 'pay');
  function cancel(order: Order) {
    const message = `Cancel order ${shortId(order.id)} over ${money(order.total)}? What stores have put aside and the bank holds by then is given back.`;
    confirmed(
      { header: 'Cancel order', message, accept: 'Cancel order', reject: 'Keep order', severity: 'danger' },
      () => run(order, 'cancel'),
    );
  }
  return { busyId, pay, cancel };
}
