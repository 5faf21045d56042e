// The mall's clock: paused, hurried and advanced from the bar, and everything on the pages follows it.
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert, status, submit, toast } from './shop.mjs';

const DELAYS = { PLAZA_PAYMENT_DELAY: '2m', PLAZA_STORE_DELAY: '10m', PLAZA_PAY_DEADLINE: '30m' };
const bar = (page) => page.getByTestId('clock-bar');
const state = (page, text) => page.getByTestId('clock-state').getByText(text).waitFor();
const mallTime = async (page) => Date.parse(await page.getByTestId('clock-time').getAttribute('datetime'));
const words = (page) => page.getByTestId('lane').locator('[role=timer]').allInnerTexts();

/** An order that waits for its payment and its store; the browser is on its page. */
async function newOrder(server, { page, base }) {
  const store = await server.call('POST', '/stores', { name: 'Hour Hand', location: 'Bern' });
  const price = { amount_minor: 4_900, currency: 'EUR' };
  await server.call('POST', `/stores/${store.id}/products`, { name: 'Wall Clock', price, stock: 9 });
  await server.call('PUT', `/stores/${store.id}/participation`);
  await page.goto(`${base}/shopping`);
  await page.getByRole('button', { name: 'Add to basket: Wall Clock' }).click();
  await page.getByTestId('basket-count').waitFor();
  await page.goto(`${base}/checkout`);
  await page.getByLabel('Name').fill('Tess Clock');
  await page.getByLabel('Phone').fill('555 0100');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByTestId('authorize').click();
  await page.locator('[data-payment]').first().waitFor();
  const id = await submit(page);
  await page.getByTestId('lane').first().waitFor();
  return id;
}

export async function clockScenarios({ step, faults }) {
  const server = await Server.start(DELAYS);
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  try {
    let id;
    await step('a plain clock is out of the way, and one press of a button brings it', async () => {
      id = await newOrder(server, browser);
      assert.equal(await bar(page).count(), 0);
      await page.getByTestId('clock-button').click();
      await state(page, 'Real speed');
      await bar(page).getByText('never runs backwards').waitFor();
      await browser.axe('clock, plain and open');
    });

    await step('a paused mall stands still: its countdowns too, on every page', async () => {
      await bar(page).getByRole('button', { name: 'Pause' }).click();
      await state(page, 'Paused');
      await page.getByTestId('clock-said').getByText('The mall’s clock: paused.').waitFor({ state: 'attached' });
      const before = [await words(page), await mallTime(page)];
      assert.match(before[0].join(), /Confirms in/);
      await page.waitForTimeout(1_500);
      assert.deepEqual([await words(page), await mallTime(page)], before);
      await browser.axe('clock, paused and open');
      await page.getByTestId('clock-button').click();
      await bar(page).getByText('never runs backwards').waitFor({ state: 'detached' });
      for (const path of ['/', '/shopping', '/admin/stores', '/guide', `/orders/${id}`]) {
        await page.goto(base + path);
        await state(page, 'Paused');
      }
      assert.deepEqual(await mallTime(page), before[1]);
      await browser.shot('clock-paused');
      await browser.axe('clock, paused');
    });

    await step('it goes on at ten times real speed', async () => {
      await bar(page).getByRole('button', { name: 'Set the clock' }).click();
      await bar(page).getByRole('button', { name: '10×' }).click();
      await state(page, '10× real speed');
      const from = await mallTime(page);
      await page.waitForTimeout(2_000);
      const passed = (await mallTime(page)) - from;
      assert.ok(passed > 15_000 && passed < 40_000, `${passed} ms of the mall's in two seconds`);
      await browser.axe('clock, hurried');
    });

    await step('it is advanced to what is due next, and the order is accepted', async () => {
      const next = bar(page).getByRole('button', { name: 'To what is due next' });
      await bar(page).getByRole('button', { name: 'Pause' }).click();
      await state(page, 'Paused');
      await next.click();
      await status(page, 'payment', 'confirmed');
      await page.getByTestId('lane').filter({ hasText: 'Hour Hand' }).getByText('Confirms in 8 min').waitFor();
      await next.click();
      await status(page, 'order', 'accepted');
      await page.getByText('Pay within 30 min').waitFor();
      const { now, offset_ms } = await server.call('GET', '/clock');
      assert.ok(offset_ms > 0);
      await page.waitForFunction(
        (ms) => Date.parse(document.querySelector('[data-testid=clock-time]').dateTime) === ms,
        Date.parse(now),
      );
    });

    await step('it is advanced by a span; what a span may not be is said at the field', async () => {
      const from = await mallTime(page);
      await bar(page).getByLabel('Another span').fill('500');
      await bar(page).getByLabel('Unit of the span').selectOption('d');
      await bar(page).getByRole('button', { name: 'Advance', exact: true }).click();
      await bar(page).getByText('must be at most 400 days').waitFor();
      await browser.axe('clock, refused');
      await bar(page).getByLabel('Another span').fill('31');
      await bar(page).getByLabel('Unit of the span').selectOption('m');
      await bar(page).getByRole('button', { name: 'Advance', exact: true }).click();
      await status(page, 'order', 'expired');
      assert.equal((await mallTime(page)) - from, 31 * 60_000);
    });

    await step('a mall that was ahead stays ahead, and says so', async () => {
      await bar(page).getByRole('button', { name: '1×', exact: true }).click();
      await state(page, 'Real speed');
      await page.getByTestId('clock-offset').getByText('ahead of real time').waitFor();
      await page.reload();
      await page.getByTestId('clock-offset').getByText('ahead of real time').waitFor();
      await browser.shot('clock-ahead');
      await page.goto(`${base}/admin/orders/events?type=plaza.mall.clock_set.v1`);
      await page
        .getByRole('row')
        .getByText(/^paused from /)
        .first()
        .waitFor();
      await page.getByRole('row').getByText('Clock set').first().waitFor();
      await browser.axe('events of the mall');
    });

    await step('what somebody else does to the clock is seen at once; an outdated setting is refused', async () => {
      await server.call('PATCH', '/clock', { speed: 60 });
      await state(page, '60× real speed');
      await page.route('**/api/v1/clock', (route) =>
        route.request().method() === 'PATCH'
          ? route.continue({ headers: { ...route.request().headers(), 'if-match': '"v1"' } })
          : route.continue(),
      );
      await bar(page).getByRole('button', { name: 'Pause' }).click();
      await toast(page, 'The resource has changed since it was read');
      await page.unroute('**/api/v1/clock');
      await page.getByTestId('toast').getByRole('button', { name: 'Try again' }).click();
      await state(page, 'Paused');
    });

    await step('the clock of a closed mall is seen by all and set by administrators', async () => {
      const { token } = await server.call('POST', '/tokens', { name: 'Ann', role: 'admin' });
      await page.goto(base);
      await state(page, 'Paused');
      await page.getByTestId('access').getByText('Not signed in').waitFor();
      assert.equal(await page.getByTestId('clock-button').count(), 0);
      assert.equal(await bar(page).getByRole('button').count(), 0);
      // Nobody tells a visitor that the clock was set: the page asks.
      await server.call('PATCH', '/clock', { speed: 10 }, { authorization: `Bearer ${token}` });
      await page.getByTestId('clock-state').getByText('10× real speed').waitFor({ timeout: 15_000 });
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
