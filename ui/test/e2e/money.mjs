// Money and counts mean what the person wrote: typed and pasted in browsers of other languages, in currencies with no
// decimals and with three, and read from files.
import fs from 'node:fs';
import path from 'node:path';
import { Browser } from './browser.mjs';
import { Server } from './server.mjs';
import { assert, card, download, toast } from './shop.mjs';

const NNBSP = '\u202f';
/** What is typed in which language, what the field shows when it is left, and the minor units that are saved. */
const TYPED = {
  'de-DE': [
    ['19.99', '19,99', 1999],
    ['1.234,5', '1.234,50', 123450],
  ],
  'fr-FR': [
    ['19.99', '19,99', 1999],
    ['1 234,56', `1${NNBSP}234,56`, 123456],
  ],
  'hi-IN': [
    ['12,34,567.50', '12,34,567.50', 123456750],
    ['१९', '19.00', 1900],
  ],
  'ar-EG': [
    ['19', '١٩٫٠٠', 1900],
    ['19.99', '١٩٫٩٩', 1999],
    ['١٬٢٣٤٫٥', '١٬٢٣٤٫٥٠', 123450],
  ],
  'ja-JP': [['１９．９９', '19.99', 1999]],
};

/** A store of its own, and its page of products. */
async function openStore(page, server, base, name) {
  const store = await server.call('POST', '/stores', { name, location: 'Hall' });
  await page.goto(`${base}/admin/stores/${store.id}/products`);
  await page.getByText('No products yet').waitFor();
  return store;
}
const shelf = async (server, store) =>
  Object.fromEntries((await server.call('GET', `/stores/${store.id}/products?limit=50`)).items.map((p) => [p.name, p]));

/** A dialog takes the focus again when it has faded in: nothing may be typed before. */
async function openProductDialog(page) {
  await page.getByTestId('new-product').click();
  await page.locator('#product-name').waitFor();
  await page.locator('.p-dialog-enter-active').waitFor({ state: 'detached' });
}
/** Adds a product by keyboard, key by key as a person does; what the price field shows when it is left. */
async function addByHand(page, name, price, stock) {
  await openProductDialog(page);
  await page.locator('#product-name').fill(name);
  await page.locator('#product-price').click();
  await page.keyboard.type(price);
  await page.locator('#product-stock').click();
  const shown = await page.locator('#product-price').inputValue();
  await page.keyboard.type(stock);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  return shown;
}

async function languages({ step, server, faults }) {
  for (const [locale, typed] of Object.entries(TYPED)) {
    await step(`money typed in ${locale} is saved as it was written`, async () => {
      const browser = await Browser.launch(server.base, { locale });
      browser.faults = faults;
      try {
        const { page, base } = browser;
        const store = await openStore(page, server, base, locale);
        for (const [text, right, minor] of typed) {
          assert.equal(await addByHand(page, text, text, '1 000'), right);
          const saved = (await shelf(server, store))[text];
          assert.deepEqual([saved.price.amount_minor, saved.stock], [minor, 1000], text);
        }
        if (locale === 'de-DE') await doubts(page, browser);
        if (locale === 'ar-EG') await shopInArabic(page, server, store);
      } finally {
        await browser.close();
      }
    });
  }
}

/** A paste, what is said while typing, what is refused; nothing is saved meanwhile. */
async function doubts(page, browser) {
  await openProductDialog(page);
  const price = page.locator('#product-price');
  await page.locator('#product-name').fill('Doubtful');
  await page.evaluate(() => navigator.clipboard.writeText('EUR 1,234.50'));
  await price.click();
  await page.keyboard.press('Control+V');
  await page.getByText(/^Understood as 1\.234,50\s€$/).waitFor();
  await browser.shot('money-understood');
  await browser.axe('product dialog, understood');
  await price.fill('1.999');
  await page.locator('#product-stock').fill('12,500');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('"1.999" can mean 1999 or 1,999; EUR has 2 decimals').waitFor();
  await page.getByText('"12,500" can mean 12500 or 12,5; a stock count has no decimals.').waitFor();
  assert.equal(await price.getAttribute('aria-invalid'), 'true');
  assert.equal(await price.getAttribute('aria-describedby'), 'product-price-error');
  await browser.shot('money-doubtful');
  await browser.axe('product dialog, doubtful');
  await page.keyboard.press('Escape');
}

/** Quantity, stock and payment in Arabic digits. */
async function shopInArabic(page, server, store) {
  const row = page.getByRole('row', { name: /19\.99/ }).first();
  await row.getByRole('button', { name: /change the stock/ }).click();
  await page.getByRole('textbox', { name: 'Stock of 19.99' }).fill('٥٠');
  await page.keyboard.press('Enter');
  await toast(page, 'Stock set to ٥٠');
  assert.equal((await shelf(server, store))['19.99'].stock, 50);
  await server.call('PUT', `/stores/${store.id}/participation`);
  const base = new URL(page.url()).origin;
  await page.goto(`${base}/shopping`);
  const quantity = card(page, '19.99').getByLabel('Quantity: 19.99');
  await quantity.fill('١٫٥');
  await quantity.press('Enter');
  await card(page, '19.99').getByText('It stays ١.').waitFor();
  await quantity.fill('١٢');
  await page.getByRole('button', { name: 'Add to basket: 19.99' }).click();
  await card(page, '19.99').getByText('\u2068١٢\u2069 in your basket').waitFor();
  await page.goto(`${base}/checkout`);
  await page.getByLabel('Name', { exact: true }).fill('Nour');
  await page.getByLabel('Phone').fill('+20 2 5550 1234');
  await page.getByRole('button', { name: /Create account|Register/ }).click();
  const amount = page.getByLabel(/Amount to authorize/);
  // 12 times 19.99.
  await amount.waitFor();
  assert.equal(await amount.inputValue(), '٢٣٩٫٨٨');
  await amount.fill('240');
  await page.getByTestId('authorize').click();
  await page.locator('[data-payment]').first().waitFor();
  const { items } = await server.call('GET', '/customers?q=Nour');
  assert.equal(items[0].authorized.amount_minor, 24000);
}

