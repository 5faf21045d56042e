// Two people change the same thing: nothing is overwritten unseen, and nothing typed is lost.
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils';
import ConfirmDialog from 'primevue/confirmdialog';
import Toast from 'primevue/toast';
import { afterEach, describe, expect, it } from 'vitest';
import { h, nextTick } from 'vue';
import type { Order, Store } from '@/api/types';
import { useOrderActions, whatChanged } from '@/composables/useOrderActions';
import { differences, type Fields } from '@/lib/conflict';
import { LineChanged, useBasket } from '@/stores/basket';
import ProductDialog from '@/views/admin/ProductDialog.vue';
import StockCell from '@/views/admin/StockCell.vue';
import StoreDialog from '@/views/admin/StoreDialog.vue';
import BasketLines from '@/views/shop/BasketLines.vue';
import { eur, order, product, stubServer, uuid } from './support';

enableAutoUnmount(afterEach);

const store: Store = {
  id: uuid(10),
  name: 'Books',
  location: 'Cork',
  participating: true,
  confirmation_delay_ms: 15_000,
  fulfilment: 'internal',
  product_count: 1,
  version: 3,
  created_at: '2026-01-01T00:00:00Z',
};
const SUPERSEDED = { status: 412, body: { title: 'The resource has changed since it was read', status: 412 } };

/** A server that holds one thing: it refuses what was made of another version, and merges what it takes. */
function holding<T extends { version: number }>(thing: T, onPatch: () => void = () => undefined) {
  const held = { now: thing };
  const calls = stubServer(({ method, headers, body }) => {
    if (method === 'GET') return { body: held.now };
    onPatch();
    if (headers.get('if-match') !== `"v${held.now.version}"`) return SUPERSEDED;
    held.now = { ...held.now, ...(body as Partial<T>), version: held.now.version + 1 };
    return { body: held.now };
  });
  const change = (next: Partial<T>) => (held.now = { ...held.now, ...next, version: held.now.version + 1 });
  return { held, calls, change, patches: () => calls.filter((c) => c.method === 'PATCH').map((c) => c.body) };
}

async function open(component: object, props: object) {
  const w = mount(component, { props: { modelValue: false, ...props }, attachTo: document.body });
  await w.setProps({ modelValue: true } as never);
  await flushPromises();
  return w;
}
const input = (id: string) => document.getElementById(id) as HTMLInputElement;
function type(id: string, value: string) {
  input(id).value = value;
  input(id).dispatchEvent(new Event('input'));
}
async function submit(form: string) {
  document.querySelector(`#${form}`)!.dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
}
async function press(name: string) {
  [...document.querySelectorAll('button')]
    .find((b) => (b.getAttribute('aria-label') ?? b.textContent!.trim()) === name)!
    .click();
  await flushPromises();
}
const note = () => document.querySelector('[data-testid=conflict]');
const saveLabel = (form: string) => document.querySelector(`button[form=${form}]`)!.textContent!.trim();

describe('what both changed', () => {
  const fields: Fields<{ a: string; b: number | null }, { a: string; b: number | null }> = {
    a: { label: 'A', of: (t) => t.a },
    b: { label: 'B', of: (t) => t.b, write: (n) => `#${String(n)}` },
  };
  const told = (theirs: object, yours: object) =>
    differences(fields, { a: 'x', b: 1 }, { a: 'x', b: 1, ...theirs }, { a: 'x', b: 1, ...yours });
  it.each([
    ['nothing', {}, {}, []],
    ['only mine', {}, { a: 'y' }, []],
    ['the same', { a: 'y' }, { a: ' y ' }, []],
    ['only theirs', { b: 2 }, { a: 'y' }, [{ key: 'b', label: 'B', was: '#1', now: '#2', taken: true }]],
    ['both', { a: 'z' }, { a: 'y' }, [{ key: 'a', label: 'A', was: 'x', now: 'z', yours: 'y', taken: false }]],
    [
      'to nothing',
      { a: '' },
      { a: 'y' },
      [{ key: 'a', label: 'A', was: 'x', now: 'nothing', yours: 'y', taken: false }],
    ],
  ])('%s', (_, theirs, yours, expected) => expect(told(theirs, yours)).toEqual(expected));
  it('is no news where it moves by itself and was left alone', () => {
    const moving = { ...fields, b: { ...fields.b, moves: true } };
    expect(differences(moving, { a: 'x', b: 1 }, { a: 'x', b: 2 }, { a: 'y', b: 1 })).toEqual([]);
    expect(differences(moving, { a: 'x', b: 1 }, { a: 'x', b: 2 }, { a: 'x', b: 3 })).toHaveLength(1);
  });
});

