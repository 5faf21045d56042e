// Two people change the same thing at the same time: nothing is overwritten unseen, nothing typed is lost.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { addToBasket, assert, card, order, status } from './shop.mjs';

export async function conflictScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_STORE_DELAY: '3s' });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const price = { amount_minor: 1200, currency: 'EUR' };
  const store = await server.call('POST', '/stores', { name: 'Quay Books', location: 'Cork' });
  const product = await server.call('POST', `/stores/${store.id}/products`, { name: 'Atlas', price, stock: 50 });
  await server.call('PUT', `/stores/${store.id}/participation`);
  const note = page.getByTestId('conflict');
  const read = (path) => server.call('GET', path);
  const focused = () => page.evaluate(() => document.activeElement?.dataset.testid);

  try {
    await step('a store edited by two people: each change is shown, chosen, and nothing typed is lost', async () => {
      await page.goto(`${base}/admin/stores`);
      await page.getByRole('button', { name: 'Edit Quay Books' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Old Quay Books');
      await page.getByLabel('Location').fill('Dublin');
      await server.call('PATCH', `/stores/${store.id}`, { location: 'Galway', confirmation_delay_ms: 2000 });
      await page.getByRole('button', { name: 'Save' }).click();
      await note.getByText('was Cork, is now Galway; yours is Dublin').waitFor();
      await note.getByText('was 3 s, is now 2 s').waitFor();
      assert.equal(await focused(), 'conflict');
      await browser.axe('store dialog, conflict');
      await browser.shot('conflict-store');
      assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Old Quay Books');
      await note.getByRole('button', { name: 'Use theirs: Location' }).click();
      assert.equal(await page.getByLabel('Location', { exact: true }).inputValue(), 'Galway');
      await note.getByRole('button', { name: 'Overwrite: Location' }).click();
      await page.getByRole('button', { name: 'Overwrite', exact: true }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const saved = await read(`/stores/${store.id}`);
      assert.deepEqual([saved.name, saved.location, saved.confirmation_delay_ms], ['Old Quay Books', 'Dublin', 2000]);
    });

    await step('a product edited by two people: only what both touched is asked about', async () => {
      await page.goto(`${base}/admin/stores/${store.id}/products`);
      await page.getByRole('button', { name: 'Edit Atlas' }).click();
      await page.getByLabel(/^Price/).fill('15');
      await server.call('PATCH', `/products/${product.id}`, {
        price: { ...price, amount_minor: 1300 },
        description: 'Large.',
        stock: 40,
      });
      await page.getByRole('button', { name: 'Save' }).click();
      await note.getByText('was €12.00, is now €13.00; yours is €15.00').waitFor();
      assert.equal(await note.locator('[data-field=stock]').count(), 0);
      await page.getByLabel('Description').and(page.locator('textarea')).waitFor();
      assert.equal(await page.getByLabel('Description').inputValue(), 'Large.');
      await browser.axe('product dialog, conflict');
      await note.getByRole('button', { name: 'Use theirs: Price' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      const saved = await read(`/products/${product.id}`);
      assert.deepEqual([saved.price.amount_minor, saved.description, saved.stock], [1300, 'Large.', 40]);
    });

    await step('a stock that moved while it was typed is shown before it is overwritten', async () => {
      const typeStock = async (stock) => {
        await page.getByRole('button', { name: /change the stock of Atlas/ }).click();
        await page.getByRole('textbox', { name: 'Stock of Atlas' }).fill(String(stock));
      };
      await typeStock(90);
      await server.call('PATCH', `/products/${product.id}`, { stock: 35 });
      await page.keyboard.press('Enter');
      await note.getByText('was 40, is now 35; yours is 90').waitFor();
      await browser.axe('stock, conflict');
      await browser.shot('conflict-stock');
      await note.getByRole('button', { name: 'Use theirs' }).click();
      assert.equal((await read(`/products/${product.id}`)).stock, 35);
      await typeStock(90);
      await server.call('PATCH', `/products/${product.id}`, { stock: 30 });
      await page.keyboard.press('Enter');
      await note.getByRole('button', { name: 'Overwrite' }).click();
      await page.getByRole('button', { name: /90.*change the stock of Atlas/ }).waitFor();
      assert.equal((await read(`/products/${product.id}`)).stock, 90);
    });

    await step('a basket changed in another tab keeps what that tab did', async () => {
      await page.goto(`${base}/shopping`);
      await addToBasket(page, 'Atlas', 2);
      const id = await page.evaluate(() => JSON.parse(localStorage.getItem('plaza.basket-id')));
      const elsewhere = (quantity) =>
        page.route(
          `**/api/v1/baskets/*/items/*`,
          async (route) => {
            await server.call('PUT', `/baskets/${id}/items/${product.id}`, { quantity });
            await route.continue();
          },
          { times: 1 },
        );
      await page.getByTestId('basket-button').click();
      await elsewhere(7);
      await page.getByRole('button', { name: 'One more: Atlas' }).last().click();
      await note.getByText('was 2, is now 7; yours is 3').waitFor();
      await browser.axe('basket, conflict');
      await browser.shot('conflict-basket');
      await note.getByRole('button', { name: 'Use theirs' }).click();
      await note.waitFor({ state: 'detached' });
      assert.equal((await read(`/baskets/${id}`)).items[0].quantity, 7);
      await elsewhere(4);
      await page.getByRole('button', { name: 'One more: Atlas' }).last().click();
      await note.getByRole('button', { name: 'Overwrite' }).click();
      await note.waitFor({ state: 'detached' });
      assert.equal((await read(`/baskets/${id}`)).items[0].quantity, 8);
      await page.keyboard.press('Escape');
      // Adding means so many more, whatever the other tab did.
      await elsewhere(10);
      await page.getByRole('button', { name: 'Add to basket: Atlas' }).click();
      await card(page, 'Atlas').getByText('11 in your basket').waitFor();
    });

    await step('an order that moved on under the question is asked about again', async () => {
      await page.goto(`${base}/checkout`);
      await page.getByLabel('Name').fill('Ada Novak');
      await page.getByLabel('Phone').fill('1');
      await page.getByTestId('register').click();
      await page.getByTestId('account').waitFor();
      const id = await order(page, base, 'Atlas');
      await page.getByTestId('cancel').click();
      const question = page.getByRole('alertdialog');
      await question.getByText('is given back.').waitFor();
      await status(page, 'order', 'accepted');
      await question.getByRole('button', { name: 'Cancel order' }).click();
      await question.getByText('it was Pending and is now Accepted').waitFor();
      await browser.axe('order, changed meanwhile');
      assert.equal((await read(`/orders/${id}`)).status, 'accepted');
      await question.getByRole('button', { name: 'Keep as it is' }).click();
      await question.waitFor({ state: 'detached' });
      await page.getByTestId('pay').click();
      await status(page, 'order', 'delivered');
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
