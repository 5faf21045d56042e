// The order admin's side: the order book, the events behind it, the customers.
import { assert, download, toast } from './shop.mjs';

export async function orderAdminScenarios({ step, server, session }) {
  const { browser } = session;
  const { page, base } = browser;

  await step('Order Admin filters, searches, opens rows, exports', async () => {
    await page.goto(`${base}/admin/orders`);
    await page.locator('tbody tr').nth(5).waitFor();
    await page.getByLabel('Status', { exact: true }).selectOption('rejected');
    await page.waitForURL(/status=rejected/);
    await page.getByRole('status').getByText('1–3 of 3').waitFor();
    await page.getByLabel('Reason', { exact: true }).selectOption('NOT_ENOUGH_MONEY');
    await page.getByRole('status').getByText('1–1 of 1').waitFor();
    await page.reload();
    await page.getByRole('status').getByText('1–1 of 1').waitFor();
    const id = await page.locator('tbody tr[data-key]').first().getAttribute('data-key');
    await page.goto(`${base}/admin/orders?q=${id}`);
    await page.getByRole('status').getByText('1–1 of 1').waitFor();
    await page.goto(`${base}/admin/orders?q=${session.customer}`);
    await page.getByRole('status').getByText('1–6 of 6').waitFor();
    await page
      .getByRole('button', { name: /^Details of order/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'Events of this order' }).waitFor();
    await browser.axe('order admin, row open');
    const csv = await download(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
    assert.equal(csv.text.trim().split('\n').length, 7);
    await page.getByLabel('Search orders').fill('nothing like this');
    await page.getByText('No order matches').waitFor();
  });

  await step('bulk archive hides orders and keeps their events', async () => {
    await page.goto(`${base}/admin/orders?status=cancelled`);
    const row = page.locator('tbody tr[data-key]').first();
    await row.waitFor();
    const id = await row.getAttribute('data-key');
    await row.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Archive 1 order' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Archive' }).click();
    await toast(page, '1 order archived');
    await page.getByText('No order matches').waitFor();
    await page.getByLabel('Archived orders').selectOption('yes');
    await page.locator(`tr[data-key="${id}"]`).waitFor();
    await page.goto(`${base}/admin/orders/events?id=${id}&of=stream`);
    await page.locator('tbody').getByText('Order archived').waitFor();
  });

  await step('Event Sourcing shows one order’s events in time order either way, down to the payload', async () => {
    const { items } = await server.call('GET', '/orders?status=delivered', undefined, session.auth);
    await page.goto(`${base}/admin/orders/events`);
    await page.locator('tbody tr').first().waitFor();
    await page.getByLabel('Search by id').fill(items[0].id.slice(0, 12));
    await page.getByText('That is not a whole id').waitFor();
    await page.getByLabel('Search by id').fill(items[0].id);
    await page.locator('tbody').getByText('Order delivered').waitFor();
    // What it led to is in the streams of its stores and its payment too, each named as what it is.
    const streams = async () => {
      const cells = await page.locator('td[data-label=Stream]').allTextContents();
      return new Set(cells.map((text) => text.trim().split(/\s/)[0]));
    };
    const story = await server.call('GET', `/events?correlation_id=${items[0].id}&limit=200`, undefined, session.auth);
    await page.getByText(`1–${story.items.length} of ${story.items.length}`).waitFor();
    const told = await streams();
    for (const kind of ['order', 'payment', 'store']) assert.ok(told.has(kind), `${kind} of ${[...told]}`);
    await page.getByLabel('Events of the id').selectOption('stream');
    await page.locator('tbody tr').last().getByText('Order submitted').waitFor();
    assert.deepEqual([...(await streams())], ['order']);
    const positions = async () =>
      (await page.locator('td[data-label=Position]').allTextContents()).map((t) => Number(t.replaceAll(/\D/g, '')));
    const down = await positions();
    assert.deepEqual(
      down,
      down.toSorted((a, b) => b - a),
    );
    await page.getByRole('button', { name: 'Date created' }).click();
    await page.locator('tbody tr').first().getByText('Order submitted').waitFor();
    assert.deepEqual(await positions(), down.toReversed());
    await page
      .getByRole('button', { name: /^Details of event/ })
      .first()
      .click();
    await page
      .getByRole('region', { name: /^Event/ })
      .getByText('plaza.order.submitted.v1')
      .waitFor();
    await page.getByLabel('Event type').selectOption('plaza.order.paid.v1');
    await page.getByText('1–1 of 1').waitFor();
  });

  await step('the events stay where they are while new ones come, and say how many', async () => {
    await page.goto(`${base}/admin/orders/events`);
    // While they load there are rows without a key.
    const first = page.locator('tbody tr[data-key]').first();
    await first.waitFor();
    const before = await first.getAttribute('data-key');
    await server.call('POST', '/baskets', undefined, session.auth);
    await server.call('POST', '/baskets', undefined, session.auth);
    const news = page.getByTestId('new-rows').getByText('2 new events: show');
    await news.waitFor();
    assert.equal(await first.getAttribute('data-key'), before);
    await news.click();
    await first.getByText('Basket opened').waitFor();
    assert.equal(await page.locator('tbody tr').nth(2).getAttribute('data-key'), before);
    await news.waitFor({ state: 'detached' });
  });

  await step('Customers Admin finds who authorized and never submitted', async () => {
    const body = { name: 'Idle Ida', phone: '555' };
    const idle = await server.call('POST', '/customers', body, session.auth);
    const token = session.auth ?? { authorization: `Bearer ${idle.access_token}` };
    const amount = { amount_minor: 5000, currency: 'EUR' };
    await server.call('POST', '/payments', { customer_id: idle.id, amount }, token);
    await page.goto(`${base}/admin/customers`);
    await page
      .getByRole('row', { name: /Ada Novak/ })
      .first()
      .waitFor();
    await page
      .getByRole('row', { name: /Idle Ida/ })
      .first()
      .getByText('€50.00')
      .waitFor();
    await page.getByLabel('Show', { exact: true }).selectOption('never-submitted');
    await page.getByRole('row', { name: /Ada Novak/ }).waitFor({ state: 'detached' });
    await page.getByText('1–1 of 1').waitFor();
  });

  await step('a refused action and an unknown order are explained', async () => {
    await page.goto(`${base}/orders/00000000-0000-7000-8000-000000000000`);
    await page.getByText('Order not found').waitFor();
    await page.goto(`${base}/nope/at/all`);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
  });

  await step('the keyboard goes everywhere', async () => {
    await page.goto(`${base}/admin/stores`);
    await page.getByRole('heading', { name: 'Plaza Admin' }).waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Skip to content');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
    await page.keyboard.press('Escape');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await browser.axe('shortcut help');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.waitForURL(/\/admin\/orders$/);
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    await page.getByTestId('basket-button').focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('basket-drawer').waitFor();
    await page.keyboard.press('Escape');
    await page.getByTestId('basket-drawer').waitFor({ state: 'detached' });
  });
}