describe('a store that somebody else has saved meanwhile', () => {
  it('shows what changed, keeps what was typed, and is saved as chosen', async () => {
    const { held, change, patches } = holding(store);
    const w = await open(StoreDialog, { store });
    type('store-name', 'Old Books');
    type('store-location', 'Dublin');
    change({ location: 'Galway', confirmation_delay_ms: 5_000 });
    await submit('store-form');
    expect(note()!.textContent).toContain('Location: was Cork, is now Galway; yours is Dublin.');
    expect(note()!.textContent).toContain('Confirmation delay: was 15 s, is now 5 s.');
    expect(document.activeElement).toBe(note());
    expect([input('store-name').value, input('store-location').value]).toEqual(['Old Books', 'Dublin']);
    expect(input('store-delay').value).toBe('5');
    expect(saveLabel('store-form')).toBe('Overwrite');
    await press('Use theirs: Location');
    expect([input('store-location').value, saveLabel('store-form')]).toEqual(['Galway', 'Save']);
    await press('Overwrite: Location');
    expect([input('store-location').value, saveLabel('store-form')]).toEqual(['Dublin', 'Overwrite']);
    await submit('store-form');
    expect(w.emitted('saved')).toHaveLength(1);
    expect(patches().at(-1)).toEqual({ name: 'Old Books', location: 'Dublin' });
    expect(held.now).toMatchObject({ name: 'Old Books', location: 'Dublin', confirmation_delay_ms: 5_000 });
  });

  it('shows the next change too, and forgets all of it when it is opened anew', async () => {
    const { change } = holding(store);
    const w = await open(StoreDialog, { store });
    type('store-location', 'Dublin');
    change({ location: 'Galway' });
    await submit('store-form');
    change({ location: 'Sligo' });
    await submit('store-form');
    expect(note()!.textContent).toContain('was Galway, is now Sligo; yours is Dublin');
    await w.setProps({ modelValue: false } as never);
    await w.setProps({ modelValue: true } as never);
    await flushPromises();
    expect(note()).toBeNull();
  });
});

describe('a product that has moved meanwhile', () => {
  it('is saved without a word when only orders took from its stock', async () => {
    const { held, change, patches } = holding(product);
    const w = await open(ProductDialog, { storeId: uuid(10), product });
    type('product-name', 'Great Atlas');
    change({ stock: 5 });
    await submit('product-form');
    expect(note()).toBeNull();
    expect(w.emitted('saved')).toHaveLength(1);
    expect(patches()).toEqual([{ name: 'Great Atlas' }, { name: 'Great Atlas' }]);
    expect(held.now.stock).toBe(5);
  });

  it('is given up, with the reason, when it moves faster than it can be saved', async () => {
    const server = holding(product, () => void server.change({ stock: 1 }));
    await open(ProductDialog, { storeId: uuid(10), product });
    type('product-name', 'Great Atlas');
    await submit('product-form');
    expect(document.body.textContent).toContain('The resource has changed since it was read');
    expect(server.patches()).toHaveLength(5);
    expect(input('product-name').value).toBe('Great Atlas');
  });
});

