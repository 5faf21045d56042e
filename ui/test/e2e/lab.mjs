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

    await step('one that was begun elsewhere is found', async () => {
      await page.getByTestId('stop-simulation').click();
      await page.getByRole('button', { name: 'End at once' }).click();
      await status(page, 'stopped');
      await page.goto(`${base}/lab`);
      await page.getByText('Nothing is under way').waitFor();
      const set = { 'arrivals.rate': 10, duration: '40m' };
      await server.call('POST', '/simulations', { scenario: 'smoke', mode: 'live', set });
      await status(page, 'running');
    });

    await step('shoppers are held back, and come faster, in both tabs', async () => {
      const other = await page.context().newPage();
      await other.goto(`${base}/lab`);
      await status(other, 'running');
      await until(page, (shoppers) => shoppers >= 10);
      await page.getByTestId('pause-arrivals').click();
      await page.getByRole('button', { name: 'Let shoppers come' }).waitFor();
      await other.getByRole('button', { name: 'Let shoppers come' }).waitFor();
      const held = await standing(page);
      // Two seconds of forty minutes later.
      const passed = async () => (await server.call('GET', '/simulations')).items[0].progress * 2_400;
      const since = await passed();
      while ((await passed()) < since + 2) await page.waitForTimeout(100);
      assert.ok((await standing(page)) <= held + 15, 'those who were on their way');
      // What is dragged counts at once.
      await page.getByRole('slider', { name: 'Shoppers a second, dragged' }).fill('40');
      await other.waitForFunction(() => document.querySelector('#steer-rate').value === '40');
      await other.getByTestId('pause-arrivals').click();
      await page.getByRole('button', { name: 'Let nobody come' }).waitFor();
      await until(page, (shoppers) => shoppers >= held + 60);
      await other.close();
      await browser.axe('lab, running');
      await browser.shot('lab-running');
    });

    await step('promises are checked while it runs, and what is scarce and what ended is seen', async () => {
      const kept = page.locator('[data-promise=acknowledged_is_there][data-tone=good]');
      await kept.waitFor();
      assert.equal(await page.locator('[data-promise]').count(), 5);
      assert.equal(await page.locator('[data-promise][data-tone=bad]').count(), 0);
      await page.getByTestId('scarcest').getByText(HOSTILE).first().waitFor();
      await page.getByTestId('latest').getByRole('link').first().click();
      await page.waitForURL(/\/orders\/./);
      await page.goBack();
      await status(page, 'running');
    });

    await step('a store is made slow and the bank goes out, and what they truly do is drawn', async () => {
      const store = page.getByTestId('character').filter({ hasText: HOSTILE });
      await page.getByRole('button', { name: `Slow: ${HOSTILE}` }).click();
      await store.getByText('answers half within').waitFor();
      await store.getByTestId('did').getByText('answers').waitFor();
      await page.getByRole('button', { name: 'Out for a minute: The bank' }).click();
      const bank = page.getByTestId('character').filter({ hasText: 'The bank' });
      await bank.getByText('out until').waitFor();
      await page.reload();
      await bank.getByText('out until').waitFor();
      await browser.axe('lab, out and slow');
      await browser.shot('lab-characters');
      await page.getByRole('button', { name: 'As usual: The bank' }).click();
      await bank.getByText('out until').waitFor({ state: 'detached' });
      await page.getByRole('button', { name: `As usual: ${HOSTILE}` }).click();
      await store.getByText('answers half within').waitFor({ state: 'detached' });
    });

    await step('the mall stands still in the middle of its orders, goes to what is due next, and hurries', async () => {
      const bar = page.getByTestId('clock-bar');
      await bar.getByRole('button', { name: 'Pause' }).click();
      await page.locator('[data-testid=clock-bar][data-status=paused]').waitFor();
      const due = bar.getByTestId('clock-next');
      await due.getByText(/Next due/).waitFor();
      const before = (await server.call('GET', '/clock')).now;
      await bar.getByRole('button', { name: 'To what is due next' }).click();
      await page.waitForFunction(async (was) => (await (await fetch('/api/v1/clock')).json()).now > was, before);
      await page.locator('[data-testid=clock-bar][data-status=paused]').waitFor();
      await page.reload();
      await page.locator('[data-testid=clock-bar][data-status=paused]').waitFor();
      await status(page, 'running');
      await bar.getByRole('button', { name: 'Go on' }).click();
      await bar.getByRole('button', { name: 'Set the clock' }).click();
      const held = await standing(page);
      await page.getByRole('button', { name: '10×', exact: true }).click();
      await until(page, (shoppers) => shoppers >= held + 100);
      await page.getByRole('button', { name: '1×', exact: true }).click();
      await bar.getByRole('button', { name: 'Set the clock' }).click();
    });

    await step('the dashboard says that a simulation is under way', async () => {
      await page.goto(base);
      await page.getByTestId('lab-notice').getByText('smoke').waitFor();
      await browser.shot('lab-notice');
      await page.getByTestId('lab-notice').getByRole('link').click();
      await status(page, 'running');
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
      // The scenario did not ask for a bank that is out.
      await page.getByTestId('simulation').locator('[data-status=stopped], [data-status=failed]').waitFor();
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

    await step('the dashboard counts what was done as the API does', async () => {
      const address = page.url();
      await page.goto(base);
      const [{ total }, { orders }] = [await server.call('GET', '/statistics'), await server.call('GET', '/status')];
      assert.ok(total.submitted > 100, `${total.submitted} orders`);
      const number = (n) => n.toLocaleString('en');
      await page
        .getByTestId('submitted')
        .getByText(`${number(total.submitted)} orders submitted`)
        .waitFor();
      await page
        .getByRole('img', { name: new RegExp(`${total.accepted} accepted, ${total.rejected} rejected`) })
        .waitFor();
      await page.locator('[data-stat=Delivered]').getByText(number(orders.delivered), { exact: true }).waitFor();
      await browser.shot('dashboard-counted');
      await page.goto(address);
    });

    await step('an hour in virtual time is there in seconds, and can be asked again', async () => {
      await page.getByRole('combobox', { name: 'What is asked' }).selectOption('bank-outage');
      await page.getByRole('radio', { name: /In virtual time/ }).check();
      await page.getByLabel('Shoppers a second').first().fill('0.4');
      await page.getByTestId('start-simulation').click();
      await page.getByTestId('simulation').getByText('arrivals.rate = 0.4').waitFor();
      await page.getByTestId('simulation').locator('[data-status=passed]').waitFor({ timeout: 90_000 });
      await page.getByText('accepted.share >= 0.9').first().waitFor();
      await page.getByRole('button', { name: 'Again: smoke' }).first().click();
      await page.waitForFunction(() => document.querySelector('#rate')?.value === '10');
      await page.getByText('With duration = "40m", as it was.').waitFor();
      await page.getByRole('button', { name: 'Leave out' }).click();
      await browser.shot('lab-virtual');
    });

    await step('two of them side by side, at an address of their own', async () => {
      await page.getByRole('combobox', { name: 'Compare with another simulation' }).selectOption({ index: 1 });
      const both = page.getByTestId('comparison');
      await both.getByRole('rowheader', { name: 'accepted.share' }).waitFor();
      await browser.axe('lab, compared');
      await browser.shot('lab-compared');
      await page.reload();
      await both.getByRole('rowheader', { name: 'money.captured' }).waitFor();
      await page.setViewportSize({ width: 380, height: 850 });
      await browser.assertNoSidewaysScroll('lab, compared, at 380 px');
      await page.setViewportSize({ width: 1440, height: 900 });
      await both.getByRole('button', { name: 'Close' }).click();
      await both.waitFor({ state: 'detached' });
    });

    await step('the address says what is asked, and what was written is asked again as it was', async () => {
      await page.goto(`${base}/lab?scenario=flash-sale&seed=7&where=virtual`);
      await page.waitForFunction(() => document.querySelector('#seed')?.value === '7');
      await page.waitForFunction(() => document.querySelector('[aria-label="What is asked"]').value === 'flash-sale');
      const own = 'schema = 1\nname = "mine"\nduration = "10m"\n[arrivals]\nrate = 0.5\n';
      await page.getByRole('button', { name: 'The scenario as it is written' }).click();
      await page.getByLabel('The scenario as TOML').fill(own);
      await page.getByTestId('start-simulation').click();
      await page.getByTestId('simulation').locator('[data-status=passed]').waitFor({ timeout: 90_000 });
      await page.goto(`${base}/lab`);
      await page.getByRole('button', { name: 'Again: mine' }).click();
      await page.waitForFunction((text) => document.querySelector('#toml')?.value === text, own);
      await page.getByRole('button', { name: 'As it was' }).click();
    });

    await step('what is wrong with a scenario is said where it is written', async () => {
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
