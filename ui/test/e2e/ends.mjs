// How an order that has ended is told: each part by what happened to it, what was dropped by name, nothing that did not happen.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert, status } from './shop.mjs';

export async function endScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_PAYMENT_DELAY: '600ms', PLAZA_STORE_DELAY: '1200ms' });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const eur = (amount_minor) => ({ amount_minor, currency: 'EUR' });
  const post = (path, body) => server.call('POST', path, body ?? {});
  const shelf = async (name, product, delay) => {
    const store = await post('/stores', { name, location: 'Hall', ...(delay && { confirmation_delay_ms: delay }) });
    const made = await post(`/stores/${store.id}/products`, { name: product, price: eur(1000), stock: 5 });
    await server.call('PUT', `/stores/${store.id}/participation`);
    return made;
  };
  const atlas = await shelf('Books', 'Atlas');
  const beans = await shelf('Coffee', 'Beans', 2400);
  const buyer = async (name, amount) => {
    const customer = await post('/customers', { name, phone: '1' });
    const payment = await post('/payments', { customer_id: customer.id, amount: eur(amount) });
    return { customer_id: customer.id, payment_id: payment.id };
  };
  const ada = await buyer('Ada Novak', 10_000_000);
  const order = (who, quantities, on_shortage = 'reject_all') =>
    post('/orders', {
      ...who,
      on_shortage,
      items: [atlas, beans].map(({ id }, i) => ({ product_id: id, quantity: quantities[i] })),
    });
  const part = (store, value) =>
    page.locator(`[data-store]`).filter({ hasText: store }).locator(`[data-status=${value}]`).waitFor();
  const row = (id, column) => page.locator(`tr[data-key="${id}"] [data-label=${column}]`).innerText();
  const ids = {};

  try {
    await step('an order cancelled at once: nobody was asked', async () => {
      ids.early = (await order(ada, [1, 1])).id;
      await post(`/orders/${ids.early}/cancel`);
      await page.goto(`${base}/orders/${ids.early}`);
      await status(page, 'payment', 'not_asked');
      await status(page, 'delivery', 'not_asked');
      await part('Books', 'not_asked');
      assert.equal(await page.getByTestId('compensation').count(), 0);
      assert.doesNotMatch(await page.locator('main').innerText(), /Pending|Compensation|given back/i);
      await page.getByText('Ada Novak').waitFor();
    });

    await step(
      'an order cancelled half-way: what was put aside is given back, who was not due was not asked',
      async () => {
        ids.half = (await order(ada, [1, 1])).id;
        await page.goto(`${base}/orders/${ids.half}`);
        await part('Books', 'confirmed');
        await post(`/orders/${ids.half}/cancel`);
        await page.getByTestId('compensation').getByText('Given back: the money, the stock of Books.').waitFor();
        await status(page, 'payment', 'voided');
        await part('Books', 'released');
        await part('Coffee', 'not_asked');
        await page.locator('[data-lane=Coffee]').getByText('Not asked').waitFor();
        await browser.axe('order, cancelled half-way');
        await browser.shot('order-cancelled');
      },
    );

    await step('what a store could not serve is struck through by name, with the old and the new total', async () => {
      ids.dropped = (await order(ada, [1, 50], 'accept_available')).id;
      await page.goto(`${base}/orders/${ids.dropped}`);
      await page.getByTestId('dropped').getByText('Beans').waitFor();
      await page.getByTestId('total-before').getByText('€510.00').waitFor();
      assert.equal(await page.getByTestId('order-total').innerText(), '€10.00');
      await page.getByText('What is left of the order is confirmed.').waitFor();
      await part('Coffee', 'out_of_stock');
      await browser.axe('order, a line dropped');
      await browser.shot('order-dropped');
      // Before it was dropped it was ordered.
      await page.goto(`${base}/orders/${ids.dropped}?v=1`);
      await page.getByTestId('version').getByText(/^1$/).waitFor();
      assert.equal(await page.getByTestId('dropped').count(), 0);
      assert.equal(await page.getByTestId('order-total').innerText(), '€510.00');
    });

    await step('too little money: the stores were not asked, and no list calls a finished order pending', async () => {
      ids.poor = (await order(await buyer('Poor Paul', 1), [1, 1])).id;
      await page.goto(`${base}/orders/${ids.poor}`);
      await status(page, 'order', 'rejected');
      await status(page, 'payment', 'not_enough_money');
      await status(page, 'delivery', 'not_asked');
      await page.goto(`${base}/admin/orders`);
      await page.locator(`tr[data-key="${ids.poor}"]`).waitFor();
      await page.locator('tbody').getByText('Poor Paul').waitFor();
      assert.deepEqual(
        [await row(ids.early, 'Payment'), await row(ids.early, 'Delivery'), await row(ids.early, 'Status')],
        ['Not asked', 'Not asked', 'Cancelled'],
      );
      assert.deepEqual([await row(ids.half, 'Payment'), await row(ids.half, 'Delivery')], ['Given back', 'Given back']);
      assert.equal(await row(ids.poor, 'Delivery'), 'Not asked');
      assert.match(await row(ids.half, 'Customer'), /Ada Novak/);
      await page.getByRole('button', { name: `Details of order ${ids.dropped}` }).click();
      await page.getByText('The lines of Coffee were dropped.').waitFor();
      await browser.axe('orders, finished');
      await browser.shot('orders-finished');
    });

    await step('numbers that are not known are not nought', async () => {
      await page.route('**/api/v1/statistics?*', (route) => route.abort());
      await page.route('**/api/v1/baskets/*', (route) => route.abort());
      browser.expectOutage = true;
      await page.evaluate(() => localStorage.setItem('plaza.basket-id', '"00000000-0000-7000-8000-000000000001"'));
      await page.goto(base);
      await page.getByLabel('Orders per minute').getByTestId('error').waitFor();
      assert.equal(await page.getByText('0 orders').count(), 0);
      await page.getByTestId('basket-button').click();
      await page.getByTestId('basket-drawer').getByTestId('error').waitFor();
      assert.equal(await page.getByText('Your basket is empty').count(), 0);
      await page.keyboard.press('Escape');
      await page.route('**/api/v1/status', (route) => route.abort());
      await page.getByText(/^As of .*: the mall has not answered since/).waitFor();
      await browser.axe('dashboard, blind');
      await browser.shot('dashboard-blind');
      await page.unrouteAll();
      browser.expectOutage = false;
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
