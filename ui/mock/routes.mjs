// The REST contract over the toy mall.
import { accessRoutes } from './access.mjs';
import { conflict, invalid, money, notFound, uuid } from './mall.mjs';

const DEMO = {
  'Blue Door Books': ['Lisbon', ['Walnut Notebook', 'Linen Diary', 'Night Atlas', 'Pocket Poems']],
  'Corner Roastery': ['Antwerp', ['Copper Kettle', 'House Blend', 'Pour-over Stand', 'Cedar Scoop']],
  'Hill & Dale Outdoors': ['Turin', ['Trail Backpack', 'Ridge Lantern', 'Wool Blanket', 'Enamel Mug']],
  'Northlight Audio': ['Malmö', ['Studio Headphones', 'Pocket Radio', 'Walnut Speaker', 'Braided Cable']],
  'Velo Atelier': ['Gdańsk', ['Brass Bell', 'Canvas Pannier', 'Leather Grips', 'Frame Pump']],
};
export function fillDemo(mall) {
  let i = 0;
  for (const [name, [location, products]] of Object.entries(DEMO)) {
    const store = mall.createStore({ name, location });
    for (const product of products) {
      const description = `${product}, small batch, made near ${location}.`;
      const price = money(390 + ((i * 3571) % 16_000));
      mall.addProduct(store, { name: product, description, sku: `SKU-${1000 + i}`, price, stock: (i * 7) % 40 });
      i++;
    }
    join(mall, store, true);
  }
  return { stores: Object.keys(DEMO).length, products: i };
}
function join(mall, store, on) {
  store.participating = on;
  mall.emit('store', on ? 'joined' : 'left', store.id, {});
  return mall.storeView(store);
}
function page(rows, query) {
  const limit = Math.min(200, Number(query.get('limit') ?? 50));
  const from = Number(query.get('cursor') ?? 0);
  const more = rows.length > from + limit;
  return { items: rows.slice(from, from + limit), next_cursor: more ? String(from + limit) : null };
}
const newest = (rows) => rows.toSorted((a, b) => (a.id < b.id ? 1 : -1));
const has = (q, ...texts) => !q || texts.join(' ').toLowerCase().includes(q.toLowerCase());
const get = (map, id, what) => {
  const found = map[id];
  if (!found || found.archived) throw notFound(what);
  return found;
};
const SORTS = {
  name: (a, b) => a.name.localeCompare(b.name),
  price: (a, b) => a.price.amount_minor - b.price.amount_minor,
  stock: (a, b) => a.stock - b.stock,
};
const csv = (rows, columns) => ({ csv: [columns.join(','), ...rows.map((r) => columns.map((c) => r[c]).join(','))] });
const need = (body, field) => {
  if (!String(body[field] ?? '').trim()) throw invalid(`/${field}`, `The ${field} must not be empty.`);
};

function listOrders(mall, q) {
  const after = q.get('created_after');
  const rows = Object.values(mall.orders).filter(
    (o) =>
      has(q.get('q'), o.id, o.customer_id) &&
      (!q.get('customer_id') || o.customer_id === q.get('customer_id')) &&
      (!q.get('status') || o.status === q.get('status')) &&
      (!q.get('reason') || o.reasons.includes(q.get('reason'))) &&
      (!q.get('store_id') || o.stores.some((s) => s.store_id === q.get('store_id'))) &&
      (!after || o.created_at > after) &&
      !!o.hidden === (q.get('archived') === 'true'),
  );
  const sorted = newest(rows).map((o) => mall.view(o));
  return q.get('sort') === 'created_at' ? sorted.reverse() : sorted;
}
function listEvents(mall, q) {
  const rows = mall.events.filter(
    (e) =>
      (!q.get('stream_id') || e.subject.endsWith(q.get('stream_id').toLowerCase())) &&
      (!q.get('type') || e.type === q.get('type')) &&
      Number(e.sequence) > Number(q.get('after') ?? 0),
  );
  return q.get('order') === 'desc' ? rows.reverse() : rows;
}
function listCustomers(mall, q) {
  return newest(Object.values(mall.customers))
    .filter((c) => has(q.get('q'), c.name, c.phone, c.id))
    .map((c) => {
      const sum = (key) =>
        money(
          Object.values(mall.payments)
            .filter((p) => p.customer_id === c.id)
            .reduce((n, p) => n + p[key], 0),
        );
      const orders = Object.values(mall.orders).filter((o) => o.customer_id === c.id);
      const last_activity_at =
        orders
          .map((o) => o.updated_at)
          .sort()
          .at(-1) ?? c.created_at;
      const amounts = { authorized: sum('authorized'), held: sum('held'), captured: sum('captured') };
      const baskets = Object.values(mall.baskets).filter((b) => b.customer_id === c.id);
      const basket_size = baskets.flatMap((b) => b.lines).length;
      return { ...c, basket_size, ...amounts, order_count: orders.length, last_activity_at };
    });
}
function status(mall) {
  const counts = {};
  for (const s of ['pending', 'accepted', 'paid', 'delivered', 'rejected', 'cancelled', 'expired'])
    counts[s] = Object.values(mall.orders).filter((o) => o.status === s).length;
  return {
    mode: { database: 'sqlite', bus: 'in_process' },
    version: 'mock',
    uptime_ms: Date.now() - mall.startedAt,
    started_at: new Date(mall.startedAt).toISOString(),
    currency: 'EUR',
    head_position: mall.events.length,
    bus: { kind: 'in_process', state: 'ok', lag: 0, relayed_position: 0, refilled_total: 0, durable: true },
    actors: { stores: Object.keys(mall.stores).length, orders: counts.pending + counts.accepted },
    pending_sagas: counts.pending + counts.accepted,
    queue: { writer_depth: 0, admitted: 1, admission_limit: 512 },
    settle_lateness_ms: { p50: 0.8, p99: 3.1, max: 12 },
    orders: counts,
    settings: { payment_delay_ms: mall.paymentDelay, store_delay_ms: mall.storeDelay, shipping_delay_ms: 0 },
  };
}
const NAMES = ['on hand covers reserved', 'reserved is the sum of reservations', 'items are conserved'];
const audit = (mall) => ({
  ok: true,
  position: mall.events.length,
  checked_at: new Date().toISOString(),
  took_ms: 3,
  invariants: NAMES.map((name, i) => ({ id: `I${i + 1}`, name, ok: true, checked: 40 * (i + 1), violations: [] })),
});

