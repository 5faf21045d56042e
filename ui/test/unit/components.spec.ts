import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import CopyId from '@/components/CopyId.vue';
import DataList from '@/components/DataList.vue';
import QuantityStepper from '@/components/QuantityStepper.vue';
import StatusTag from '@/components/StatusTag.vue';
import type { Product } from '@/api/types';
import ProductDialog from '@/views/admin/ProductDialog.vue';
import ProductImportDialog from '@/views/admin/ProductImportDialog.vue';
import StockCell from '@/views/admin/StockCell.vue';
import StoreDialog from '@/views/admin/StoreDialog.vue';
import VersionSlider from '@/views/orders/VersionSlider.vue';
import { eur, event, stubRouter, stubServer, uuid } from './support';

const product: Product = {
  id: uuid(5),
  store_id: uuid(10),
  store_name: 'Books',
  sku: 'B-1',
  name: 'Atlas',
  description: 'Big.',
  price: eur(1999),
  stock: 7,
  reserved: 1,
  version: 3,
  created_at: '2026-01-01T00:00:00Z',
};
/** Dialogs render into the body; opening one is a change of its model. */
async function open(component: object, props: object) {
  const w = mount(component, { props: { modelValue: false, ...props }, attachTo: document.body });
  await w.setProps({ modelValue: true } as never);
  await flushPromises();
  return w;
}
function type(id: string, value: string) {
  const input = document.getElementById(id) as HTMLInputElement;
  input.value = value;
  input.dispatchEvent(new Event('input'));
}
async function submit(form: string) {
  document.querySelector(`#${form}`)!.dispatchEvent(new Event('submit', { cancelable: true }));
  await flushPromises();
}

describe('StatusTag', () => {
  it('says the status in a word, not by colour alone', () => {
    const w = mount(StatusTag, { props: { value: 'out_of_stock' } });
    expect(w.text()).toBe('Out of stock');
    expect(mount(StatusTag, { props: { value: 'half_done' } }).text()).toBe('half done');
  });
});

describe('CopyId', () => {
  it('copies the whole id', async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    const w = mount(CopyId, { props: { id: uuid(5) }, global: { plugins: [stubRouter()] } });
    await w.find('button').trigger('click');
    await flushPromises();
    expect(writeText).toHaveBeenCalledWith(uuid(5));
    expect(w.find('button').attributes('aria-label')).toContain('Copied');
  });
});

describe('QuantityStepper', () => {
  it('steps within its limits and refuses what is no number', async () => {
    const w = mount(QuantityStepper, { props: { modelValue: 1, label: 'Atlas', max: 3 } });
    const [less, more] = w.findAll('button');
    expect(less!.attributes('disabled')).toBeDefined();
    await more!.trigger('click');
    const input = w.find('input');
    // setValue also fires `change`.
    await input.setValue('99');
    await input.setValue('abc');
    expect(w.emitted('update:modelValue')).toEqual([[2], [3]]);
    expect(input.element.value).toBe('1');
  });
});

describe('DataList', () => {
  const columns = [{ key: 'name', label: 'Name', sortable: true, value: (r: { id: string }) => r.id }];
  const make = (props: object) =>
    mount(
      DataList as never,
      {
        props: { label: 'Things', columns, rows: [], rowKey: (r: { id: string }) => r.id, ...props },
        slots: { empty: 'Nothing here', expand: 'Inside' },
      } as never,
    );
  it('has a loading, an empty and an error state', async () => {
    expect(make({ loading: true }).findAll('.p-skeleton').length).toBeGreaterThan(3);
    expect(make({}).text()).toBe('Nothing here');
    const w = make({ error: new Error('broken') });
    expect(w.text()).toContain('broken');
    await w.find('button').trigger('click');
    expect(w.emitted('retry')).toHaveLength(1);
  });
  it('keeps its rows when a reload fails', () => {
    expect(make({ rows: [{ id: 'a' }], error: new Error('broken') }).text()).toContain('a');
  });
  it('sorts, selects and opens by button', async () => {
    const w = make({
      rows: [{ id: 'a' }, { id: 'b' }],
      selected: [],
      sort: { key: 'name', desc: false },
      expandable: true,
    });
    await w.find('.sort-button').trigger('click');
    expect(w.emitted('update:sort')).toEqual([[{ key: 'name', desc: true }]]);
    await w.find('input[aria-label="Select a"]').trigger('change');
    await w.find('input[aria-label^="Select all"]').trigger('change');
    expect(w.emitted('update:selected')).toEqual([[['a']], [['a', 'b']]]);
    await w.find('button[aria-label="Details of b"]').trigger('click');
    expect(w.text()).toContain('Inside');
  });
});