describe('a stock that has moved meanwhile', () => {
  async function edit(stock: number) {
    const w = mount(StockCell, { props: { product }, attachTo: document.body });
    await w.find('button').trigger('click');
    await w.find('input').setValue(String(stock));
    const enter = async () => {
      await w.find('input').trigger('keydown', { key: 'Enter' });
      await flushPromises();
    };
    return { w, enter };
  }
  it('is shown before it is overwritten', async () => {
    const { held, change } = holding(product);
    const { enter } = await edit(10);
    change({ stock: 5 });
    await enter();
    expect(note()!.textContent).toContain('Stock: was 7, is now 5; yours is 10.');
    expect(held.now.stock).toBe(5);
    await press('Overwrite: Stock');
    expect(held.now.stock).toBe(10);
    expect(note()).toBeNull();
  });
  it('stays as it is for whoever wants theirs', async () => {
    const { held, change, patches } = holding(product);
    const { enter } = await edit(10);
    change({ stock: 5 });
    await enter();
    await press('Use theirs: Stock');
    expect([held.now.stock, patches().length, note()]).toEqual([5, 1, null]);
  });
  it('is set where only something else of the product changed', async () => {
    const { held, change } = holding(product);
    const { enter } = await edit(10);
    change({ name: 'Old Atlas' });
    await enter();
    expect(held.now).toMatchObject({ stock: 10, name: 'Old Atlas' });
  });
});

describe('a basket that another tab has changed meanwhile', () => {
  const item = (n: number, quantity: number) => ({
    product_id: uuid(n),
    store_id: uuid(10),
    store_name: 'Books',
    product_name: `Product ${n}`,
    unit_price: eur(100),
    line_total: eur(100 * quantity),
    quantity,
    available: 99,
  });
  /** A basket on a server; `other` is what another tab does before the next change of this one arrives. */
  function basketServer(lines: Record<number, number>) {
    const held = { lines: { ...lines }, version: 1, gone: false };
    let next: (() => void) | undefined;
    const other = (work: (lines: Record<number, number>) => void) =>
      (next = () => {
        work(held.lines);
        held.version++;
      });
    stubServer(({ method, path, headers, body }) => {
      const view = () => ({
        id: uuid(1),
        version: held.version,
        total: eur(0),
        items: Object.entries(held.lines).map(([n, q]) => item(Number(n), q)),
      });
      if (method === 'POST') Object.assign(held, { gone: false, lines: {}, version: 1 });
      else if (held.gone) return { status: 404, body: { title: 'No basket', status: 404 } };
      else if (method !== 'GET') {
        next?.();
        next = undefined;
        if (headers.get('if-match') !== `"v${held.version}"`) return SUPERSEDED;
        const n = Number(path.slice(-12));
        if (method === 'PUT') held.lines[n] = (body as { quantity: number }).quantity;
        else if (path.endsWith('/items')) held.lines = {};
        else delete held.lines[n];
        held.version++;
      }
      return { body: view() };
    });
    return { held, other };
  }
  async function loaded(lines: Record<number, number>) {
    const server = basketServer(lines);
    localStorage.setItem('plaza.basket-id', JSON.stringify(uuid(1)));
    const basket = useBasket();
    await basket.refresh();
    return { ...server, basket };
  }

  it('is changed all the same where the other tab changed another line', async () => {
    const { basket, held, other } = await loaded({ 5: 2, 6: 1 });
    other((lines) => (lines[6] = 9));
    await basket.set(uuid(5), 3);
    expect(held.lines).toEqual({ 5: 3, 6: 9 });
  });
  it('keeps what the other tab made of the line', async () => {
    const { basket, held, other } = await loaded({ 5: 2 });
    other((lines) => (lines[5] = 7));
    await expect(basket.set(uuid(5), 3)).rejects.toBeInstanceOf(LineChanged);
    expect([held.lines[5], basket.quantityOf(uuid(5))]).toEqual([7, 7]);
    other((lines) => (lines[5] = 8));
    await expect(basket.remove(uuid(5))).rejects.toBeInstanceOf(LineChanged);
  });
  it('gets more of a product on top of what the other tab put in', async () => {
    const { basket, held, other } = await loaded({ 5: 2 });
    other((lines) => (lines[5] = 7));
    await basket.add(uuid(5), 2);
    expect(held.lines).toEqual({ 5: 9 });
    await basket.add(uuid(5), -20);
    expect(held.lines).toEqual({});
  });
  it('is not emptied of what nobody here has seen', async () => {
    const { basket, held, other } = await loaded({ 5: 2 });
    other((lines) => (lines[6] = 1));
    await expect(basket.clear()).rejects.toMatchObject({ status: 412 });
    expect(held.lines).toEqual({ 5: 2, 6: 1 });
    await basket.clear();
    expect(held.lines).toEqual({});
  });
  it('is replaced when it is gone', async () => {
    const { basket, held } = await loaded({ 5: 2 });
    held.gone = true;
    await basket.set(uuid(6), 1);
    expect(held.lines).toEqual({ 6: 1 });
  });
  it('shows the line as it was, is, and was asked for, and does what is chosen', async () => {
    const { held, other } = await loaded({ 5: 2 });
    const w = mount(BasketLines, { attachTo: document.body });
    const more = () => w.find('[aria-label="One more: Product 5"]').trigger('click').then(flushPromises);
    other((lines) => (lines[5] = 7));
    await more();
    expect(note()!.textContent).toContain('Product 5: was 2, is now 7; yours is 3.');
    await press('Use theirs: Product 5');
    expect([note(), held.lines[5]]).toEqual([null, 7]);
    other((lines) => delete lines[5]);
    await more();
    expect(note()!.textContent).toContain('was 7, is now not in the basket; yours is 8');
    await press('Overwrite: Product 5');
    expect(held.lines).toEqual({ 5: 8 });
  });
});