/** `method path` -> handler({mall, id, sub, q, body}); `{}` stands for an id. */
export const routes = {
  'GET /clock': ({ mall }) => {
    const now = new Date().toISOString();
    const clock = { now, wall: now, offset_ms: 0, speed: 1, status: 'running', target: null, next_due_at: null };
    return { ...clock, pending_timers: 0, position: mall.events.length, stalled: null, version: 0 };
  },
  'GET /stores': ({ mall, q }) => {
    const flag = q.get('participating');
    const rows = newest(Object.values(mall.stores)).filter(
      (s) => !s.archived && has(q.get('q'), s.name, s.location) && (flag === null || String(s.participating) === flag),
    );
    return page(
      rows.map((s) => mall.storeView(s)),
      q,
    );
  },
  'POST /stores': ({ mall, body }) => {
    need(body, 'name');
    need(body, 'location');
    if (body.name.length > 80) throw invalid('/name', 'The name is longer than 80 characters.');
    return { status: 201, body: mall.storeView(mall.createStore(body)) };
  },
  'GET /stores/{}': ({ mall, id }) => mall.storeView(get(mall.stores, id, 'Store')),
  'PATCH /stores/{}': ({ mall, id, body }) => {
    const store = Object.assign(get(mall.stores, id, 'Store'), body);
    mall.emit('store', 'edited', id, body);
    return mall.storeView(store);
  },
  'DELETE /stores/{}': ({ mall, id }) => {
    get(mall.stores, id, 'Store').archived = true;
    mall.emit('store', 'archived', id, {});
    return { status: 204 };
  },
  'PUT /stores/{}/participation': ({ mall, id }) => join(mall, get(mall.stores, id, 'Store'), true),
  'DELETE /stores/{}/participation': ({ mall, id }) => join(mall, get(mall.stores, id, 'Store'), false),
  'GET /stores/{}/products': ({ mall, id, q }) => {
    get(mall.stores, id, 'Store');
    const rows = newest(mall.productsOf(id)).map((p) => mall.productView(p));
    if (q.get('format') === 'csv') return csv(rows, ['id', 'sku', 'name', 'stock']);
    return page(rows, q);
  },
  'POST /stores/{}/products': ({ mall, id, body }) => {
    need(body, 'name');
    return { status: 201, body: mall.productView(mall.addProduct(get(mall.stores, id, 'Store'), body)) };
  },
  'DELETE /stores/{}/products': ({ mall, id }) => {
    for (const p of mall.productsOf(id)) mall.archiveProduct(p);
    return { status: 204 };
  },
  'GET /products': ({ mall, q }) => {
    const sort = q.get('sort') ?? 'newest';
    let rows = newest(Object.values(mall.products))
      .filter((p) => !p.archived && mall.stores[p.store_id].participating && !mall.stores[p.store_id].archived)
      .filter((p) => has(q.get('q'), p.name, p.description, p.sku) && [null, p.store_id].includes(q.get('store_id')))
      .map((p) => mall.productView(p));
    if (sort !== 'newest') rows = rows.sort(SORTS[sort.replace('-', '')]);
    if (sort.startsWith('-')) rows.reverse();
    return page(rows, q);
  },
  'GET /products/{}': ({ mall, id }) => mall.productView(get(mall.products, id, 'Product')),
  'PATCH /products/{}': ({ mall, id, body }) => {
    const p = get(mall.products, id, 'Product');
    mall.editProduct(p, body);
    return mall.productView(p);
  },
  'POST /products/archive': ({ mall, body }) => {
    for (const id of body.ids) mall.archiveProduct(get(mall.products, id, 'Product'));
    return { archived: body.ids.length };
  },
  'POST /customers': ({ mall, body }) => {
    need(body, 'name');
    need(body, 'phone');
    const c = { id: uuid(), ...body, created_at: new Date().toISOString() };
    mall.customers[c.id] = c;
    mall.emit('customer', 'registered', c.id, { name: c.name });
    return { status: 201, body: { ...c, access_token: `customer-${c.id}` } };
  },
  'GET /customers': ({ mall, q }) => page(listCustomers(mall, q), q),
  'GET /customers/{}': ({ mall, id }) => get(mall.customers, id, 'Customer'),
  'POST /baskets': ({ mall }) => {
    const b = (mall.baskets[uuid()] = { lines: [] });
    b.id = Object.keys(mall.baskets).at(-1);
    mall.emit('basket', 'created', b.id, {});
    return { status: 201, body: mall.basketView(b) };
  },
  'GET /baskets/{}': ({ mall, id }) => mall.basketView(get(mall.baskets, id, 'Basket')),
  'PUT /baskets/{}/items/{}': ({ mall, id, sub, body }) => {
    const b = get(mall.baskets, id, 'Basket');
    get(mall.products, sub, 'Product');
    const line = b.lines.find((l) => l.product_id === sub);
    if (line) line.quantity = body.quantity;
    else b.lines.push({ product_id: sub, quantity: body.quantity });
    mall.emit('basket', 'item_set', id, { product_id: sub, quantity: body.quantity });
    return mall.basketView(b);
  },
  'DELETE /baskets/{}/items/{}': ({ mall, id, sub }) => {
    const b = get(mall.baskets, id, 'Basket');
    b.lines = b.lines.filter((l) => l.product_id !== sub);
    mall.emit('basket', 'item_removed', id, { product_id: sub });
    return mall.basketView(b);
  },
  'DELETE /baskets/{}/items': ({ mall, id }) => {
    const b = get(mall.baskets, id, 'Basket');
    b.lines = [];
    mall.emit('basket', 'cleared', id, {});
    return mall.basketView(b);
  },
  'PUT /baskets/{}/customer': ({ mall, id, body }) => {
    const b = get(mall.baskets, id, 'Basket');
    if (b.customer_id && b.customer_id !== body.customer_id) throw conflict('The basket belongs to another customer.');
    if (!b.customer_id) {
      b.customer_id = body.customer_id;
      mall.emit('basket', 'claimed', id, body);
    }
    return mall.basketView(b);
  },
  'POST /baskets/{}/checkout': ({ mall, id, body }) => {
    const b = get(mall.baskets, id, 'Basket');
    const { items } = mall.basketView(b);
    const order = mall.submit(body.customer_id, body.payment_id, items, body.on_shortage, b);
    return { status: 201, body: mall.view(order) };
  },
  'POST /payments': ({ mall, body }) => {
    const p = { id: uuid(), customer_id: body.customer_id, authorized: body.amount.amount_minor, held: 0, captured: 0 };
    p.created_at = new Date().toISOString();
    mall.payments[p.id] = p;
    mall.emit('payment', 'authorized', p.id, { customer_id: p.customer_id, amount: body.amount });
    return { status: 201, body: mall.paymentView(p) };
  },
  'GET /payments': ({ mall, q }) => {
    const rows = Object.values(mall.payments).filter((p) => p.customer_id === q.get('customer_id'));
    return page(
      newest(rows).map((p) => mall.paymentView(p)),
      q,
    );
  },
  'POST /orders': ({ mall, body }) => {
    const basket = mall.basketView({ lines: body.items });
    const order = mall.submit(body.customer_id, body.payment_id, basket.items, body.on_shortage);
    return { status: 201, body: mall.view(order) };
  },
  'GET /orders': ({ mall, q }) => {
    const rows = listOrders(mall, q);
    return q.get('format') === 'csv' ? csv(rows, ['id', 'customer_id', 'status']) : page(rows, q);
  },
  'GET /orders/{}': ({ mall, id, q }) => {
    const o = get(mall.orders, id, 'Order');
    const version = q.get('at_version');
    return version ? mall.history[id][version] : mall.view(o);
  },
  'POST /orders/{}/cancel': ({ mall, id, body }) => {
    const o = get(mall.orders, id, 'Order');
    mall.cancel(o, body.reason);
    return mall.view(o);
  },
  'POST /orders/{}/pay': ({ mall, id }) => {
    const o = get(mall.orders, id, 'Order');
    mall.pay(o);
    return mall.view(o);
  },
  'POST /orders/archive': ({ mall, body }) => {
    for (const id of body.ids) {
      get(mall.orders, id, 'Order').hidden = true;
      mall.emit('order', 'archived', id, {});
    }
    return { archived: body.ids.length };
  },
  'GET /orders/{}/events': ({ mall, id, q }) => {
    q.set('stream_id', id);
    return page(listEvents(mall, q), q);
  },
  'GET /events': ({ mall, q }) => page(listEvents(mall, q), q),
  'GET /status': ({ mall }) => status(mall),
  ...accessRoutes,
  'GET /audit': ({ mall }) => audit(mall),
  'POST /demo': ({ mall }) => fillDemo(mall),
};
