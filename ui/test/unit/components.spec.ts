import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import CopyId from '@/components/CopyId.vue';
import DataList from '@/components/DataList.vue';
import NumberField from '@/components/NumberField.vue';
import QuantityStepper from '@/components/QuantityStepper.vue';
import StatusTag from '@/components/StatusTag.vue';
import { moneyKind } from '@/lib/typedNumber';
import ProductDialog from '@/views/admin/ProductDialog.vue';
import ProductImportDialog from '@/views/admin/ProductImportDialog.vue';
import StockCell from '@/views/admin/StockCell.vue';
import StoreDialog from '@/views/admin/StoreDialog.vue';
import ProductCard from '@/views/shop/ProductCard.vue';
import StockNote from '@/views/shop/StockNote.vue';
import VersionSlider from '@/views/orders/VersionSlider.vue';
import { eur, event, product, stubRouter, stubServer, uuid } from './support';

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
    await input.setValue('٣');
    await w.setProps({ modelValue: 3 });
    expect(w.emitted('update:modelValue')).toEqual([[2], [3]]);
    for (const [typed, why] of [
      ['99', /more than the largest quantity, 3. It stays 3/],
      ['abc', /is not a quantity. It stays 3/],
      ['1.5', /has 1 decimal/],
      ['0', /less than the smallest/],
      ['', /^Enter a quantity. It stays 3.$/],
      [' ', /^Enter a quantity. It stays 3.$/],
    ] as const) {
      await input.setValue(typed);
      expect(input.element.value).toBe('3');
      expect(w.find('[role=alert]').text()).toMatch(why);
      expect(input.attributes('aria-invalid')).toBe('true');
      expect(document.getElementById(input.attributes('aria-describedby')!)).toBeDefined();
    }
    expect(w.emitted('update:modelValue')).toHaveLength(2);
    await less!.trigger('click');
    expect(w.emitted('update:modelValue')!.at(-1)).toEqual([2]);
  });
});

describe('what is typed as a count', () => {
  const number = (n: number) => new Intl.NumberFormat().format(n);
  it('is said beside a quantity while it is typed, where it is written otherwise here', async () => {
    const w = mount(QuantityStepper, { props: { modelValue: 1, label: 'Atlas' } });
    const input = w.find('input');
    const tip = w.find('[role=status]');
    async function typeIn(text: string) {
      input.element.value = text;
      await input.trigger('input');
    }
    expect(tip.text()).toBe('');
    await typeIn('٤٠٠٠');
    expect(tip.text()).toBe(`Understood as ${number(4000)}`);
    await typeIn('4000');
    expect(tip.text()).toBe('');
    await typeIn('٤٠٠٠');
    await input.trigger('change');
    await w.setProps({ modelValue: 4000 });
    expect([tip.text(), input.element.value]).toEqual(['', number(4000)]);
    w.unmount();
  });
  it('is said beside the stock', async () => {
    const w = mount(StockCell, { props: { product }, attachTo: document.body });
    await w.find('button').trigger('click');
    expect(w.find('[role=status]').text()).toBe('');
    await w.find('input').setValue('٤٠٠٠');
    expect(w.find('[role=status]').text()).toBe(`Understood as ${number(4000)}`);
    await w.find('input').setValue('4000');
    expect(w.find('[role=status]').text()).toBe('');
    w.unmount();
  });
});

describe('counts on the Shopping page', () => {
  it('are written in the locale, like the prices beside them', () => {
    expect(mount(StockNote, { props: { stock: 20_000 } }).text()).toBe('20,000 in stock');
    const w = mount(ProductCard, { props: { product: { ...product, stock: 20_000 }, inBasket: 1_234, busy: false } });
    expect(w.text()).toContain('20,000 in stock');
    expect(w.text()).toContain('1,234 in your basket');
  });
});

