// The simulation lab: a scenario is started in the running mall, watched, steered, stopped and read; then one in virtual time.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert } from './shop.mjs';

const DELAYS = { PLAZA_PAYMENT_DELAY: '200ms', PLAZA_STORE_DELAY: '400ms', PLAZA_SHIPPING_DELAY: '0s' };
const HOSTILE = '<img src=x onerror=alert(1)> "&" \u2603';
const standing = async (page) =>
  Number((await page.getByTestId('standing').innerText()).split(' ')[0].replace(/\D/g, ''));
const status = (page, word) => page.getByTestId('simulation').locator(`[data-status=${word}]`).waitFor();

/** Waits until the number of shoppers is as wanted. */
async function until(page, wanted) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const now = await standing(page);
    if (wanted(now)) return now;
    assert.ok(Date.now() < deadline, `${now} shoppers`);
    await page.waitForTimeout(200);
  }
}

export async function labScenarios({ step, faults }) {
  const server = await Server.start(DELAYS);
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  try {
    await step('an empty lab says what it does, and how much it is going to write', async () => {
      await server.call('POST', '/demo');
      const store = await server.call('POST', '/stores', { name: HOSTILE, location: HOSTILE });
      const price = { amount_minor: 100, currency: 'EUR' };
      await server.call('POST', `/stores/${store.id}/products`, { name: HOSTILE, price, stock: 5 });
      await server.call('PUT', `/stores/${store.id}/participation`);
      await page.goto(`${base}/lab`);
      await page.getByText('Nothing is under way').waitFor();
      await page.getByText('Writes the orders of about 120 shoppers').waitFor();
      await browser.axe('lab, empty');
      await browser.shot('lab-empty');
    });

    await step('one button, and shoppers come', async () => {
      await page.getByLabel('Shoppers a second').first().fill('10');
      await page.getByTestId('start-simulation').click();
      await status(page, 'running');
      await until(page, (shoppers) => shoppers >= 10);
      assert.match(page.url(), /run=/);
      await page.getByText('Verdicts a second').waitFor();
      assert.ok(await page.getByTestId('start-simulation').isDisabled(), 'one at a time');
    });

    await step('it is the same after a reload, and in a second tab', async () => {
      await page.reload();
      await status(page, 'running');
      await until(page, (shoppers) => shoppers >= 12);
      const other = await page.context().newPage();
      await other.goto(`${base}/lab`);
      await status(other, 'running');
      await until(other, (shoppers) => shoppers >= 12);
      await other.close();
    });

    await step('shoppers are held back, and come faster', async () => {
      await page.getByTestId('pause-arrivals').click();
      await page.getByRole('button', { name: 'Let shoppers come' }).waitFor();
      const held = await standing(page);
      await page.waitForTimeout(2_500);
      assert.ok((await standing(page)) <= held + 15, 'those who were on their way');
      await page.locator('#steer-rate').fill('40');
      await page.getByTestId('steer').click();
      await page.getByTestId('pause-arrivals').click();
      await page.getByRole('button', { name: 'Let nobody come' }).waitFor();
      await until(page, (shoppers) => shoppers >= held + 60);
      await browser.axe('lab, running');
      await browser.shot('lab-running');
    });

    await step('dark, and narrow', async () => {
      await browser.setTheme(true);
      await browser.axe('lab, running, dark');
      await browser.shot('lab-running-dark');
      await page.setViewportSize({ width: 380, height: 850 });
      await browser.assertNoSidewaysScroll('lab at 380 px');
      await browser.shot('lab-380');
      await page.setViewportSize({ width: 1440, height: 900 });
      await browser.setTheme(false);
    });

    await step('stopped, it says what held, and has a report', async () => {
      await page.getByTestId('stop-simulation').click();
      await status(page, 'settling');
      await page.getByRole('button', { name: 'End at once' }).click();
      await status(page, 'stopped');
      await page.getByText('every acknowledged order is there').waitFor();
      const [report] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('link', { name: /^Report/ }).click(),
      ]);
      await report.getByText('Where orders went').first().waitFor();
      await report.close();
      await browser.axe('lab, stopped');
      await browser.shot('lab-stopped');
    });

    await step('an hour in virtual time is there in seconds, and can be asked again', async () => {
      await page.getByRole('combobox', { name: 'What is asked' }).selectOption('bank-outage');
      await page.getByRole('radio', { name: /In virtual time/ }).check();
      await page.getByLabel('Shoppers a second').first().fill('0.4');
      await page.getByTestId('start-simulation').click();
      await page.getByTestId('simulation').getByText('arrivals.rate = 0.4').waitFor();
      await page
        .getByTestId('simulation')
        .getByText(/verything held/)
        .waitFor({ timeout: 30_000 });
      await page.getByText('accepted.share >= 0.9').first().waitFor();
      await page.getByRole('button', { name: 'Again: smoke' }).click();
      assert.equal(await page.getByLabel('Shoppers a second').first().inputValue(), '10');
      await browser.shot('lab-virtual');
    });

    await step('what is wrong with a scenario is said where it is written', async () => {
      await page.getByRole('button', { name: 'The scenario as it is written' }).click();
      await page.getByLabel('The scenario as TOML').fill('schema = 1\nratee = 3\n');
      await page.getByTestId('start-simulation').click();
      await page.getByText('scenario.toml:2:1').waitFor();
      await browser.axe('lab, refused');
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
