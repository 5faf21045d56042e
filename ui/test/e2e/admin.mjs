// The mall admin's side: stores and their products.
import fs from 'node:fs';
import path from 'node:path';
import { assert, download, toast } from './shop.mjs';

export async function adminScenarios({ step, browser, server }) {
  const { page, base } = browser;

  await step('an empty mall offers the demo mall and the tour', async () => {
    await page.goto(base);
    await page.getByTestId('welcome').waitFor();
    await browser.shot('home-empty');
    await browser.axe('home, empty');
    await page.getByTestId('demo').click();
    await page.getByTestId('welcome').waitFor({ state: 'detached', timeout: 15_000 });
    await page.getByTestId('audit').getByText('All rules hold').waitFor();
    await page.getByTestId('ticker').getByText('Store joined shopping').first().waitFor();
    await page.getByTestId('start-tour').click();
    await page.getByTestId('tour').getByText('Open some stores').waitFor();
    await page.getByRole('button', { name: 'Take me there' }).click();
    await page.locator('.tour-target').waitFor();
    await browser.axe('tour');
    await page.reload();
    await page.getByTestId('tour').getByText('Tour · 1 of 10').waitFor();
    await page.getByRole('button', { name: 'End the tour' }).click();
    await page.getByTestId('tour').waitFor({ state: 'detached' });
  });

  await step('Plaza Admin creates, edits, finds, sorts, exports and archives stores', async () => {
    await page.goto(`${base}/admin/stores`);
    await page.getByTestId('new-store').click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a name.').waitFor();
    await browser.axe('store dialog');
    await page.getByLabel('Name', { exact: true }).fill('Quay Street Tea');
    await page.getByLabel('Location').fill('Galway');
    await page.getByLabel('Confirmation delay, seconds').fill('3');
    await page.keyboard.press('Enter');
    await toast(page, 'Store opened');
    const row = page.getByRole('row', { name: /Quay Street Tea/ });
    await row.getByText('3 s').waitFor();
    await row.getByRole('switch').click();
    await toast(page, 'Now in Shopping');
    await row.getByRole('button', { name: 'Edit Quay Street Tea' }).click();
    await page.getByLabel('Location').fill('Cork');
    await page.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Cork').waitFor();

    await page.getByLabel('Search stores').fill('quay');
    await page.waitForURL(/q=quay/);
    await page.getByText('1 store, 1 in Shopping').waitFor();
    await page.reload();
    await page.getByText('1 store, 1 in Shopping').waitFor();
    await page.getByLabel('Search stores').fill('');
    await page.getByRole('button', { name: 'Location' }).click();
    await page.waitForURL(/sort=location/);
    const places = await page.locator('tbody td[data-label=Location]').allTextContents();
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a.localeCompare(b)),
    );
    const csv = await download(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
    assert.match(csv.text, /^id,name,location/);
    assert.match(csv.text, /"Quay Street Tea","Cork",true,3000/);

    await page.getByTestId('new-store').click();
    await page.getByLabel('Name', { exact: true }).fill('Short Lived');
    await page.getByLabel('Location').fill('Nowhere');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Archive Short Lived' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Archive' }).click();
    await toast(page, 'Store archived');
    await page.getByRole('link', { name: 'Short Lived' }).waitFor({ state: 'detached' });
  });

  await step('Store products: add, edit, import, export, archive; the page survives a reload', async () => {
    await page.getByRole('link', { name: 'Products of Quay Street Tea' }).click();
    await page.getByText('No products yet').waitFor();
    await page.getByTestId('new-product').click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a price.').waitFor();
    await browser.axe('product dialog');
    await page.getByLabel('Name', { exact: true }).fill('Breakfast Blend');
    await page.getByLabel(/^Price/).fill('12.50');
    await page.getByLabel('Stock', { exact: true }).fill('20');
    await page.getByLabel('SKU', { exact: true }).fill('TEA-1');
    await page.getByRole('button', { name: 'Save' }).click();
    await toast(page, 'Product added');
    const row = page.getByRole('row', { name: /Breakfast Blend/ }).first();
    await row.getByText('€12.50').waitFor();

    await page.reload();
    await page.getByRole('heading', { name: 'Quay Street Tea' }).waitFor();
    await page.getByText(/Cork · 1 product/).waitFor();
    await row.getByRole('button', { name: 'Edit Breakfast Blend' }).click();
    await page.getByLabel(/^Price/).fill('13');
    await page.getByRole('button', { name: 'Save' }).click();
    await row.getByText('€13.00').waitFor();
    await row.getByRole('button', { name: /change the stock/ }).click();
    await page.getByRole('textbox', { name: 'Stock of Breakfast Blend' }).fill('15');
    await page.keyboard.press('Enter');
    await toast(page, 'Stock set to 15');

    const file = path.join(server.dir, 'products.csv');
    fs.writeFileSync(
      file,
      'name,price,stock,sku,description\nGreen Tea,8.20,30,TEA-2,"Fresh, light"\nBlack Tea,x,1,,\nRooibos,6,40,TEA-3,\n',
    );
    await page.getByRole('button', { name: 'Import CSV' }).click();
    await page.getByLabel('CSV file').setInputFiles(file);
    await page.getByText('2 products to add, 1 row not imported').waitFor();
    await page.getByRole('button', { name: 'Import 2 products' }).click();
    await page.getByText('2 products added. Done.').waitFor();
    await page.getByText('Line 3: "x" is not a price').waitFor();
    await browser.axe('import dialog');
    // The dialog has a cross named Close as well.
    await page.getByRole('dialog').getByText('Close', { exact: true }).click();
    await page
      .getByRole('row', { name: /Green Tea/ })
      .first()
      .getByText('€8.20')
      .waitFor();

    const csv = await download(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
    assert.match(csv.text, /Rooibos/);
    await page.getByLabel('Select Rooibos').check();
    await page.getByRole('button', { name: 'Archive 1 product' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Archive' }).click();
    await toast(page, '1 product archived');
    await page.getByRole('row', { name: /Rooibos/ }).waitFor({ state: 'detached' });
  });

  await step('Remove all asks for the store’s name', async () => {
    const store = await server.call('POST', '/stores', { name: 'Sold Off', location: 'Oslo' });
    await server.call('POST', `/stores/${store.id}/products`, {
      name: 'Chair',
      price: { amount_minor: 100, currency: 'EUR' },
      stock: 1,
    });
    await page.goto(`${base}/admin/stores/${store.id}/products`);
    await page.getByRole('row', { name: /Chair/ }).first().waitFor();
    await page.getByRole('button', { name: 'Remove all' }).click();
    const dialog = page.getByRole('dialog');
    assert.equal(await dialog.getByRole('button', { name: 'Remove all' }).isDisabled(), true);
    await dialog.getByLabel('Store name').fill('Sold Off');
    await dialog.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('No products yet').waitFor();
  });

  await step('an unknown store says so', async () => {
    await page.goto(`${base}/admin/stores/00000000-0000-7000-8000-000000000000/products`);
    await page.getByText('Store not found').waitFor();
  });
}
