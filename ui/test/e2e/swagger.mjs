// Swagger's "Execute" through the whole walkthrough, with what the document offers: the only thing typed are the ids that
// the calls before answered. On a fresh mall, and on one with an administrator's token.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert } from './shop.mjs';

const TOKEN = 'e2e-admin-token-0123456789abcdef';

/** Opens an operation, fills its path in, changes what its example names, executes it; the answer's body. */
async function execute(page, operation, { path = {}, ids = {}, status = 200 } = {}) {
  const block = page.locator(`.opblock[id$="-${operation}"]`);
  await block.locator('.opblock-summary-control').click();
  for (const [name, value] of Object.entries(path))
    await block.locator(`tr[data-param-name="${name}"][data-param-in="path"] input`).fill(value);
  // Anything left in a field would be sent.
  for (const field of await block.locator('tr[data-param-in="header"] input').all())
    assert.equal(await field.inputValue(), '', `${operation} fills in a header nobody asked for`);
  if (Object.keys(ids).length > 0) {
    const body = block.locator('textarea.body-param__text');
    await body.fill(JSON.stringify({ ...JSON.parse(await body.inputValue()), ...ids }));
  }
  await block.getByRole('button', { name: 'Execute' }).click();
  const live = block.locator('.live-responses-table');
  const said = await live.locator('.response .response-col_status').first().innerText();
  const text = await live.locator('.response .response-col_description code').first().innerText();
  assert.equal(Number.parseInt(said, 10), status, `${operation}: ${text}`);
  await block.locator('.opblock-summary-control').click();
  return JSON.parse(text);
}

async function walkThrough(page, base) {
  await page.goto(`${base}/swagger/`);
  await page.locator('.opblock').first().waitFor({ timeout: 20_000 });
  const store = await execute(page, 'create_store', { status: 201 });
  await execute(page, 'join_mall', { path: { id: store.id } });
  const product = await execute(page, 'create_product', { path: { id: store.id }, status: 201 });
  const customer = await execute(page, 'register_customer', { status: 201 });
  const basket = await execute(page, 'create_basket', { status: 201 });
  await execute(page, 'set_basket_item', { path: { id: basket.id, product_id: product.id } });
  const ids = { customer_id: customer.id };
  const payment = await execute(page, 'authorize_payment', { ids, status: 201 });
  const order = await execute(page, 'checkout_basket', {
    path: { id: basket.id },
    ids: { ...ids, payment_id: payment.id },
    status: 201,
  });
  const deadline = Date.now() + 20_000;
  for (
    let seen = order;
    seen.status !== 'accepted';
    seen = await execute(page, 'get_order', { path: { id: order.id } })
  )
    assert.ok(Date.now() < deadline, `the order is still ${seen.status}`);
  const paid = await execute(page, 'pay_order', { path: { id: order.id } });
  assert.ok(['paid', 'delivered'].includes(paid.status), paid.status);
}

export async function swaggerScenarios({ step, faults }) {
  for (const [settings, name] of [
    [{}, 'a fresh mall'],
    [{ PLAZA_ADMIN_TOKEN: TOKEN }, 'a mall with a token'],
  ]) {
    const server = await Server.start({ PLAZA_PAYMENT_DELAY: '100ms', PLAZA_STORE_DELAY: '200ms', ...settings });
    const browser = await Browser.launch(server.base);
    browser.faults = faults;
    try {
      await step(`Swagger executes the walkthrough on ${name}`, async () => {
        const { page, base } = browser;
        if (settings.PLAZA_ADMIN_TOKEN) {
          await page.goto(`${base}/swagger/`);
          await page.locator('.btn.authorize').click();
          await page.locator('.modal-ux input').fill(TOKEN);
          await page.locator('.modal-ux').getByRole('button', { name: 'Apply credentials' }).click();
          await page.locator('.modal-ux .btn-done').click();
        }
        await walkThrough(page, base);
        await browser.shot('swagger');
      });
    } finally {
      await browser.close();
      await server.stop();
    }
  }
}
