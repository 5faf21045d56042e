// A Plaza with an admin token: the UI asks for it, keeps it for the tab, and a customer still shops without it.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert } from './shop.mjs';

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
  } finally {
    await browser.close();
    await server.stop();
  }
}
