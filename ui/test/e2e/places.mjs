// Where somebody is stays theirs: Back, reload and links lead there, and nothing moves or is armed meanwhile.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert } from './shop.mjs';

const ORDERS = 130;

export async function placeScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_PAYMENT_DELAY: '0ms', PLAZA_STORE_DELAY: '0ms' });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const price = { amount_minor: 100, currency: 'EUR' };
  const store = await server.call('POST', '/stores', { name: 'Bulk', location: 'Hub' });
  const bolt = await server.call('POST', `/stores/${store.id}/products`, { name: 'Bolt', price, stock: 9999 });
  await server.call('PUT', `/stores/${store.id}/participation`);
  const customer = await server.call('POST', '/customers', { name: 'Bulk Buyer', phone: '1' });
  const amount = { amount_minor: 1_000_000, currency: 'EUR' };
  const payment = await server.call('POST', '/payments', { customer_id: customer.id, amount });
  const buy = () =>
    server.call('POST', '/orders', {
      customer_id: customer.id,
      payment_id: payment.id,
      items: [{ product_id: bolt.id, quantity: 1 }],
    });
  for (let i = 0; i < ORDERS; i++) await buy();
  const keys = () => page.locator('tbody tr[data-key]').evaluateAll((rows) => rows.map((r) => r.dataset.key));
  const first = page.locator('tbody tr[data-key]').first();
  const pageIs = (n) => page.getByTestId('pager').getByText(`Page ${n}`, { exact: false }).first().waitFor();
  const news = page.getByTestId('new-rows');

  try {
    await step('Back returns to the page of the list, the scroll and the row', async () => {
      await page.goto(`${base}/admin/orders?status=accepted`);
      await first.waitFor();
      for (const n of [2, 3]) {
        await page.getByRole('button', { name: 'Next page' }).click();
        await page.waitForURL(new RegExp(`page=${n}`));
        await page.getByText(n === 2 ? '51–100' : '101–130 of 130').waitFor();
      }
      const third = await keys();
      const row = page.locator(`tr[data-key="${third[20]}"]`);
      await row.scrollIntoViewIfNeeded();
      const scroll = await page.evaluate(() => scrollY);
      assert.ok(scroll > 200, `scrolled to ${scroll}`);
      await row.getByRole('link').click();
      await page.getByTestId('order-status').waitFor();
      assert.equal(await page.evaluate(() => scrollY), 0);
      await page.goBack();
      await page.waitForFunction((id) => document.activeElement?.closest('[data-key]')?.dataset.key === id, third[20]);
      assert.deepEqual(await keys(), third);
      assert.equal(await page.evaluate(() => scrollY), scroll);
      // The way up does the same, and a reload stays.
      await page.keyboard.press('Enter');
      await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link').click();
      await page.waitForFunction((id) => document.activeElement?.closest('[data-key]')?.dataset.key === id, third[20]);
      await page.reload();
      await first.waitFor();
      assert.deepEqual(await keys(), third);
      await page.getByRole('button', { name: 'Previous page' }).click();
      await page.getByText('51–100').waitFor();
      await page.goBack();
      await page.getByText('101–130 of 130').waitFor();
      assert.deepEqual(await keys(), third);
    });

    await step(
      'a link into the middle of a list works for somebody else, and other filters begin at the top',
      async () => {
        const link = page.url();
        const other = browser.watch(await browser.context.newPage());
        await other.goto(link);
        await other.getByText('101–130 of 130').waitFor();
        await other.getByRole('button', { name: 'First page' }).click();
        await other.getByText('1–50', { exact: true }).waitFor();
        await other.close();
        await page.getByLabel('Status', { exact: true }).selectOption('pending');
        await page.getByText('No order matches').waitFor();
        assert.doesNotMatch(page.url(), /cursor|page/);
        await page.goBack();
        await page.goBack();
        await page.getByTestId('pager').waitFor();
      },
    );

    await step('a list does not move under the pointer: new orders are counted, rows change in place', async () => {
      await page.goto(`${base}/admin/orders`);
      await first.waitFor();
      const before = await keys();
      for (let i = 0; i < 3; i++) await buy();
      await news.getByText('3 new orders: show').waitFor();
      assert.deepEqual(await keys(), before);
      await server.call('POST', `/orders/${before[0]}/cancel`, {});
      await first.locator('[data-label=Status] [data-status=cancelled]').waitFor();
      // The last row has not been pushed out of what is looked at.
      await server.call('POST', `/orders/${before.at(-1)}/cancel`, {});
      await page.locator(`tr[data-key="${before.at(-1)}"] [data-label=Status] [data-status=cancelled]`).waitFor();
      assert.deepEqual(await keys(), before);
      await browser.axe('orders, new ones waiting');
      await browser.shot('orders-new');
      await news.click();
      await news.waitFor({ state: 'detached' });
      assert.deepEqual((await keys()).slice(3, 6), before.slice(0, 3));
    });

    await step('a row that leaves the filter stays, and says so', async () => {
      await page.goto(`${base}/admin/orders?status=accepted`);
      await first.waitFor();
      const before = await keys();
      await server.call('POST', `/orders/${before[1]}/cancel`, {});
      await news.getByText('1 no longer in this list: show').waitFor();
      await page.locator(`tr[data-key="${before[1]}"]`).getByText('no longer in this list').waitFor();
      assert.deepEqual(await keys(), before);
      await news.click();
      await page.locator(`tr[data-key="${before[1]}"]`).waitFor({ state: 'detached' });
    });

    await step('a selection is shown across pages, and gone with other filters', async () => {
      await page.goto(`${base}/admin/orders?status=accepted`);
      await first.waitFor();
      await first.getByRole('checkbox').check();
      await page.getByRole('button', { name: 'Next page' }).click();
      await page.getByText('51–100').waitFor();
      const selection = page.getByTestId('selection');
      await selection.getByText('1 order selected, 1 not on this page').waitFor();
      await page.getByRole('checkbox', { name: /^Select all/ }).check();
      await selection.getByText('51 orders selected, 1 not on this page').waitFor();
      await browser.axe('orders, a selection across pages');
      await browser.shot('orders-selected');
      await page.getByRole('checkbox', { name: /^Select all/ }).uncheck();
      await selection.getByText('1 order selected, 1 not on this page').waitFor();
      await page.getByLabel('Status', { exact: true }).selectOption('');
      await selection.waitFor({ state: 'detached' });
    });

    await step('the version of an order is in the address', async () => {
      const [id] = await keys();
      await page.goto(`${base}/orders/${id}?v=1`);
      await page.getByTestId('version').getByText(/^1$/).waitFor();
      await page.getByRole('button', { name: 'One version forward' }).click();
      await page.waitForURL(/v=2$/);
      await page.reload();
      await page.getByTestId('version').getByText(/^2$/).waitFor();
      await page.getByRole('button', { name: 'Back to now' }).click();
      await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
      await page.goto(`${base}/orders/${id}?v=999`);
      await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
      assert.equal(await page.getByTestId('toast').count(), 0);
    });

    await step('the catalogue and the stores come back to where they were left', async () => {
      for (let i = 0; i < 60; i++)
        await server.call('POST', `/stores/${store.id}/products`, { name: `Nut ${i}`, price, stock: i });
      await page.goto(`${base}/shopping?sort=name`);
      await page.locator('article').nth(23).waitFor();
      while ((await page.locator('article').count()) < 61) await page.mouse.wheel(0, 2_000);
      await page.locator('article').nth(50).scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
      const at = await page.evaluate(() => scrollY);
      await page.getByRole('link', { name: 'Guide' }).click();
      await page.getByRole('heading', { level: 1, name: 'Guide' }).waitFor();
      await page.goBack();
      await page.waitForFunction((y) => Math.abs(scrollY - y) < 5, at);
      assert.equal(await page.locator('article').count(), 61);
      // The prices of what is shown follow, and its order waits.
      const top = await page.locator('article h2').first().innerText();
      await server.call('PATCH', `/products/${bolt.id}`, { name: 'Zebra Bolt' });
      await page.getByTestId('new-rows').getByText('Sorted otherwise by now: sort again').waitFor();
      assert.equal(top, 'Bolt');
      await page.locator('article h2').first().getByText('Zebra Bolt').waitFor();
      await page.getByTestId('new-rows').click();
      await page.locator('article h2').first().getByText('Nut 0').waitFor();

      await page.goto(`${base}/admin/stores/${store.id}/products`);
      await first.waitFor();
      await page.getByRole('button', { name: 'Next page' }).click();
      await page.waitForURL(/page=2/);
      const second = await keys();
      await page.reload();
      await first.waitFor();
      assert.deepEqual(await keys(), second);
      await page.goBack();
      await pageIs(1);
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
