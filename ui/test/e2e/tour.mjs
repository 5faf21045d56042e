// The guided tour from an empty mall to the last event: steps tick themselves, and both ways an order fails are shown.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert, status } from './shop.mjs';

export async function tourScenarios({ step, faults }) {
  const server = await Server.start({ PLAZA_PAYMENT_DELAY: '400ms', PLAZA_STORE_DELAY: '1500ms' });
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  const tour = page.getByTestId('tour');
  const isAt = (n, title) =>
    Promise.all([tour.getByText(`Tour · ${n} of 10`).waitFor(), tour.getByRole('heading', { name: title }).waitFor()]);
  const ticked = () => tour.getByTestId('tour-done').waitFor();
  const doIt = () => page.getByTestId('tour-do').click();
  const next = () => tour.getByRole('button', { name: 'Next' }).click();
  const reason = (code) => page.getByTestId('reason').getByText(code).waitFor({ timeout: 15_000 });

  try {
    await step('the tour ticks its steps by what happens, done by hand or by itself', async () => {
      await page.goto(base);
      await page.locator('[data-testid=live][data-state=open]').waitFor();
      await page.getByTestId('start-tour').click();
      await isAt(1, /Open some stores/);
      await doIt();
      await ticked();
      await browser.shot('tour-desk');
      await browser.axe('tour, ticked');
      await next();
      await isAt(2, /Let them take part/);
      await page.waitForURL(/admin\/stores/);
      assert.equal(await tour.getByTestId('tour-done').count(), 0);
      // By hand: the step hears of it all the same.
      await page.getByRole('switch').first().click();
      await ticked();
      await next();
      await page.waitForURL(/shopping/);
      await doIt();
      await ticked();
      await page.getByTestId('basket-count').waitFor();
      await page.reload();
      await isAt(3, /Fill a basket/);
      await ticked();
      await next();
      await page.waitForURL(/checkout/);
      await doIt();
      await ticked();
      await page.getByTestId('account').getByText('Tour Guest').waitFor();
      await next();
      await isAt(5, /Submit, then watch/);
      await doIt();
      await page.waitForURL(/\/orders\//);
      await ticked();
      await next();
      await doIt();
      await status(page, 'order', 'delivered');
      await ticked();
    });

    await step('the tour shows both ways an order fails, and adds up', async () => {
      await next();
      await isAt(7, /When a store runs dry/);
      await doIt();
      await page.waitForURL(/\/orders\/./);
      await reason('OUT_OF_STOCK');
      await ticked();
      const { items } = await server.call('GET', '/products');
      await page.waitForFunction(async () => (await (await fetch('/api/v1/products')).json()).items[0].stock > 0);
      assert.equal(items.length, 1);
      await next();
      await isAt(8, /When the money is not enough/);
      await doIt();
      await reason('NOT_ENOUGH_MONEY');
      await ticked();
      await next();
      await isAt(9, /Send a crowd/);
      await page.waitForURL(/lab/);
      await doIt();
      await page.getByTestId('simulation').locator('[data-status=running]').waitFor();
      await ticked();
      await next();
      await page.waitForURL(/admin\/orders\/events/);
      await page
        .getByTestId('tour-score')
        .getByText(/You did 10 of 10 steps; \d\d events of your orders/)
        .waitFor();
      await browser.axe('tour, score');
      await browser.shot('tour-score');
      for (const theme of [true, false]) {
        await browser.setTheme(theme);
        await page.setViewportSize({ width: 380, height: 800 });
        await page.goto(`${base}/shopping`);
        await page.locator('article').first().waitFor();
        await browser.assertNoSidewaysScroll('the tour on a phone');
        await browser.axe('tour, phone');
        await browser.shot(`tour-phone-${theme ? 'dark' : 'light'}`);
        await page.setViewportSize({ width: 1440, height: 900 });
      }
      // It lies on nothing: the button below it can be pressed.
      await page
        .getByRole('button', { name: /^Add to basket/ })
        .first()
        .click();
      await page.getByTestId('basket-count').waitFor();
      await tour.getByRole('button', { name: 'Done', exact: true }).click();
      await tour.waitFor({ state: 'detached' });
    });

    await step('the tour says what has to come first', async () => {
      const other = await Server.start();
      const fresh = await Browser.launch(other.base);
      fresh.faults = faults;
      try {
        await fresh.page.goto(other.base);
        await fresh.page.getByTestId('start-tour').click();
        await fresh.page.getByRole('button', { name: /^Pay or cancel/ }).click();
        await fresh.page.getByTestId('tour-do').click();
        await fresh.page.getByTestId('toast').getByText('There is no order of yours yet').waitFor();
      } finally {
        await fresh.close();
        await other.stop();
      }
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
