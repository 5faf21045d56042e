// The whole way by keyboard: after each action the focus is where the next one is; toasts cover nothing that is used.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { addToBasket, assert, status } from './shop.mjs';

const PHONE = { width: 380, height: 700 };
const DESK = { width: 1440, height: 900 };

export async function focusScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_STORE_DELAY: '500ms' });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const price = { amount_minor: 1200, currency: 'EUR' };
  const store = await server.call('POST', '/stores', { name: 'Quay Books', location: 'Cork' });
  for (const name of ['Atlas', 'Globe', 'Map'])
    await server.call('POST', `/stores/${store.id}/products`, { name, price, stock: 50 });
  await server.call('PUT', `/stores/${store.id}/participation`);
  for (const name of ['Aarhus Tea', 'Bergen Tea']) await server.call('POST', '/stores', { name, location: 'North' });

  /** Waits until what has the focus says this. */
  async function focusIs(what) {
    const said = () =>
      page.evaluate(() => {
        const e = document.activeElement;
        return e.id || e.getAttribute('aria-label') || e.textContent.trim() || e.tagName;
      });
    const deadline = Date.now() + 4_000;
    while (!what.test(await said())) {
      if (Date.now() > deadline) assert.fail(`the focus is on "${await said()}" and not on ${what}`);
      await page.waitForTimeout(50);
    }
    // It stays there.
    await page.waitForTimeout(150);
    assert.match(await said(), what);
  }
  const press = (key) => page.keyboard.press(key);
  const question = page.getByRole('alertdialog');
  /** What a person could want to use and a toast lies on: what would be there without it. */
  const covered = () =>
    page.evaluate(() => {
      const toasts = document.querySelector('.p-toast');
      const over = document.querySelector('.p-toast-message:last-child')?.getBoundingClientRect();
      if (!over) return ['there is no toast'];
      toasts.style.visibility = 'hidden';
      const found = new Set();
      for (let x = over.left + 2; x < over.right; x += 8)
        for (let y = over.top + 2; y < over.bottom; y += 8) {
          const used = document.elementFromPoint(x, y)?.closest('a[href], button, input, select, textarea');
          if (used && !used.closest('header.sticky')) found.add(used.getAttribute('aria-label') ?? used.textContent);
        }
      toasts.style.visibility = '';
      return [...found];
    });

  try {
    await step('a question has the focus on Keep; what goes away hands the focus to what comes next', async () => {
      await page.goto(`${base}/admin/stores`);
      await page.getByRole('button', { name: 'Archive Aarhus Tea' }).focus();
      await press('Enter');
      await question.waitFor();
      await focusIs(/^Keep$/);
      await press('Enter');
      await question.waitFor({ state: 'detached' });
      await focusIs(/^Archive Aarhus Tea$/);
      await press('Enter');
      await focusIs(/^Keep$/);
      await press('Tab');
      await press('Enter');
      await page.getByRole('link', { name: 'Aarhus Tea', exact: true }).waitFor({ state: 'detached' });
      await focusIs(/^Bergen Tea$/);
    });

    await step('a dialog that was saved gives the focus back; a stock that was set keeps it', async () => {
      await page.getByTestId('new-store').focus();
      await press('Enter');
      await page.getByLabel('Name', { exact: true }).fill('Cardiff Tea');
      await page.getByLabel('Location').fill('Wales');
      await press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await focusIs(/^New store$/);
      await page.goto(`${base}/admin/stores/${store.id}/products`);
      await page.getByRole('button', { name: /change the stock of Atlas/ }).focus();
      await press('Enter');
      await page.keyboard.type('40');
      await press('Enter');
      await focusIs(/^40, change the stock of Atlas$/);
      await press('Enter');
      await press('Escape');
      await focusIs(/^40, change the stock of Atlas$/);
    });

    await step('from the basket to a paid order without touching the mouse', async () => {
      await page.goto(`${base}/shopping`);
      await addToBasket(page, 'Atlas');
      await addToBasket(page, 'Globe');
      await page.getByTestId('basket-button').focus();
      await press('Enter');
      await page.getByTestId('basket-drawer').waitFor();
      await page.getByRole('button', { name: 'Remove Atlas' }).focus();
      await press('Enter');
      await focusIs(/Globe/);
      await press('Escape');
      await page.getByTestId('basket-drawer').waitFor({ state: 'detached' });
      await focusIs(/Basket/);
      await page.goto(`${base}/checkout`);
      await page.getByLabel('Name').fill('Ada Novak');
      await page.getByLabel('Phone').fill('1');
      await press('Enter');
      await focusIs(/^payment-amount$/);
      await press('Enter');
      await focusIs(/^Submit order$/);
      await press('Enter');
      await page.waitForURL(/\/orders\//);
      await focusIs(/^Order …/);
      await status(page, 'order', 'accepted');
      await page.getByTestId('pay').focus();
      await press('Enter');
      await status(page, 'order', 'delivered');
      await focusIs(/^Order …/);
    });

    for (const [name, size] of Object.entries({ desk: DESK, phone: PHONE }))
      await step(`toasts cover nothing that is used, ${name}`, async () => {
        await page.setViewportSize(size);
        await page.goto(`${base}/shopping`);
        await addToBasket(page, 'Map');
        await page.getByTestId('toast').waitFor();
        await page.waitForTimeout(400);
        await browser.shot(`toast-${name}`);
        assert.deepEqual(await covered(), []);
        await page.getByTestId('basket-button').click();
        await page.getByRole('button', { name: 'Remove Map' }).click();
        await page.getByTestId('toast').getByText('Removed').waitFor();
        await page.waitForTimeout(400);
        await browser.shot(`toast-drawer-${name}`);
        assert.deepEqual(await covered(), []);
        await page.keyboard.press('Escape');
        for (const path of ['/admin/stores', `/admin/stores/${store.id}/products`]) {
          await page.goto(base + path);
          await page.locator('tbody tr[data-key]').first().waitFor();
          if (path.endsWith('stores')) await page.getByRole('switch').first().click();
          else {
            await page.getByRole('button', { name: /change the stock of Map/ }).click();
            await page.keyboard.type(name === 'desk' ? '31' : '32');
            await page.keyboard.press('Enter');
          }
          await page.getByTestId('toast').waitFor();
          await page.waitForTimeout(400);
          assert.deepEqual(await covered(), [], path);
          await page.getByTestId('toast').waitFor({ state: 'detached', timeout: 10_000 });
        }
      });
  } finally {
    await browser.close();
    await server.stop();
  }
}
