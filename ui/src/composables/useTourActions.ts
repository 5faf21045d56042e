import { useRouter } from 'vue-router';
import { plaza } from '@/api/plaza';
import type { Money, Order, Product } from '@/api/types';
import { randomId } from '@/lib/ids';
import { useBasket } from '@/stores/basket';
import { useCustomer } from '@/stores/customer';
import { useMall } from '@/stores/mall';
import { useTour } from '@/stores/tour';

/** What has to come first, in words. */
export class NotYet extends Error {}

const LOOK_MS = 500;
/** A clock that is paused brings no answer: then it is said, and tried again on demand. */
const PATIENCE_MS = 60_000;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** What the tour does for somebody who would rather watch: through the same calls as the pages make. */
export function useTourActions(): Record<string, () => Promise<unknown>> {
  const router = useRouter();
  const basket = useBasket();
  const customer = useCustomer();
  const mall = useMall();
  const tour = useTour();

  async function openStore() {
    const currency = await mall.askCurrency();
    if (!currency) throw new NotYet('Plaza has not said yet which currency it trades in.');
    const store = await plaza.createStore({ name: 'Tour Books', location: 'First floor' });
    const price = { amount_minor: 1_250, currency };
    await plaza.createProduct(store.id, { name: 'Pocket Atlas', price, stock: 20 });
  }
  async function join() {
    const { items } = await plaza.stores({ limit: 200 });
    const out = items.find((s) => !s.participating && s.product_count > 0) ?? items.find((s) => !s.participating);
    const store = out ?? items[0];
    if (!store) throw new NotYet('There is no store yet: the first step opens one.');
    if (store.participating) await plaza.setParticipation(store.id, false);
    await plaza.setParticipation(store.id, true);
  }
  /** Products that can be sold, no two of one store. */
  async function products(): Promise<Product[]> {
    const { items } = await plaza.products({ limit: 200, sort: '-stock' });
    const fit = items.filter((p) => p.stock > 0 && p.price.amount_minor > 1);
    const found = fit.filter((p, i) => fit.findIndex((other) => other.store_id === p.store_id) === i);
    if (!found.length) throw new NotYet('Nothing is in Shopping yet: the first two steps bring something.');
    return found;
  }
  async function fill() {
    for (const product of (await products()).slice(0, 2)) await basket.add(product.id, 1);
  }
  async function account(): Promise<string> {
    if (!customer.id) await customer.register('Tour Guest', '555 0100', randomId());
    return customer.id!;
  }
  async function authorize(amount: Money) {
    return plaza.authorize({ customer_id: await account(), amount }, randomId());
  }
  async function prepare() {
    if (!basket.items.length) await fill();
    const payment = await authorize(basket.total!);
    customer.choosePayment(payment.id);
  }
  const show = (order: Order) => router.push(`/orders/${order.id}`);
  async function submit() {
    if (!basket.items.length || !customer.paymentId) await prepare();
    const { id, total } = basket.basket!;
    const body = { customer_id: await account(), payment_id: customer.paymentId!, on_shortage: 'reject_all' as const };
    const order = await plaza.checkout(id, { ...body, expected_total: total }, randomId());
    await show(order);
    await basket.refresh();
  }
  /** The order once it waits for nobody, or has waited too long. */
  async function answered(id: string): Promise<Order> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const order = await plaza.order(id);
      if (order.status !== 'pending' || performance.now() > deadline) return order;
      await pause(LOOK_MS);
    }
  }
  async function pay() {
    const id = tour.lastOrder;
    if (!id) throw new NotYet('There is no order of yours yet: the step before submits one.');
    await show(await plaza.order(id));
    const order = await answered(id);
    if (order.status !== 'accepted')
      throw new NotYet(`The order is ${order.status}, and only an accepted one can be paid.`);
    await plaza.payOrder(order);
  }
  /** An order of its own, beside the basket on the page. */
  async function orderOf(product: Product, paid: number): Promise<Order> {
    const payment = await authorize({ ...product.price, amount_minor: paid });
    const own = await plaza.setBasketItem(await plaza.createBasket(), product.id, 1);
    const body = { customer_id: customer.id!, payment_id: payment.id, on_shortage: 'reject_all' as const };
    return plaza.checkout(own.id, body, randomId());
  }
  async function emptyShelf() {
    const [product] = await products();
    const order = await orderOf(product!, product!.price.amount_minor);
    await plaza.editProduct(await plaza.product(product!.id), { stock: 0 });
    try {
      await show(order);
      await answered(order.id);
    } finally {
      // The shelf is filled again for whoever comes next.
      await plaza.editProduct(await plaza.product(product!.id), { stock: product!.stock });
    }
  }
  async function payTooLittle() {
    const [product] = await products();
    await show(await orderOf(product!, 1));
  }
  async function simulate() {
    const { id } = await plaza.startSimulation({ scenario: 'smoke', mode: 'live', set: {} }, randomId());
    await router.push({ path: '/lab', query: { run: id } });
    tour.tick('lab');
  }
  return {
    stores: openStore,
    participation: join,
    basket: fill,
    payment: prepare,
    submit,
    pay,
    shortage: emptyShelf,
    poor: payTooLittle,
    lab: simulate,
  };
}
