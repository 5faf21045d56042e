import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { defineComponent, h } from 'vue';
import { setStaffToken, setCustomerToken } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import { ApiError, describe as explain, isUnreachable } from '@/api/problem';
import ErrorState from '@/components/ErrorState.vue';
import { useCursorPages } from '@/composables/useCursorPages';
import { useForm } from '@/composables/useForm';
import { useResource } from '@/composables/useResource';
import { useBasket } from '@/stores/basket';
import { useCustomer } from '@/stores/customer';
import { eur, order, stubRouter, stubServer, uuid } from './support';

/** Runs a composable inside a component, as a view would. */
function within<T>(setup: () => T): T {
  let out!: T;
  mount(
    defineComponent(() => {
      out = setup();
      return () => h('i');
    }),
    { global: { plugins: [stubRouter()] } },
  );
  return out;
}
const problem = (status: number, more: object = {}) => ({
  status,
  body: { type: 'about:blank', title: 'Not so', status, ...more },
});

describe('the client', () => {
  it('sends credentials only where they belong', async () => {
    setStaffToken('');
    setCustomerToken('mine');
    const calls = stubServer(() => ({ body: { items: [] } }));
    await plaza.products({});
    await plaza.orders({});
    setStaffToken('boss');
    await plaza.products({});
    expect(calls.map((c) => c.headers.get('authorization'))).toEqual([null, 'Bearer mine', 'Bearer boss']);
    setStaffToken('');
    setCustomerToken(undefined);
  });
  it('gives every POST a key, and edits the version they saw', async () => {
    const calls = stubServer(() => ({ body: {} }));
    await plaza.createBasket();
    const store = { id: uuid(1), version: 7 } as never;
    await plaza.editStore(store, { name: 'New' });
    expect(calls[0]!.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(calls[1]!.headers.get('if-match')).toBe('"v7"');
  });
  it('turns refusals, odd answers and silence into problems', async () => {
    stubServer(() => problem(409, { detail: 'Already paid.', trace_id: 't1' }));
    expect(explain(await plaza.payOrder(order()).catch((e) => e))).toEqual({
      title: 'Not so',
      detail: 'Already paid.',
      traceId: 't1',
    });
    stubServer(() => ({ status: 502, body: '<html>' }));
    expect(((await plaza.status().catch((e) => e)) as ApiError).problem.title).toContain('502');
    stubServer(() => {
      throw new TypeError('network');
    });
    expect(isUnreachable(await plaza.status().catch((e) => e))).toBe(true);
  });
});

describe('a form', () => {
  it('shows a problem at the field it names', async () => {
    const form = useForm(['name', 'price']);
    const faults = [
      { pointer: '/price/amount_minor', code: 'X', detail: 'Too dear.' },
      { pointer: '/name', code: 'X', detail: 'Too long.' },
    ];
    const fail = () => Promise.reject(new ApiError({ type: '', title: 'No', status: 422, errors: faults }));
    expect(await form.submit(fail)).toBe(false);
    expect(form.errors.value).toEqual({ price: 'Too dear.', name: 'Too long.' });
    expect(form.message.value).toBe('');
  });
  it('shows above the form what belongs to no field', async () => {
    const form = useForm([]);
    await form.submit(() => Promise.reject(new ApiError({ type: '', title: 'No', status: 409, detail: 'Closed.' })));
    expect(form.message.value).toBe('No: Closed.');
  });
  it('submits once at a time, and keeps its key until the content changes or it succeeds', async () => {
    const form = useForm([]);
    const work = vi.fn(() => new Promise((r) => setTimeout(r, 5)));
    const first = form.keyFor({ a: 1 });
    await Promise.all([form.submit(work), form.submit(work)]);
    expect(work).toHaveBeenCalledTimes(1);
    const second = form.keyFor({ a: 1 });
    expect(second).not.toBe(first);
    await form.submit(() => Promise.reject(new Error('lost')));
    expect(form.keyFor({ a: 1 })).toBe(second);
    expect(form.keyFor({ a: 2 })).not.toBe(second);
  });
});

describe('a resource', () => {
  it('drops an answer that was overtaken', async () => {
    const answers: ((v: string) => void)[] = [];
    const r = within(() => useResource(() => new Promise<string>((done) => answers.push(done))));
    void r.reload();
    void r.reload();
    answers[1]!('new');
    await flushPromises();
    answers[0]!('old');
    await flushPromises();
    expect(r.data.value).toBe('new');
  });
  it('keeps what it has when a reload fails', async () => {
    let fail = false;
    const r = within(() => useResource(async () => (fail ? Promise.reject(new Error('no')) : 'here')));
    await r.reload();
    fail = true;
    await r.reload();
    expect([r.data.value, (r.error.value as Error).message]).toEqual(['here', 'no']);
  });
});

describe('cursor pages', () => {
  it('go on, back and to the start', async () => {
    const asked: (string | undefined)[] = [];
    const pages = within(() =>
      useCursorPages({
        key: String,
        size: 10,
        load: async ({ cursor }) => {
          asked.push(cursor);
          const n = Number(cursor ?? 0);
          return { items: [n], next_cursor: n < 2 ? String(n + 1) : null };
        },
      }),
    );
    await pages.renew();
    for (let click = 0; click < 3; click++) {
      pages.next();
      await flushPromises();
    }
    expect(pages.items.value).toEqual([2]);
    expect(pages.pager.value).toEqual({ page: 3, from: 21, shown: 1, hasNext: false, isWayKnown: true });
    pages.previous();
    await flushPromises();
    pages.previous();
    await flushPromises();
    expect(asked).toEqual([undefined, '1', '2', '1', undefined]);
  });
});

describe('the basket', () => {
  const basket = (id: string, quantity: number) => ({
    id,
    version: 1,
    total: eur(100 * quantity),
    items: quantity ? [{ product_id: uuid(5), quantity, available: 3, line_total: eur(100 * quantity) }] : [],
  });
  it('is made with the first product, and found again after a reload', async () => {
    const calls = stubServer(({ method, body }) => ({
      body: basket(uuid(8), method === 'PUT' ? (body as { quantity: number }).quantity : 0),
    }));
    const b = useBasket();
    await b.set(uuid(5), 4);
    expect(calls.map((c) => `${c.method} ${c.path}`)).toEqual([
      'POST /baskets',
      `PUT /baskets/${uuid(8)}/items/${uuid(5)}`,
    ]);
    expect([b.count, b.short.length]).toEqual([4, 1]);
    expect(JSON.parse(localStorage.getItem('plaza.basket-id')!)).toBe(uuid(8));
  });
  it('is replaced when the server no longer has it', async () => {
    localStorage.setItem('plaza.basket-id', JSON.stringify(uuid(7)));
    const calls = stubServer(({ path }) => (path.includes(uuid(7)) ? problem(404) : { body: basket(uuid(8), 1) }));
    const b = useBasket();
    await b.set(uuid(5), 1);
    expect(b.id).toBe(uuid(8));
    expect(calls.at(-1)!.path).toContain(uuid(8));
  });
  it('stays when only the product is gone', async () => {
    localStorage.setItem('plaza.basket-id', JSON.stringify(uuid(7)));
    stubServer(({ method }) => (method === 'PUT' ? problem(404) : { body: basket(uuid(7), 0) }));
    const b = useBasket();
    await expect(b.set(uuid(5), 1)).rejects.toThrow();
    expect(b.id).toBe(uuid(7));
  });
  it('that is somebody else’s is left to them, and its lines go into a new one', async () => {
    localStorage.setItem('plaza.basket-id', JSON.stringify(uuid(7)));
    const calls = stubServer(({ method, path }) =>
      path === `/baskets/${uuid(7)}/customer`
        ? problem(409)
        : { body: basket(path.includes(uuid(7)) ? uuid(7) : uuid(8), method === 'POST' ? 0 : 2) },
    );
    const b = useBasket();
    await b.refresh();
    await b.claim(uuid(2));
    expect(calls.slice(1).map((c) => `${c.method} ${c.path}`)).toEqual([
      `PUT /baskets/${uuid(7)}/customer`,
      'POST /baskets',
      `PUT /baskets/${uuid(8)}/items/${uuid(5)}`,
      `PUT /baskets/${uuid(8)}/customer`,
    ]);
    expect([b.id, b.count]).toEqual([uuid(8), 2]);
  });
  it('sends changes one after another', async () => {
    let running = 0;
    let most = 0;
    stubServer(async () => {
      most = Math.max(most, ++running);
      await new Promise((r) => setTimeout(r, 2));
      running--;
      return { body: basket(uuid(8), 1) };
    });
    const b = useBasket();
    await Promise.all([b.set(uuid(5), 1), b.set(uuid(5), 2), b.refresh()]);
    expect(most).toBe(1);
  });
});

describe('the customer', () => {
  it('is kept with the token that came once', async () => {
    stubServer(() => ({ status: 201, body: { id: uuid(2), name: 'Ada', phone: '1', access_token: 't' } }));
    const c = useCustomer();
    await c.register('Ada', '1', 'key');
    c.choosePayment(uuid(3));
    expect(JSON.parse(localStorage.getItem('plaza.customer')!).id).toBe(uuid(2));
    expect(localStorage.getItem('plaza.customer-token')).toBe('"t"');
    c.forget();
    expect([c.id, c.paymentId, localStorage.length]).toEqual([undefined, undefined, 0]);
  });
});

describe('ErrorState', () => {
  it('shows what went wrong, the trace, and a way on', async () => {
    const error = new ApiError({
      type: '',
      title: 'Busy',
      status: 503,
      detail: 'Try later.',
      trace_id: 'abcdef0123456789',
    });
    const w = mount(ErrorState, { props: { error }, global: { plugins: [stubRouter()] } });
    expect(w.text()).toContain('Busy');
    expect(w.text()).toContain('Try later.');
    expect(w.html()).toContain('abcdef0123456789');
    await w.find('button.p-button').trigger('click');
    expect(w.emitted('retry')).toHaveLength(1);
    expect(w.text()).not.toContain('token');
  });
});
