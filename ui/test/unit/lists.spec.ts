// The lists of the admin views that are held whole, and what is done to their rows.
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils';
import ConfirmDialog from 'primevue/confirmdialog';
import Toast from 'primevue/toast';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { h } from 'vue';
import { useAccess } from '@/stores/access';
import { useLive } from '@/stores/live';
import StoreProductsView from '@/views/admin/StoreProductsView.vue';
import StoresView from '@/views/admin/StoresView.vue';
import { eur, stubRouter, stubServer, uuid, type Call } from './support';

enableAutoUnmount(afterEach);

const store = (n: number) => ({
  id: uuid(n),
  name: `Store ${n}`,
  location: n % 2 ? 'Cork' : 'Galway',
  product_count: 3,
});
const product = (n: number) => ({
  id: uuid(n),
  name: `Product ${n}`,
  sku: `S-${n}`,
  price: eur(n),
  stock: n,
  reserved: 0,
});
const rows = <T>(make: (n: number) => T) => Array.from({ length: 30 }, (_, n) => make(n));

let calls: Call[] = [];
let busy = false;
beforeEach(() => {
  busy = false;
  calls = stubServer(({ method, path, query }) => {
    if (path === '/whoami') return { body: { closed: false, role: 'open', name: null, customer_id: null } };
    if (method === 'DELETE') return busy ? { status: 503, body: { title: 'Busy', status: 503 } } : { status: 204 };
    if (path === '/stores')
      return { body: { items: rows(store).filter((s) => s.name.includes(query.get('q') ?? '')) } };
    return { body: path.endsWith('/products') ? { items: rows(product) } : store(1) };
  });
});
afterEach(() => {
  for (const used of [useAccess(), useLive()]) used.$dispose();
});

const toast = ({ message }: { message: { summary: string; data: { retry?: () => void } } }) => [
  h('b', { class: 'toast' }, message.summary),
  message.data.retry && h('button', { onClick: message.data.retry }, 'Try again'),
];
async function show(view: object, props = {}) {
  const router = stubRouter();
  await router.push('/');
  const page = mount(
    { render: () => [h(view, props), h(ConfirmDialog), h(Toast, null, { message: toast })] },
    { global: { plugins: [router] }, attachTo: document.body },
  );
  await flushPromises();
  const names = () => page.findAll('td[data-title]').map((td) => td.text());
  async function search(text: string) {
    await page.find('input[type=search]').setValue(text);
    await vi.waitFor(() => expect(router.currentRoute.value.query.q).toBe(text));
    await flushPromises();
  }
  return { page, router, names, search };
}
const asked = (path: string, method = 'GET') => calls.filter((c) => c.path === path && c.method === method);

describe('a list that is held whole', () => {
  it('is paged and sorted here, and starts again at its first page when it is filtered', async () => {
    const { page, router, names, search } = await show(StoresView);
    expect([names().length, names()[19]]).toEqual([20, 'Store 19']);
    await page.find('[aria-label="Next page"]').trigger('click');
    expect(names()[0]).toBe('Store 20');
    await page.findAll('.sort-button')[0]!.trigger('click');
    await vi.waitFor(() => expect(router.currentRoute.value.query.sort).toBe('-name'));
    expect(names()[0]).toBe('Store 29');
    await search('Store 2');
    expect(names()).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 2].map((n) => `Store ${n}`));
    expect(asked('/stores').at(-1)!.query.get('q')).toBe('Store 2');
  });

  it('asks nothing of a server that does not filter it', async () => {
    const { names, search } = await show(StoreProductsView, { id: uuid(1) });
    await search(' s-2');
    expect(names()).toEqual([2, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29].map((n) => `Product ${n}`));
    expect(asked(`/stores/${uuid(1)}/products`)).toHaveLength(1);
  });
});

describe('archiving a store', () => {
  const said = () => [...document.querySelectorAll('.toast')].map((b) => b.textContent);
  const press = async (label: string) => {
    [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === label)!.click();
    await flushPromises();
  };

  it('is asked first, and done again on demand when it failed', async () => {
    const { page } = await show(StoresView);
    const path = `/stores/${uuid(3)}`;
    await page.find('[aria-label="Archive Store 3"]').trigger('click');
    await flushPromises();
    expect(document.querySelector('[role=alertdialog]')!.textContent).toContain('Archive Store 3 and its 3 products?');
    await press('Keep');
    expect(asked(path, 'DELETE')).toHaveLength(0);
    busy = true;
    await page.find('[aria-label="Archive Store 3"]').trigger('click');
    await flushPromises();
    await press('Archive');
    expect(said()).toEqual(['Busy']);
    busy = false;
    await press('Try again');
    expect(said()).toEqual(['Store archived']);
    expect(asked(path, 'DELETE')).toHaveLength(2);
    expect(asked('/stores')).toHaveLength(2);
  });
});