/** One product in a mall of another currency. */
async function otherCurrency(step, browser, currency, text, right, minor) {
  await step(`${text} in ${currency} is ${minor} minor units`, async () => {
    const server = await Server.start({ PLAZA_CURRENCY: currency });
    browser.base = server.base;
    try {
      const store = await openStore(browser.page, server, browser.base, currency);
      assert.equal(await addByHand(browser.page, 'Thing', text, '1'), right);
      assert.equal((await shelf(server, store)).Thing.price.amount_minor, minor);
    } finally {
      await browser.page.goto('about:blank');
      await server.stop();
    }
  });
}

async function files({ step, server, browser }) {
  const { page, base } = browser;
  const dialog = page.getByRole('dialog');
  const choose = async (name, content) => {
    const file = path.join(server.dir, name);
    fs.writeFileSync(file, content);
    await page.getByRole('button', { name: 'Import CSV' }).first().click();
    await page.getByLabel('CSV file').setInputFiles(file);
  };
  await step('an Excel file in Windows-1252 with semicolons is read; doubtful rows are named', async () => {
    const store = await openStore(page, server, base, 'Files');
    const csv =
      'sku;name;price;stock\r\nC-1;Caf\u00e9 cr\u00e8me;\u0080 3,50;5\r\n\r\nC-2;T\u00fcte;1.999;2\r\nC-3;"Tasse;1;1\r\n';
    await choose('excel.csv', Buffer.from(csv, 'latin1'));
    await page.getByText('1 product to add, 2 rows not imported').waitFor();
    await page.getByText('was read as Windows-1252').waitFor();
    await page.getByText('Line 4: "1.999" can mean 1999').waitFor();
    await page.getByText(/^Line 5: a quote \("\) is opened here and never closed/).waitFor();
    await browser.shot('import-preview');
    await browser.axe('import preview');
    await dialog.getByRole('button', { name: 'Import 1 product' }).click();
    await page.getByText('1 product added. Done.').waitFor();
    await page.keyboard.press('Escape');
    assert.equal((await shelf(server, store))['Café crème'].price.amount_minor, 350);

    await choose('cyrillic.csv', Buffer.from('name,price,stock\n\u00cf\u00f0\u00e8,1,1\n', 'latin1'));
    await dialog.getByRole('cell', { name: '\u00cf\u00f0\u00e8' }).waitFor();
    await page.getByLabel('Encoding of the file').selectOption('windows-1251');
    await dialog.getByRole('cell', { name: 'При' }).waitFor();
    assert.equal(await dialog.getByRole('cell', { name: '\u00cf\u00f0\u00e8' }).count(), 0);
    await page.keyboard.press('Escape');
  });

  await step('a lost answer doubles nothing, and the export reads back as the same', async () => {
    const store = await openStore(page, server, base, 'Lost');
    // The server adds the product and its answer is lost, every time: the page gives up after three attempts.
    const pattern = `**/api/v1/stores/${store.id}/products`;
    const lose = async (route) => {
      if (route.request().method() !== 'POST') return route.fallback();
      await route.fetch();
      await route.abort();
    };
    browser.expectOutage = true;
    await page.route(pattern, lose);
    const csv = 'name,price,stock\nLamp,"1,234.50",3\n"=SUM(A1), ""x""",0.5,1\n';
    await choose('lost.csv', csv);
    await dialog.getByRole('button', { name: 'Import 2 products' }).click();
    await page.getByText('0 products added. 2 rows not done.').waitFor({ timeout: 15_000 });
    await page.unroute(pattern, lose);
    browser.expectOutage = false;
    await dialog.getByRole('button', { name: 'Try 2 rows again' }).click();
    // Of the first row the answer was lost; the second had not been sent.
    await page.getByText('1 product added, 1 product already added. Done.').waitFor();
    await page.keyboard.press('Escape');
    const before = (await server.call('GET', `/stores/${store.id}/products`)).items;
    assert.deepEqual(before.map((p) => p.name).toSorted(), ['=SUM(A1), "x"', 'Lamp']);

    const exported = await download(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
    await choose('exported.csv', exported.text);
    await page.getByText('0 products to add, 2 rows with nothing to do.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await choose('changed.csv', exported.text.replace(',123450,', ',99900,'));
    await page.getByText('0 products to add').waitFor({ state: 'detached' });
    await page.locator('[data-does=update]').getByText('price was €1,234.50').waitFor();
    await browser.shot('import-update');
    await dialog.getByRole('button', { name: 'Import 1 product' }).click();
    await page.getByText('1 product changed. Done.').waitFor();
    assert.equal((await shelf(server, store)).Lamp.price.amount_minor, 99900);
  });
}

export async function moneyScenarios({ step, faults }) {
  const server = await Server.start();
  try {
    await languages({ step, server, faults });
    const browser = await Browser.launch(server.base);
    browser.faults = faults;
    try {
      await files({ step, server, browser });
      await otherCurrency(step, browser, 'JPY', '1,999', '1,999', 1999);
      await otherCurrency(step, browser, 'KWD', '1.5', '1.500', 1500);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}
