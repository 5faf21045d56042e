// How stores and the bank behave: set in the browser, shown in the lists, felt by orders, and taken back.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert, toast } from './shop.mjs';

const DELAYS = { PLAZA_PAYMENT_DELAY: '200ms', PLAZA_STORE_DELAY: '300ms', PLAZA_GRACE: '1h' };

/** A store with something to sell, and somebody who can pay: orders one piece, and answers the order's id. */
async function shop(server) {
  const store = await server.call('POST', '/stores', { name: 'Moody Books', location: 'Bern' });
  const price = { amount_minor: 900, currency: 'EUR' };
  const product = await server.call('POST', `/stores/${store.id}/products`, { name: 'Diary', price, stock: 99 });
  await server.call('PUT', `/stores/${store.id}/participation`);
  const customer = await server.call('POST', '/customers', { name: 'Ada', phone: '555 0100' });
  const amount = { amount_minor: 90_000, currency: 'EUR' };
  const payment = await server.call('POST', '/payments', { customer_id: customer.id, amount });
  const items = [{ product_id: product.id, quantity: 1 }];
  const body = { customer_id: customer.id, payment_id: payment.id, items };
  return async () => (await server.call('POST', '/orders', body)).id;
}
const until = (page, base, id, value) =>
  page
    .goto(`${base}/orders/${id}`)
    .then(() => page.getByTestId('order-status').locator(`[data-status=${value}]`).waitFor());

export async function behaviourScenarios({ step, faults }) {
  const server = await Server.start(DELAYS);
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const row = page.getByRole('row', { name: /Moody Books/ });
  const bank = page.getByRole('region', { name: 'The bank' });
  const dialog = page.getByRole('dialog');
  try {
    const order = await shop(server);

    await step('a store that refuses is told so in its dialog, says so in the list, and rejects orders', async () => {
      await page.goto(`${base}/admin/stores`);
      await row.getByRole('button', { name: 'How Moody Books behaves' }).click();
      await dialog.getByLabel('When it answers').selectOption('fixed');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('Enter a number of seconds.').waitFor();
      await dialog.getByLabel('After, seconds').fill('0.4');
      await dialog.getByLabel('Refuses').fill('100');
      await dialog.getByLabel('Never answers').fill('50');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText('at most 1 together').waitFor();
      await browser.shot('behaviour-dialog');
      await browser.axe('behaviour dialog');
      await dialog.getByLabel('Never answers').fill('');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await toast(page, 'Behaviour saved');
      await row.getByText('answers after 400 ms, refuses 100').waitFor();
      await until(page, base, await order(), 'rejected');
      await page.getByText('SERVICE_FAILED').first().waitFor();
    });

    await step('it is as usual again at one press of a button', async () => {
      await page.goto(`${base}/admin/stores`);
      await row.getByRole('button', { name: 'How Moody Books behaves' }).click();
      assert.equal(await dialog.getByLabel('Refuses').inputValue(), '100');
      await dialog.getByRole('button', { name: 'As usual again' }).click();
      await toast(page, 'Behaves as usual again');
      await row.getByText('refuses').waitFor({ state: 'detached' });
      await until(page, base, await order(), 'accepted');
    });

    await step('a bank that is out holds an order, and everybody as usual lets it go on', async () => {
      await page.goto(`${base}/admin/stores`);
      await bank.getByText('answers after 200 ms').waitFor();
      await bank.getByRole('button', { name: 'Behaviour of the bank' }).click();
      await dialog.getByLabel('For', { exact: true }).fill('20');
      await dialog.getByLabel('Refuses').fill('7');
      await dialog.getByRole('button', { name: 'Out', exact: true }).click();
      await dialog.getByText(/out until/).waitFor();
      assert.equal(await dialog.getByLabel('Refuses').inputValue(), '7', 'what was typed stays');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await bank.getByText('out until').waitFor();
      await browser.shot('behaviour-bank-out');
      await browser.axe('stores, the bank is out');
      const held = await order();
      await page.goto(`${base}/orders/${held}`);
      await page.getByTestId('order-status').locator('[data-status=pending]').waitFor();
      await page.goto(`${base}/admin/stores`);
      await bank.getByRole('button', { name: 'All as usual again' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'All as usual' }).click();
      await toast(page, 'Everybody behaves as usual again');
      await bank.getByText('out until').waitFor({ state: 'detached' });
      await until(page, base, held, 'accepted');
    });

    await step('what a personality did is in the journal', async () => {
      await page.goto(`${base}/admin/orders/events`);
      await page
        .getByRole('row', { name: /Personality reset/ })
        .first()
        .waitFor();
      await page
        .getByRole('row', { name: /Personality set/ })
        .first()
        .waitFor();
    });

    await step('on a phone and in the dark the dialog and the list fit', async () => {
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 380, height: 800 });
      await page.goto(`${base}/admin/stores`);
      await page.getByRole('button', { name: 'How Moody Books behaves' }).first().click();
      await dialog.getByLabel('When it answers').selectOption('lognormal');
      await browser.shot('behaviour-phone-dark');
      await browser.axe('behaviour dialog, phone, dark');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it overflows');
    });
  } finally {
    await browser.close().catch(() => undefined);
    await server.stop();
  }
}