describe('an order that has moved on meanwhile', () => {
  const toast = ({ message }: { message: { summary: string; detail: string } }) =>
    h('b', { class: 'toast' }, `${message.summary}: ${message.detail}`);
  function show() {
    const seen: Order[] = [];
    let actions!: ReturnType<typeof useOrderActions>;
    const Host = {
      setup() {
        actions = useOrderActions((o) => seen.push(o));
        return () => [h(ConfirmDialog), h(Toast, null, { message: toast })];
      },
    };
    mount(Host, { attachTo: document.body });
    return { seen, actions };
  }
  /** An order on a server; actions are refused unless they name its version. */
  function orderServer(now: Order) {
    const held = { now };
    const calls = stubServer(({ method, path, headers }) => {
      if (method === 'GET') return { body: held.now };
      if (headers.get('if-match') !== `"v${held.now.version}"`) return SUPERSEDED;
      held.now = { ...held.now, status: path.endsWith('/pay') ? 'delivered' : 'cancelled', allowed_actions: [] };
      return { body: held.now };
    });
    return { held, posts: () => calls.filter((c) => c.method === 'POST').length };
  }
  const toasts = () => [...document.querySelectorAll('.toast')].map((t) => t.textContent);

  it('is cancelled at once where nothing a person looks at is different', async () => {
    const { held, posts } = orderServer(order({ version: 4, payment_status: 'confirmed' }));
    const { actions } = show();
    actions.cancel(order({ version: 3 }));
    await nextTick();
    await press('Cancel order');
    expect([held.now.status, posts()]).toEqual(['cancelled', 2]);
  });
  it('is shown, and asked about again', async () => {
    const { held, posts } = orderServer(order({ version: 5, status: 'accepted', total: eur(999) }));
    const { actions, seen } = show();
    actions.cancel(order({ version: 3 }));
    await nextTick();
    await press('Cancel order');
    expect(posts()).toBe(1);
    expect(seen.map((o) => o.status)).toEqual(['accepted']);
    const asked = () => [...document.querySelectorAll('[role=alertdialog]')].at(-1)!.textContent;
    await nextTick();
    expect(asked()).toContain('it was Pending and is now Accepted; its total was €19.99 and is now €9.99');
    await press('Cancel order');
    expect(held.now.status).toBe('cancelled');
  });
  it('is left alone when it has ended otherwise, with the reason', async () => {
    orderServer(order({ version: 5, status: 'expired', allowed_actions: [] }));
    const { actions, seen } = show();
    await actions.pay(order({ version: 3, status: 'accepted', allowed_actions: ['pay'] }));
    await flushPromises();
    expect(toasts()).toEqual(['Not paid: Meanwhile it was Accepted and is now Expired. The time to pay has passed.']);
    expect(seen).toHaveLength(1);
  });
  it('has changed by its status and its total', () => {
    expect(whatChanged(order(), order({ version: 9 }))).toBe('');
    expect(whatChanged(order(), order({ status: 'rejected' }))).toBe('it was Pending and is now Rejected');
  });
});
