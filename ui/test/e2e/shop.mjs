// What a shopper does, as short words for the scenarios.
import assert from 'node:assert/strict';

export const card = (page, name) =>
  page.locator('article').filter({ has: page.getByRole('heading', { name, exact: true }) });

export async function addToBasket(page, name, times = 1) {
  await page.getByLabel('Search products').fill(name);
  await card(page, name).waitFor();
  if (times > 1) {
    const quantity = card(page, name).getByLabel(`Quantity: ${name}`);
    await quantity.fill(String(times));
    await quantity.press('Enter');
  }
  await page.getByRole('button', { name: `Add to basket: ${name}` }).click();
  await card(page, name)
    .getByText(/in your basket/)
    .waitFor();
}

/** A new authorization: the total, or the amount given. */
export async function authorize(page, amount) {
  const another = page.getByRole('button', { name: 'Authorize another amount' });
  await page.getByTestId('authorize').or(another).first().waitFor();
  if (await another.isVisible()) await another.click();
  const field = page.getByLabel(/Amount to authorize/);
  if (amount !== undefined) {
    await field.fill(String(amount));
    await field.press('Tab');
  }
  const before = await page.locator('[data-payment]').count();
  await page.getByTestId('authorize').click();
  await page.locator('[data-payment]').nth(before).waitFor();
}

export async function submit(page) {
  await page.getByTestId('submit-order').click();
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/);
  return page.url().split('/').at(-1);
}

export const status = (page, which, value) =>
  page.getByTestId(`${which}-status`).locator(`[data-status=${value}]`).waitFor();

/** One item in the basket, paid for with `amount`: the id of the order. */
export async function order(page, base, product, { times = 1, amount } = {}) {
  await page.goto(`${base}/shopping`);
  await addToBasket(page, product, times);
  await page.goto(`${base}/checkout`);
  await authorize(page, amount);
  return submit(page);
}

export async function download(page, trigger) {
  const [file] = await Promise.all([page.waitForEvent('download'), trigger()]);
  const stream = await file.createReadStream();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { name: file.suggestedFilename(), text: Buffer.concat(chunks).toString() };
}

export const toast = (page, text) => page.getByTestId('toast').filter({ hasText: text }).first().waitFor();

export { assert };
