// Plain words on the first screen, every locale and width, and an order on paper.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert, status } from './shop.mjs';

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenhersteller'.repeat(2).slice(0, 110);

export async function wordScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_PAYMENT_DELAY: '0ms', PLAZA_STORE_DELAY: '0ms' });
  const post = (path, body) => server.call('POST', path, body ?? {});
  const store = await post('/stores', { name: LONG, location: LONG });
  const price = { amount_minor: 123_456_789, currency: 'EUR' };
  const product = await post(`/stores/${store.id}/products`, { name: LONG, description: LONG, price, stock: 7 });
  await server.call('PUT', `/stores/${store.id}/participation`);
  const customer = await post('/customers', { name: LONG, phone: '1' });
  const amount = { ...price, amount_minor: 10 * price.amount_minor };
  const payment = await post('/payments', { customer_id: customer.id, amount });
  const lines = [{ product_id: product.id, quantity: 1 }];
  const order = await post('/orders', { customer_id: customer.id, payment_id: payment.id, items: lines });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const pages = [
    '/',
    '/shopping',
    '/shopping?view=table',
    '/checkout',
    '/orders',
    `/orders/${order.id}`,
    '/admin/stores',
    `/admin/stores/${store.id}/products`,
    '/admin/orders',
    '/admin/orders/events',
    '/admin/customers',
    '/guide',
  ];
  const visit = async (path) => {
    await page.goto(base + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(250);
  };

  try {
    await step('the first screen speaks plain English', async () => {
      await visit('/');
      for (const tile of ['Waiting for bank or store', 'Waiting for payment', 'Delivered', 'Ended without delivery'])
        await page.locator(`[data-stat="${tile}"]`).waitFor();
      await page.locator('[data-stat="Waiting for payment"]').getByText('1', { exact: true }).waitFor();
      await page.getByText('All rules hold').waitFor();
      assert.doesNotMatch(await page.locator('main').innerText(), /saga|lateness|invariant/i);
      await browser.shot('dashboard-words');
    });

    await step('an order on paper is the order, in either theme', async () => {
      await visit(`/orders/${order.id}`);
      await status(page, 'order', 'accepted');
      await page.getByRole('button', { name: 'Print' }).waitFor();
      await browser.setTheme(true);
      await status(page, 'order', 'accepted');
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      await page.emulateMedia({ media: 'print' });
      for (const gone of ['header.sticky', 'aside', '[data-testid=version-slider]', '[data-testid=pay]'])
        assert.equal(await page.locator(gone).first().isVisible(), false, gone);
      for (const there of ['[data-testid=order-total]', '[data-testid=saga]', '[data-testid=order-events]', 'h1'])
        assert.equal(await page.locator(there).first().isVisible(), true, there);
      assert.equal(await page.evaluate(() => document.documentElement.classList.contains('app-dark')), false);
      await browser.shot('order-print');
      await page.emulateMedia({ media: null });
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      assert.equal(await page.evaluate(() => document.documentElement.classList.contains('app-dark')), true);
      await browser.setTheme(false);
    });

    await step('names without end push no page sideways', async () => {
      await page.evaluate(
        ([id, name]) => localStorage.setItem('plaza.customer', JSON.stringify({ id, name, phone: '1' })),
        [customer.id, LONG],
      );
      await visit('/shopping');
      await page.getByRole('button', { name: /^Add to basket/ }).click();
      await page.getByTestId('basket-count').waitFor();
      for (const width of [1280, 380]) {
        await page.setViewportSize({ width, height: 800 });
        for (const path of pages) {
          await visit(path);
          await browser.assertNoSidewaysScroll(`${path} at ${width}`);
          if (/shopping$|orders\/|admin\/(stores|orders|customers)$/.test(path))
            await browser.shot(`long-${width}${path.replaceAll(/[/?=]/g, '-').slice(0, 24)}`);
        }
      }
      await page.getByTestId('basket-button').click();
      await page.getByTestId('basket-drawer').getByText(LONG).first().waitFor();
      await browser.assertNoSidewaysScroll('the basket');
    });
    await browser.close();

    await step('dates and numbers keep their places in a locale that writes from the right', async () => {
      const arabic = await Browser.launch(server.base, { locale: 'ar-EG' });
      arabic.faults = faults;
      try {
        await arabic.page.goto(`${base}/orders/${order.id}`);
        await arabic.page.getByTestId('order-events').locator('time').first().waitFor();
        const times = await arabic.page.locator('time').allTextContents();
        assert.ok(times.length > 3);
        for (const text of times) assert.match(text.trim(), /^\u2068[^\u2068\u2069]+\u2069$/);
        await arabic.shot('order-arabic');
        await arabic.page.goto(`${base}/admin/orders`);
        await arabic.page.getByTestId('pager').getByText('\u2068١\u2069–\u2068١\u2069').waitFor();
        await arabic.shot('orders-arabic');
      } finally {
        await arabic.close();
      }
    });
  } finally {
    await browser.close().catch(() => undefined);
    await server.stop();
  }
}
