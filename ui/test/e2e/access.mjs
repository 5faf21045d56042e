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
      await page.getByTestId('error').getByRole('button', { name: 'Sign in' }).click();
      await browser.axe('access dialog');
      await page.getByLabel('Token', { exact: true }).fill('plz_adm_not-a-token-of-this-mall');
      await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This mall does not know the token').waitFor();
      assert.equal(await page.evaluate(() => sessionStorage.getItem('plaza.staff-token')), null);
      await page.getByLabel('Token', { exact: true }).fill(TOKEN);
      await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('No customers yet').waitFor();
      await page.getByTestId('access').filter({ hasText: 'Settings (administrator)' }).waitFor();
      await page.locator('[data-testid=live][data-state=open]').waitFor({ timeout: 15_000 });
      await page.reload();
      await page.getByText('No customers yet').waitFor();
      assert.equal(await page.evaluate(() => localStorage.getItem('plaza.staff-token')), null);
      await page.getByTestId('access').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByTestId('error').waitFor();
      await page.getByTestId('access').filter({ hasText: 'Not signed in' }).waitFor();
      assert.equal(await page.getByRole('link', { name: 'Customers Admin' }).count(), 0);
    });

    await step(
      'a reader reads all but the tokens and is offered no change; once revoked it is signed out',
      async () => {
        const admin = { authorization: `Bearer ${TOKEN}` };
        const { token } = await server.call('POST', '/tokens', { name: 'onlooker', role: 'reader' }, admin);
        const store = await server.call('POST', '/stores', { name: 'Look Only', location: 'Hall' }, admin);
        const price = { amount_minor: 500, currency: 'EUR' };
        await server.call('POST', `/stores/${store.id}/products`, { name: 'Vase', price, stock: 9 }, admin);
        await page.getByTestId('access').click();
        await page.getByLabel('Token', { exact: true }).fill(token);
        await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
        await page.getByTestId('access').filter({ hasText: 'onlooker (reader)' }).waitFor();
        await page.goto(`${base}/admin/stores`);
        await page.getByText('Look Only').waitFor();
        for (const name of ['New store', 'Edit Look Only', 'Archive Look Only'])
          assert.equal(await page.getByRole('button', { name }).count(), 0, name);
        assert.equal(await page.getByRole('switch').count(), 0);
        await page.getByRole('row', { name: 'Look Only' }).getByText('not in Shopping').waitFor();
        await browser.shot('access-reader-stores');
        await page.goto(`${base}/admin/stores/${store.id}/products`);
        await page.getByText('Vase').waitFor();
        for (const name of ['New product', 'Import CSV', 'Remove all', 'Edit Vase', 'Archive Vase'])
          assert.equal(await page.getByRole('button', { name }).count(), 0, name);
        await browser.axe('products as a reader');
        assert.equal(await page.getByRole('link', { name: 'Access' }).count(), 0);
        await server.call('DELETE', '/tokens/onlooker', undefined, admin);
        await page.goto(`${base}/admin/orders`);
        await page.getByTestId('error').getByRole('button', { name: 'Sign in' }).waitFor();
        await page.getByTestId('signed-out').filter({ hasText: 'You were signed out' }).waitFor();
        await page.getByTestId('access').filter({ hasText: 'Not signed in' }).waitFor();
        assert.equal(await page.evaluate(() => sessionStorage.getItem('plaza.staff-token')), null);
        await browser.axe('signed out by a revoked token');
        await page.getByRole('button', { name: 'Dismiss' }).click();
        await page.getByTestId('signed-out').waitFor({ state: 'detached' });
      },
    );

    await step('what the staff was shown leaves the screen with whoever signs out or is revoked', async () => {
      const admin = { authorization: `Bearer ${TOKEN}` };
      const { token } = await server.call('POST', '/tokens', { name: 'leaver', role: 'reader' }, admin);
      await server.call('POST', '/customers', { name: 'Petra Private', phone: '1' }, admin);
      const signIn = async (secret) => {
        await page.getByTestId('access').click();
        await page.getByLabel('Token', { exact: true }).fill(secret);
        await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      };
      const isBlank = async (name) => {
        await page.getByTestId('error').getByRole('button', { name: 'Sign in' }).waitFor();
        assert.doesNotMatch(await page.locator('main').innerText(), /Petra Private|Look Only/, name);
      };
      await page.goto(`${base}/admin/customers`);
      await signIn(TOKEN);
      await page.getByText('Petra Private').waitFor();
      await page.getByTestId('access').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await isBlank('customers, signed out');
      assert.doesNotMatch(await page.locator('main').innerText(), /\d+ customers?;/, 'unknown is not 0');
      // A visitor's home is Shopping.
      await page.goto(`${base}/`);
      await page.waitForURL(`${base}/shopping`);
      await signIn(TOKEN);
      await page.goto(`${base}/`);
      await page.getByTestId('ticker').getByText('Petra Private').first().waitFor();
      await page.getByTestId('access').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${base}/shopping`);
      assert.equal(await page.getByText('orders submitted').count(), 0, 'forbidden is not nought');
      await signIn(token);
      await page.goto(`${base}/`);
      await page.getByTestId('ticker').getByText('Petra Private').first().waitFor();
      // Nobody touches the page: the end of the stream tells it.
      await server.call('DELETE', '/tokens/leaver', undefined, admin);
      await page.getByTestId('signed-out').waitFor();
      await page.waitForURL(`${base}/shopping`);
      assert.doesNotMatch(await page.locator('main').innerText(), /Petra Private/, 'dashboard, revoked');
      await page.getByRole('button', { name: 'Dismiss' }).click();
    });

    await step('the metrics of a closed mall open for its staff, and are not offered to a visitor', async () => {
      assert.equal(await page.getByText('Metrics').count(), 0);
      const admin = { authorization: `Bearer ${TOKEN}` };
      const { token } = await server.call('POST', '/tokens', { name: 'scraper', role: 'reader' }, admin);
      await page.getByTestId('access').click();
      await page.getByLabel('Token', { exact: true }).fill(token);
      await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
      const opened = browser.context.waitForEvent('page');
      await page.getByRole('button', { name: 'Metrics' }).click();
      const metrics = await opened;
      await metrics.getByText('# TYPE').first().waitFor();
      await metrics.close();
      await page.getByTestId('access').click();
      await page.getByText('read everything but the tokens, and change nothing').waitFor();
      await browser.axe('access dialog of a reader');
      await page.getByRole('button', { name: 'Sign out' }).click();
    });

    await step(
      'a visitor is shown no complaint and no nought, and what is refused is not asked for again and again',
      async () => {
        const asked = [];
        const listen = (r) => /events|status/.test(r.url()) && asked.push(r.url());
        await page.goto(`${base}/shopping`);
        await page.locator('[data-testid=live][data-state=denied]').waitFor();
        // Once more, at most, while it is not known yet who this is.
        await page.waitForTimeout(1_000);
        page.on('request', listen);
        await page.waitForTimeout(4_000);
        page.off('request', listen);
        assert.deepEqual(asked, []);
        assert.equal(await page.locator('.note').count(), 0);
        assert.equal(await page.getByRole('link', { name: 'Dashboard' }).count(), 0);
        await browser.axe('shopping, a visitor');
      },
    );

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
        await page.locator('tbody tr [data-label=Status] [data-status=delivered]').waitFor();
        await page.reload();
        await page.locator('tbody tr [data-label=Status] [data-status=delivered]').waitFor();
        await page.goto(`${base}/admin/customers`);
        await page.getByTestId('error').waitFor();
      },
    );
  } finally {
    await browser.close();
    await server.stop();
  }
  await firstToken({ step, faults });
}

/** An open mall is closed by the first token, and whoever made it stays inside. */
async function firstToken({ step, faults }) {
  const server = await Server.start();
  const browser = await Browser.launch(server.base);
  browser.faults = faults;
  const { page, base } = browser;
  try {
    await step('the first token, made in the browser, closes the mall and signs in', async () => {
      await page.goto(`${base}/`);
      await page.getByTestId('access').click();
      await page.getByTestId('open-mall').waitFor();
      assert.equal(await page.getByRole('dialog').locator('input').count(), 0, 'nobody signs in to an open mall');
      await browser.axe('dialog of an open mall');
      await browser.shot('access-open-dialog');
      await page.getByRole('button', { name: 'Close it' }).click();
      await page.getByTestId('access-state').filter({ hasText: 'This mall is open' }).waitFor();
      await browser.shot('access-empty');
      await page.getByTestId('new-token').click();
      await page.getByLabel('Name').fill('ann');
      // With a reader's token alone nobody could change the mall any more.
      assert.ok(await page.getByRole('radio', { name: 'read everything but the tokens' }).isDisabled());
      await page.getByRole('button', { name: 'Make token' }).click();
      const secret = await page.getByTestId('secret').locator('[data-id]').getAttribute('data-id');
      assert.match(secret, /^plz_adm_[0-9a-f]{64}$/);
      await browser.axe('secret of a token');
      await browser.shot('access-secret');
      await page.getByRole('button', { name: 'Copy the token' }).click();
      await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
      await page.getByRole('button', { name: 'I have copied it' }).click();
      await page.getByTestId('access').filter({ hasText: 'ann (administrator)' }).waitFor();
      await page.getByTestId('access-state').filter({ hasText: 'This mall is closed' }).waitFor();
      const answer = await fetch(`${server.backend}/api/v1/customers`);
      assert.equal(answer.status, 401);
    });

    await step('tokens are listed, made for readers and revoked; the last one opens the mall', async () => {
      await page.getByTestId('new-token').click();
      await page.getByLabel('Name').fill('ann');
      await page.getByRole('radio', { name: 'read everything but the tokens' }).check();
      await page.getByRole('button', { name: 'Make token' }).click();
      await page.getByText('There is a token').or(page.getByText('there is a token')).first().waitFor();
      await page.getByLabel('Name').fill('prometheus');
      await page.getByRole('button', { name: 'Make token' }).click();
      await page.getByRole('button', { name: 'I have copied it' }).click();
      await page.getByRole('cell', { name: 'reader' }).waitFor();
      for (const [theme, dark] of Object.entries({ dark: true, light: false })) {
        await browser.setTheme(dark);
        await page.getByRole('cell', { name: 'reader' }).waitFor();
        await browser.axe(`access, ${theme}`);
        await browser.shot(`access-full-${theme}`);
      }
      await page.setViewportSize({ width: 380, height: 800 });
      await browser.axe('access, phone');
      await browser.assertNoSidewaysScroll('access');
      await browser.shot('access-full-phone');
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.getByRole('button', { name: 'Revoke ann' }).click();
      await page.getByText("It is the last administrator's").waitFor();
      await page.getByText('this tab is signed out').waitFor();
      await browser.axe('revoke');
      await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
      await page.getByText("Not revoked: ann is the last administrator's token").waitFor();
      await browser.axe('a refused revocation');
      await browser.shot('access-refused');
      // Signing out leaves no row behind; signing in brings them back.
      const secret = await page.evaluate(() => JSON.parse(sessionStorage.getItem('plaza.staff-token')));
      await page.getByTestId('access').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByTestId('error').getByRole('button', { name: 'Sign in' }).click();
      assert.equal(await page.getByRole('cell', { name: 'reader' }).count(), 0);
      await page.getByLabel('Token', { exact: true }).fill(secret);
      await page.keyboard.press('Enter');
      await page.getByRole('cell', { name: 'reader' }).waitFor();
      await page.getByRole('button', { name: 'Revoke prometheus' }).click();
      await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
      await page.getByText(/^revoked/).waitFor();
      await page.getByRole('button', { name: 'Revoke ann' }).click();
      await page.getByText('It is the last one').waitFor();
      await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
      await page.getByTestId('access').filter({ hasText: 'Open mall' }).waitFor();
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}
