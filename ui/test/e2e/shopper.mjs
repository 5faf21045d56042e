// The shopper's side: from the catalogue to a delivered order, and every way an order can end otherwise.
import { addToBasket, assert, authorize, card, order, status, submit, toast } from './shop.mjs';

/** Finds a product of the demo mall with enough stock, so that the scenarios do not hang on its contents. */
async function stocked(server, skipStore, least = 5) {
  const { items } = await server.call('GET', '/products?limit=200&sort=-stock');
  return items.find(
    (p) =>
      p.price.amount_minor >= 100 &&
      p.store_id !== skipStore &&
      p.stock >= least &&
      items.filter((o) => o.name === p.name).length === 1,
  );
}

export async function shopperScenarios({ step, server, session }) {
  let { page, base } = session.browser;
  const tea = 'Breakfast Blend';
  const { items } = await server.call('GET', '/products?q=Breakfast%20Blend');
  const teaStore = items[0].store_id;
  const other = await stocked(server, teaStore, 6);

  await step('Shopping searches, filters, sorts, and follows prices and stock live', async () => {
    await page.goto(`${base}/shopping`);
    await page.getByLabel('Store', { exact: true }).selectOption({ label: 'Quay Street Tea' });
    await page.waitForURL(/store=/);
    await page.getByText('2 products from').waitFor();
    await page.getByLabel('Sort by').selectOption('-price');
    await page.waitForURL(/sort=-price/);
    await page.reload();
    await page.getByText('2 products from').waitFor();
    assert.equal((await page.locator('article h2').first().textContent()).trim(), tea);
    await server.call('PATCH', `/products/${items[0].id}`, {
      price: { amount_minor: 1400, currency: 'EUR' },
      stock: 4,
    });
    await card(page, tea).getByText('€14.00').waitFor();
    await card(page, tea).getByText('4 left').waitFor();
    await server.call('PATCH', `/products/${items[0].id}`, { stock: 12 });
    await card(page, tea).getByText('12 in stock').waitFor();
    await page.getByLabel('Search products').fill('zzzz');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('table', { name: 'Products' }).waitFor();
    await page.getByRole('button', { name: 'Cards' }).click();
  });

  await step('the basket fills, warns above the stock, and survives reload and browser restart', async () => {
    await addToBasket(page, tea, 2);
    await addToBasket(page, other.name);
    await page.getByTestId('basket-count').getByText('3').waitFor();
    await page.getByTestId('basket-button').click();
    const drawer = page.getByTestId('basket-drawer');
    await drawer.getByText(tea).waitFor();
    await session.browser.axe('basket drawer');
    const quantity = drawer.getByLabel(`Quantity: ${tea}`);
    await quantity.fill('50');
    await quantity.press('Enter');
    await drawer.getByText('Only 12 available now.').waitFor();
    await quantity.fill('2');
    await quantity.press('Enter');
    await drawer.getByTestId('short').waitFor({ state: 'detached' });
    await drawer.getByRole('button', { name: 'Checkout' }).click();
    await page.getByRole('heading', { name: 'Checkout' }).waitFor();
    assert.equal(await page.getByTestId('submit-order').isDisabled(), true);
    await page.getByText('Register or find your account first.').waitFor();
    await page.getByTestId('register').click();
    await page.getByText('Enter a phone number.').waitFor();
    await page.getByLabel('Name').fill('Ada Novak');
    await page.getByLabel('Phone').fill('+353 1 555 010');
    await page.getByTestId('register').click();
    await page.getByTestId('account').waitFor();
    await page.reload();
    await page.getByTestId('account').getByText('Ada Novak').waitFor();
    // The basket is the customer's now.
    await page.waitForFunction(
      async () => (await (await fetch('/api/v1/customers?q=Ada')).json()).items[0]?.basket_size > 0,
    );
    session.browser = await session.browser.restart();
    ({ page, base } = session.browser);
    await page.goto(`${base}/checkout`);
    await page.getByTestId('account').getByText('Ada Novak').waitFor();
    await page.getByTestId('basket-lines').getByText(tea).waitFor();
    await page.getByTestId('basket-count').getByText('3').waitFor();
  });

  let first;
  await step(
    'a price that moves under the customer’s finger is not charged: the new total is shown first',
    async () => {
      await authorize(page);
      const [product] = (await server.call('GET', `/products?q=${encodeURIComponent(tea)}`)).items;
      const price = (minor) =>
        server.call(
          'PATCH',
          `/products/${product.id}`,
          { price: { ...product.price, amount_minor: minor } },
          session.auth,
        );
      const total = page.getByTestId('checkout-total');
      const before = await total.innerText();
      // The price moves after the click, before the server has the order; the console notes the refusal.
      session.browser.expectOutage = true;
      const once = { times: 1 };
      await page.route(
        '**/api/v1/baskets/*/checkout',
        async (route) => {
          await price(product.price.amount_minor + 100);
          await route.continue();
        },
        once,
      );
      await page.getByTestId('submit-order').click();
      await page.getByText(/The prices have moved/).waitFor();
      await page.waitForFunction(
        (old) => document.querySelector('[data-testid=checkout-total]').textContent.trim() !== old,
        before,
      );
      await session.browser.shot('checkout-prices-moved');
      await price(product.price.amount_minor);
      await total.getByText(before, { exact: true }).waitFor();
    },
  );

  await step('a double click submits one order', async () => {
    const customer = await page.locator('[data-testid=account] [data-id]').first().getAttribute('data-id');
    session.customer = customer;
    await page.getByTestId('submit-order').dblclick();
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
    first = page.url().split('/').at(-1);
    const orders = await server.call('GET', `/orders?customer_id=${customer}`, undefined, session.auth);
    assert.equal(orders.items.length, 1);
    await page.getByTestId('basket-count').waitFor({ state: 'detached' });
  });

  await step('the saga counts down; two stores confirm at their own times; the order is accepted', async () => {
    const lanes = page.getByTestId('lane');
    await lanes.nth(2).waitFor();
    assert.equal(await lanes.count(), 3);
    await page
      .locator('[data-lane="Quay Street Tea"]')
      .getByText(/Confirms in/)
      .waitFor();
    await status(page, 'payment', 'confirmed');
    await page
      .locator(`[data-lane="${other.store_name}"]`)
      .getByText(/Confirmed \+/)
      .waitFor();
    assert.equal(
      await page
        .locator('[data-lane="Quay Street Tea"]')
        .getByText(/Confirms in|Due/)
        .count(),
      1,
    );
    await session.browser.shot('order-pending');
    await session.browser.axe('order, pending');
    await status(page, 'order', 'accepted');
    await page.getByText(/Pay within/).waitFor();
    await page.reload();
    await status(page, 'order', 'accepted');
  });

  await step('Pay delivers; the slider shows the order at any version; payloads open', async () => {
    await page.getByTestId('pay').click();
    await status(page, 'order', 'delivered');
    await status(page, 'payment', 'captured');
    await page.getByText('Already paid and delivered.').waitFor();
    const slider = page.getByLabel('Time travel');
    await slider.focus();
    await page.keyboard.press('Home');
    await status(page, 'order', 'pending');
    await page.getByTestId('version').getByText(/^1$/).waitFor();
    assert.equal(await page.getByTestId('order-events').locator('li.entry').count(), 1);
    await page.getByRole('button', { name: 'One version forward' }).click();
    await page.getByTestId('version').getByText(/^2$/).waitFor();
    await session.browser.axe('order, in the past');
    await page.getByRole('button', { name: 'Back to now' }).click();
    await status(page, 'order', 'delivered');
    await page.locator('[data-type="plaza.order.submitted.v1"] button[aria-expanded]').click();
    await page
      .getByRole('region', { name: /^Event/ })
      .getByText('"specversion"')
      .waitFor();
    await page
      .getByRole('button', { name: `Copy order id ${first}` })
      .first()
      .click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), first);
  });

  await step('less money than the total: NOT_ENOUGH_MONEY', async () => {
    await page.goto(`${base}/shopping`);
    await addToBasket(page, tea);
    await page.goto(`${base}/checkout`);
    await authorize(page, 1);
    await page.getByTestId('too-little').waitFor();
    await submit(page);
    await status(page, 'payment', 'not_enough_money');
    await status(page, 'order', 'rejected');
    await page.getByTestId('reason').getByText('NOT_ENOUGH_MONEY').waitFor();
  });

  await step('more than the stock: OUT_OF_STOCK, and the money is given back', async () => {
    await order(page, base, other.name, { times: other.stock + 50 });
    await status(page, 'order', 'rejected');
    await page.getByTestId('reason').getByText('OUT_OF_STOCK').waitFor();
    await page
      .locator(`[data-lane="${other.store_name}"]`)
      .getByText(/ordered, \d+ available/)
      .waitFor();
    await page.getByTestId('compensation').getByText('Given back:').waitFor();
    await status(page, 'payment', 'voided');
  });

  await step('stock set to 0 while an order waits: OUT_OF_STOCK', async () => {
    const id = await order(page, base, tea);
    const admin = session.browser.watch(await session.browser.context.newPage());
    await admin.goto(`${base}/admin/stores/${teaStore}/products`);
    await admin.getByRole('button', { name: /change the stock of Breakfast Blend/ }).click();
    await admin.getByRole('textbox', { name: 'Stock of Breakfast Blend' }).fill('0');
    await admin.keyboard.press('Enter');
    await toast(admin, 'Stock set to 0');
    await status(page, 'order', 'rejected');
    await page.getByTestId('reason').getByText('OUT_OF_STOCK').waitFor();
    await admin.getByRole('button', { name: 'Undo' }).click();
    await toast(admin, /Stock set to \d\d/);
    await admin.close();
    assert.ok(id);
  });

  await step('Cancel while pending gives everything back', async () => {
    await order(page, base, tea);
    await status(page, 'payment', 'confirmed');
    await page.getByTestId('cancel').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel order' }).click();
    await status(page, 'order', 'cancelled');
    await page.getByTestId('compensation').getByText('Given back:').waitFor();
    await page.getByText('Cancelled: nothing is due.').waitFor();
  });

  await step('Your Orders shows this customer’s orders live, with Pay, Cancel and the reason when not', async () => {
    const id = await order(page, base, other.name);
    await page.goto(`${base}/orders`);
    const row = page.locator(`tr[data-key="${id}"]`);
    await row.getByText('Payment opens when every confirmation is in.').waitFor();
    await row.locator('[data-label=Status] [data-status=accepted]').waitFor();
    await row.getByTestId('pay').click();
    await row.locator('[data-label=Status] [data-status=delivered]').waitFor();
    await row.getByText('Already paid and delivered.').waitFor();
    assert.equal(await page.locator('tbody tr').count(), 6);
  });

  await step('the account is found again by its id', async () => {
    await page.getByRole('button', { name: 'Not you?' }).click();
    await page.getByRole('button', { name: 'Get your account by id' }).click();
    await page.getByLabel('Customer id').fill('not-an-id');
    await page.getByRole('button', { name: 'Get your account' }).click();
    await page.getByText('Enter the whole id').waitFor();
    await page.getByLabel('Customer id').fill('00000000-0000-7000-8000-000000000000');
    await page.getByRole('button', { name: 'Get your account' }).click();
    await page.getByText('No customer has this id.').waitFor();
    await page.getByLabel('Customer id').fill(session.customer);
    await page.getByRole('button', { name: 'Get your account' }).click();
    await page.getByText('Orders of Ada Novak, updating live.').waitFor();
    await page.locator('tbody tr').nth(5).waitFor();
    assert.equal(await page.locator('tbody tr').count(), 6);
  });
}
