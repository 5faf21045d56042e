// Every page: reload, axe, screenshot and width, in both themes and on a phone.
export async function pageScenarios({ step, server, session }) {
  const { browser } = session;
  const { page, base } = browser;
  const { items: stores } = await server.call('GET', '/stores?q=Quay', undefined, session.auth);
  const { items: orders } = await server.call(
    'GET',
    `/orders?customer_id=${session.customer}&status=delivered`,
    undefined,
    session.auth,
  );
  const pages = [
    ['dashboard', '/', 'Dashboard'],
    ['shopping', '/shopping', 'Shopping'],
    ['shopping-table', '/shopping?view=table', 'Shopping'],
    ['checkout', '/checkout', 'Checkout'],
    ['your-orders', '/orders', 'Your Orders'],
    ['order', `/orders/${orders[0].id}`, /^Order …/],
    ['stores', '/admin/stores', 'Plaza Admin'],
    ['store-products', `/admin/stores/${stores[0].id}/products`, 'Quay Street Tea'],
    ['order-admin', '/admin/orders', 'Order Admin'],
    ['event-sourcing', '/admin/orders/events', 'Event Sourcing'],
    ['customers', '/admin/customers', 'Customers Admin'],
    ['access', '/admin/access', 'Access'],
    ['guide', '/guide', 'Guide'],
    ['lab', '/lab', 'Simulation lab'],
  ];
  const visit = async (name, path, heading) => {
    await page.goto(base + path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    await page.waitForTimeout(250);
    await browser.shot(name);
    await browser.axe(name);
    await browser.assertNoSidewaysScroll(name);
  };

  // A basket with something in it makes checkout worth looking at.
  await page.goto(`${base}/shopping`);
  await page
    .getByRole('button', { name: /^Add to basket/ })
    .first()
    .click();
  await page.getByTestId('basket-count').waitFor();

  for (const theme of ['light', 'dark']) {
    await step(`every page reloads and is axe-clean, ${theme}`, async () => {
      await browser.setTheme(theme === 'dark');
      for (const [name, path, heading] of pages) await visit(`${name}-${theme}`, path, heading);
    });
  }
  await step('every page fits 380 px', async () => {
    await browser.setTheme(false);
    await page.setViewportSize({ width: 380, height: 800 });
    for (const [name, path, heading] of pages) await visit(`${name}-phone`, path, heading);
    await page.getByRole('button', { name: 'Open menu' }).click();
    await page.getByRole('dialog', { name: 'Menu' }).waitFor();
    await page.waitForTimeout(300);
    await browser.shot('menu-phone');
    await browser.axe('menu, phone');
    await page.setViewportSize({ width: 1440, height: 900 });
  });
}