describe('NumberField', () => {
  const make = (locale: string, currency = 'EUR', modelValue: number | null = null) =>
    mount(NumberField, {
      props: {
        id: 'price',
        label: 'Price',
        kind: moneyKind(currency, { locale }),
        modelValue,
        doubt: '',
        'onUpdate:modelValue': (value: number | null) => void w.setProps({ modelValue: value }),
        'onUpdate:doubt': (doubt: string) => void w.setProps({ doubt }),
      },
      attachTo: document.body,
    });
  let w: ReturnType<typeof make>;
  /** Without `change`, as while typing. */
  async function typeIn(text: string) {
    const input = w.find('input');
    input.element.value = text;
    await input.trigger('input');
  }

  it('says what it understood when that is written otherwise here, and writes it so when it is left', async () => {
    w = make('de');
    await typeIn('19.99');
    expect(w.props('modelValue')).toBe(1999);
    expect(w.find('input').element.value).toBe('19.99');
    expect(w.find('#price-hint').text()).toBe('Understood as 19,99\u00a0€');
    expect(w.find('input').attributes('aria-describedby')).toBe('price-hint');
    await w.find('input').trigger('change');
    expect(w.find('input').element.value).toBe('19,99');
    w.unmount();
  });
  it.each([
    ['de', '19,9', '19,90'],
    ['de', '1234', '1.234,00'],
    ['de', '1.234,5', '1.234,50'],
    ['ar-EG', '١٩', '١٩٫٠٠'],
    ['fr', '1 234,56', '1\u202f234,56'],
    ['en', '19', '19.00'],
  ])('in %s %s needs no words', async (locale, typed, written) => {
    w = make(locale);
    await typeIn(typed);
    expect(w.find('#price-hint').exists()).toBe(false);
    await w.find('input').trigger('change');
    expect(w.find('input').element.value).toBe(written);
    w.unmount();
  });
  it('drops the error of a text that has been changed, and speaks of the new one', async () => {
    w = make('de');
    const refused = '"1.2.3.4" is not a price.';
    await typeIn('1.2.3.4');
    await w.setProps({ error: refused });
    expect(w.find('#price-error').text()).toBe(refused);
    await typeIn('19.99');
    expect(w.find('#price-error').exists()).toBe(false);
    expect(w.find('#price-hint').text()).toBe('Understood as 19,99\u00a0€');
    await w.setProps({ error: undefined });
    await w.setProps({ error: refused });
    expect(w.find('#price-error').text()).toBe(refused);
    w.unmount();
  });
  it('shows a doubt when it is left, not on the way to a number', async () => {
    w = make('en');
    await typeIn('1,234');
    expect(w.props('modelValue')).toBeNull();
    expect(w.find('#price-error').exists()).toBe(false);
    await typeIn('1,234.5');
    expect(w.props('modelValue')).toBe(123450);
    await typeIn('1,234');
    await w.find('input').trigger('change');
    expect(w.find('#price-error').text()).toMatch(/^"1,234" can mean 1234 or 1.234/);
    expect(w.find('input').element.value).toBe('1,234');
    expect(w.find('input').attributes()).toMatchObject({
      'aria-invalid': 'true',
      'aria-describedby': 'price-error',
      inputmode: 'decimal',
    });
    await typeIn('');
    expect(w.props()).toMatchObject({ modelValue: null, doubt: '' });
    w.unmount();
  });
  it('takes a value from outside, and another currency', async () => {
    w = make('en', 'EUR', 1999);
    expect(w.find('input').element.value).toBe('19.99');
    await w.setProps({ modelValue: 500 });
    expect(w.find('input').element.value).toBe('5.00');
    await w.setProps({ kind: moneyKind('JPY', { locale: 'en' }) });
    expect(w.find('input').element.value).toBe('500');
    w.unmount();
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

describe('the delay of a store', () => {
  it('is not nothing when its field is emptied', async () => {
    const calls = stubServer(() => ({ status: 201, body: {} }));
    const w = await open(StoreDialog, {});
    type('store-name', 'Quay Tea');
    type('store-location', 'Galway');
    type('store-delay', '');
    await submit('store-form');
    expect(document.getElementById('store-delay-error')!.textContent).toBe('Enter a delay.');
    expect(calls).toHaveLength(0);
    type('store-delay', 'soon');
    await submit('store-form');
    expect(document.getElementById('store-delay-error')!.textContent).toBe('"soon" is not a number of seconds.');
    expect(calls).toHaveLength(0);
    type('store-delay', '0');
    await submit('store-form');
    expect(calls.at(-1)!.body).toMatchObject({ confirmation_delay_ms: 0 });
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

describe('what is typed into the product dialog', () => {
  it('is saved as it was written, or refused with the reason', async () => {
    const asked = stubServer(({ path }) =>
      path === '/status' ? { body: { currency: 'EUR' } } : { status: 201, body: product },
    );
    const calls = () => asked.filter((c) => c.method === 'POST');
    const w = await open(ProductDialog, { storeId: uuid(10) });
    await vi.waitFor(() => expect(document.getElementById('product-price')).not.toBeNull());
    type('product-name', 'Lamp');
    type('product-price', '1.999');
    type('product-stock', '0x1F');
    await submit('product-form');
    expect(document.getElementById('product-price-error')!.textContent).toMatch(/can mean 1999/);
    expect(document.getElementById('product-stock-error')!.textContent).toBe('"0x1F" is not a stock count.');
    expect(calls()).toHaveLength(0);
    type('product-price', '١٩٫٩٩ €');
    type('product-stock', '1.000');
    await submit('product-form');
    expect(document.getElementById('product-stock-error')!.textContent).toBe(
      '"1.000" can mean 1,000 or 1: write one of them.',
    );
    type('product-stock', '1,000');
    await submit('product-form');
    expect(calls()[0]!.body).toEqual({ name: 'Lamp', price: eur(1999), stock: 1000 });
    w.unmount();
  });
});

describe('ProductImportDialog', () => {
  const button = (label: string) =>
    [...document.querySelectorAll('button')].find((b) => b.textContent!.includes(label))!;
  async function choose(csv: string) {
    const w = await open(ProductImportDialog, { storeId: uuid(10) });
    const input = document.getElementById('import-file') as HTMLInputElement;
    Object.defineProperty(input, 'files', { value: [new File([csv], 'p.csv')] });
    input.dispatchEvent(new Event('change'));
    return w;
  }
  const says = (text: string) => vi.waitFor(() => expect(document.body.textContent).toContain(text), 5_000);
  const taken = { title: 'Invalid', status: 422, errors: [{ pointer: '/sku', code: 'X', detail: 'SKU taken.' }] };

  it('adds row by row and reports each failure by its line', async () => {
    stubServer(({ method, body }) => {
      if (method === 'GET') return { body: { items: [], currency: 'EUR' } };
      return (body as { name: string }).name === 'Mug' ? { status: 422, body: taken } : { status: 201, body: product };
    });
    const w = await choose('name,price,stock\nLamp,1,1\nMug,2,2\nBell,x,1');
    await says('2 products to add, 1 row not imported');
    button('Import 2').click();
    await says('1 product added. 1 row not done.');
    const bar = document.querySelector('[role=progressbar]')!;
    expect([bar.getAttribute('aria-label'), bar.getAttribute('aria-valuenow')]).toEqual(['Import progress', '50']);
    await says('Line 3: SKU taken.');
    await says('Line 4: "x" is not a price');
    w.unmount();
  });

  it('calls a row that is refused not imported, and not unreadable', async () => {
    stubServer(({ path }) => ({ body: path.startsWith('/stores') ? { items: [product] } : { currency: 'EUR' } }));
    const w = await choose('sku,name,price,stock\nB-1,Atlas,25,7\n');
    await says('1 product to change.');
    const mode = [...document.querySelectorAll('select')].find((s) => s.textContent!.includes('Only add'))!;
    mode.value = 'add';
    mode.dispatchEvent(new Event('change'));
    await says('0 products to add, 1 row not imported.');
    await says('Line 2: the SKU B-1 is in the store already');
    w.unmount();
  });

  it('shows what it added before, and says so of an answer given before', async () => {
    let posts = 0;
    stubServer(({ method, body }) => {
      if (method === 'GET') return { body: { items: posts ? [product] : [], currency: 'EUR' } };
      if ((body as { name: string }).name === 'Bad') return { status: 422, body: taken };
      return { status: 201, body: product, headers: { 'idempotency-replayed': String(posts++ > 0) } };
    });
    const w = await choose('name,price,stock\nLamp,1,1\nMug,1,1\nBad,1,1');
    await says('3 products to add');
    button('Import 3').click();
    await says('1 product added, 1 product already added. 1 row not done.');
    expect(document.querySelector('[data-line="3"]')!.textContent).toContain('Already added');
    document.getElementById('import-file')!.dispatchEvent(new Event('change'));
    await says('1 product to add, 2 products already added.');
    expect(document.querySelector('[data-line="2"]')!.textContent).toContain('Already added');
    w.unmount();
  });

  it('shows what it changes, tries again what got lost, and doubles nothing', async () => {
    let up = false;
    const calls = stubServer(({ method, path }) => {
      if (method === 'GET') return { body: path.startsWith('/stores') ? { items: [product] } : { currency: 'EUR' } };
      if (method === 'POST') return { status: 201, body: product };
      return up ? { body: product } : { status: 409, body: { title: 'Not now', status: 409 } };
    });
    const w = await choose('sku,name,price,stock\nB-1,Atlas,25,7\n,Lamp,1,1\n,Lamp,1,1\n');
    await says('2 products to add, 1 product to change.');
    expect(document.querySelector('[data-line="2"]')!.textContent).toContain('price was €19.99');
    button('Import 3').click();
    await says('2 products added. 1 row not done.');
    await says('Line 2: Not now');
    const keys = calls.filter((c) => c.method === 'POST').map((c) => c.headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(2);
    up = true;
    button('Try 1 row again').click();
    await says('2 products added, 1 product changed. Done.');
    expect(calls.filter((c) => c.method === 'POST')).toHaveLength(2);
    const patch = calls.filter((c) => c.method === 'PATCH').at(-1)!;
    expect(patch.body).toEqual({ price: eur(2500) });
    expect(patch.headers.get('if-match')).toBe('"v3"');
    w.unmount();
  });

  it('waits for a server that is busy, with the same key', async () => {
    let answers = 0;
    const calls = stubServer(({ method }) => {
      if (method === 'GET') return { body: { items: [], currency: 'EUR' } };
      return answers++ ? { status: 201, body: product } : { status: 503, body: { title: 'Busy', status: 503 } };
    });
    const w = await choose('name,price,stock\nLamp,1,1\n');
    await says('1 product to add');
    button('Import 1').click();
    await says('1 product added. Done.');
    const keys = calls.filter((c) => c.method === 'POST').map((c) => c.headers.get('idempotency-key'));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    w.unmount();
  });
});

describe('StockCell', () => {
  it('changes the stock with Enter, leaves it with Escape, and refuses what is no count', async () => {
    const calls = stubServer(() => ({ body: product }));
    const w = mount(StockCell, { props: { product }, attachTo: document.body });
    await w.find('button').trigger('click');
    await w.find('input').setValue('0');
    await w.find('input').trigger('keydown', { key: 'Escape' });
    expect(calls).toHaveLength(0);
    await w.find('button').trigger('click');
    await w.find('input').setValue('1.5');
    await w.find('input').trigger('keydown', { key: 'Enter' });
    expect(w.find('[role=alert]').text()).toBe('"1.5" has 1 decimal, a stock count has none.');
    expect(calls).toHaveLength(0);
    await w.find('input').setValue('5.000');
    await w.find('input').trigger('keydown', { key: 'Enter' });
    expect(w.find('[role=alert]').text()).toBe('"5.000" can mean 5,000 or 5: write one of them.');
    await w.find('input').setValue('');
    await w.find('input').trigger('keydown', { key: 'Enter' });
    expect(w.find('[role=alert]').text()).toBe('Enter a stock count.');
    expect(calls).toHaveLength(0);
    await w.find('input').setValue('٠');
    await w.find('input').trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(calls.map((c) => c.body)).toEqual([{ stock: 0 }]);
    expect(calls[0]!.headers.get('if-match')).toBe('"v3"');
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
