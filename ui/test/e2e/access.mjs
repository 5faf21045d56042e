// A Plaza with an admin token: the UI asks for it, keeps it for the tab, and a customer still shops without it.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { addToBasket, assert, authorize, status, submit } from './shop.mjs';

const TOKEN = 'e2e-admin-token-0123456789abcdef';

export async function accessScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_ADMIN_TOKEN: TOKEN });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  try {
    await step('a Plaza with an admin token asks for it, and takes it', async () => {
      await page.goto(`${base}/admin/customers`);
      await page.getByTestId('error').getByRole('button', { name: 'Enter a token' }).click();
      await browser.axe('access dialog');
      await page.getByLabel('Admin token').fill(TOKEN);
      await page.getByRole('button', { name: 'Use this token' }).click();
      await page.getByText('No customers yet').waitFor();
      await page.locator('[data-testid=live][data-state=open]').waitFor({ timeout: 15_000 });
      await page.reload();
      await page.getByText('No customers yet').waitFor();
      assert.equal(await page.evaluate(() => localStorage.getItem('plaza.admin-token')), null);
      await page.getByTestId('access').click();
      await page.getByRole('button', { name: 'Forget it' }).click();
      await page.getByTestId('error').waitFor();
    });

    await step(
      'there, a shopper without it registers, orders and follows the order live with their own token',
      async () => {
        const admin = { authorization: `Bearer ${TOKEN}` };
        const store = await server.call('POST', '/stores', { name: 'Token Tea', location: 'Hall' }, admin);
        const price = { amount_minor: 500, currency: 'EUR' };
        await server.call('POST', `/stores/${store.id}/products`, { name: 'Mint', price, stock: 9 }, admin);
        await server.call('PUT', `/stores/${store.id}/participation`, undefined, admin);
        await page.goto(`${base}/shopping`);
        await addToBasket(page, 'Mint');
        await page.goto(`${base}/checkout`);
        await page.getByLabel('Name').fill('Tom Token');
        await page.getByLabel('Phone').fill('1');
        await page.getByTestId('register').click();
        await authorize(page);
        await submit(page);
        await status(page, 'order', 'accepted');
        await page.locator('[data-testid=live][data-state=open]').waitFor();
        await page.getByTestId('pay').click();
        await status(page, 'order', 'delivered');
        await page.goto(`${base}/orders`);
        await page.locator('tbody tr [data-label=Order] [data-status=delivered]').waitFor();
        await page.reload();
        await page.locator('tbody tr [data-label=Order] [data-status=delivered]').waitFor();
        await page.goto(`${base}/admin/customers`);
        await page.getByTestId('error').waitFor();
      },
    );
  } finally {
    await browser.close();
    await server.stop();
  }
}