describe('StoreDialog', () => {
  it('asks for what is missing, then shows what the server refuses at its field', async () => {
    let refuse = true;
    const calls = stubServer(() =>
      refuse
        ? {
            status: 422,
            body: { title: 'Invalid', status: 422, errors: [{ pointer: '/name', code: 'X', detail: 'Taken.' }] },
          }
        : { status: 201, body: {} },
    );
    const w = await open(StoreDialog, {});
    await submit('store-form');
    expect(document.body.textContent).toContain('Enter a name.');
    expect(calls).toHaveLength(0);
    type('store-name', ' Quay Tea ');
    type('store-location', 'Galway');
    await submit('store-form');
    expect(document.getElementById('store-name-error')!.textContent).toBe('Taken.');
    refuse = false;
    await submit('store-form');
    expect(calls.at(-1)).toMatchObject({
      method: 'POST',
      path: '/stores',
      body: { name: 'Quay Tea', location: 'Galway', confirmation_delay_ms: 15_000, fulfilment: 'internal' },
    });
    expect(w.emitted('saved')).toHaveLength(1);
    w.unmount();
  });
});

describe('ProductDialog', () => {
  it('sends only what changed', async () => {
    const calls = stubServer(() => ({ body: product }));
    const w = await open(ProductDialog, { storeId: uuid(10), product });
    type('product-name', 'Great Atlas');
    await submit('product-form');
    expect(calls[0]).toMatchObject({ method: 'PATCH', path: `/products/${uuid(5)}`, body: { name: 'Great Atlas' } });
    w.unmount();
  });
});

describe('ProductImportDialog', () => {
  it('adds row by row and reports each failure by its line', async () => {
    stubServer(({ path, body }) => {
      if (path === '/status') return { body: { currency: 'EUR' } };
      return (body as { name: string }).name === 'Mug'
        ? {
            status: 422,
            body: { title: 'Invalid', status: 422, errors: [{ pointer: '/sku', code: 'X', detail: 'SKU taken.' }] },
          }
        : { status: 201, body: product };
    });
    const w = await open(ProductImportDialog, { storeId: uuid(10) });
    const input = document.getElementById('import-file') as HTMLInputElement;
    const file = new File(['name,price,stock\nLamp,1,1\nMug,2,2\nBell,x,1'], 'p.csv');
    Object.defineProperty(input, 'files', { value: [file] });
    input.dispatchEvent(new Event('change'));
    await vi.waitFor(() => expect(document.body.textContent).toContain('2 products to add, 1 row cannot be read'));
    [...document.querySelectorAll('button')].find((b) => b.textContent!.includes('Import 2'))!.click();
    await vi.waitFor(() => expect(document.body.textContent).toContain('1 product added. Done.'));
    expect(document.body.textContent).toContain('Line 3: SKU taken.');
    expect(document.body.textContent).toContain('Line 4: "x" is not a price');
    w.unmount();
  });
});

describe('StockCell', () => {
  it('changes the stock with Enter, and leaves it with Escape', async () => {
    const calls = stubServer(() => ({ body: product }));
    const w = mount(StockCell, { props: { product }, attachTo: document.body });
    await w.find('button').trigger('click');
    await w.find('input').setValue('0');
    await w.find('input').trigger('keydown', { key: 'Escape' });
    expect(calls).toHaveLength(0);
    await w.find('button').trigger('click');
    await w.find('input').setValue('0');
    await w.find('input').trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(calls.map((c) => c.body)).toEqual([{ stock: 0 }]);
    expect(calls[0]!.headers.get('if-match')).toBeNull();
    w.unmount();
  });
});

describe('VersionSlider', () => {
  it('goes back in time, and forward to the present', async () => {
    const events = [event(1, 'order.submitted'), event(2, 'order.payment_confirmed', {}, 5_000)];
    const w = mount(VersionSlider, { props: { modelValue: undefined, max: 2, events, startedAt: 0, settled: false } });
    expect(w.text()).toContain('Version 2 of 2: Payment confirmed +5 s');
    await w.find('button[aria-label="One version back"]').trigger('click');
    await w.setProps({ modelValue: 1 });
    expect(w.text()).toContain('Version 1 of 2: Order submitted');
    await w.find('button[aria-label="One version forward"]').trigger('click');
    expect(w.emitted('update:modelValue')).toEqual([[1], [undefined]]);
  });
});
