// A toy mall for work on the UI without a server: the contract's shapes and timings, none of its guarantees.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const CURRENCY = 'EUR';
export const money = (amount_minor) => ({ amount_minor, currency: CURRENCY });
const iso = (ms) => new Date(ms).toISOString();
let lastMs = 0;
let counter = 0;
/** UUIDv7, increasing: lists sort by it. */
export function uuid() {
  const now = Date.now();
  counter = now === lastMs ? counter + 1 : 0;
  lastMs = now;
  const time = now.toString(16).padStart(12, '0');
  const rand = crypto.randomBytes(8).toString('hex');
  const seq = (0x7000 + (counter & 0xfff)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${seq}-a${rand.slice(0, 3)}-${rand.slice(3, 15)}`;
}

export class Problem extends Error {
  constructor(status, code, title, detail, errors) {
    super(title);
    this.body = { type: 'about:blank', title, status, detail, code, trace_id: crypto.randomBytes(8).toString('hex') };
    if (errors) this.body.errors = errors;
  }
}
export const notFound = (what) => new Problem(404, 'NOT_FOUND', `${what} not found`);
export const conflict = (detail) => new Problem(409, 'STATE', 'The state does not allow this', detail);
export const invalid = (pointer, detail) =>
  new Problem(422, 'INVALID', 'The request is not valid', detail, [{ pointer, code: 'INVALID', detail }]);

export class Mall {
  stores = {};
  products = {};
  customers = {};
  baskets = {};
  payments = {};
  orders = {};
  /** Order snapshots by version, for time travel. */
  history = {};
  events = [];
  /** Of the staff, with their secrets: a toy. */
  tokens = [];
  versions = {};
  listeners = new Set();
  startedAt = Date.now();

  constructor({ paymentDelay, storeDelay, payDeadline, dataDir }) {
    Object.assign(this, { paymentDelay, storeDelay, payDeadline });
    this.file = dataDir && path.join(dataDir, 'mall.json');
    if (this.file && fs.existsSync(this.file)) this.restore(JSON.parse(fs.readFileSync(this.file, 'utf8')));
  }
  restore(saved) {
    Object.assign(this, saved);
    for (const o of Object.values(this.orders)) if (o.status === 'pending') this.schedule(o);
  }
  save() {
    if (!this.file) return;
    const { stores, products, customers, baskets, payments, orders, history, events, versions, tokens } = this;
    const all = { stores, products, customers, baskets, payments, orders, history, events, versions, tokens };
    fs.writeFileSync(this.file, JSON.stringify(all));
  }
  emit(stream, name, id, data, order) {
    const version = (this.versions[id] = (this.versions[id] ?? 0) + 1);
    const event = {
      specversion: '1.0',
      id: uuid(),
      source: '/plaza',
      type: `plaza.${stream}.${name}.v1`,
      subject: `${stream}/${id}`,
      time: iso(Date.now()),
      datacontenttype: 'application/json',
      sequence: String(this.events.length + 1),
      streamversion: version,
      correlationid: order ?? id,
      causationid: this.events.at(-1)?.id ?? id,
      data,
    };
    this.events.push(event);
    const entity = { store: this.stores, payment: this.payments, basket: this.baskets, order: this.orders }[stream]?.[
      id
    ];
    if (entity) entity.version = version;
    if (stream === 'order') {
      const o = this.orders[id];
      o.updated_at = event.time;
      (this.history[id] ??= {})[version] = structuredClone(this.view(o));
    }
    this.save();
    for (const listener of this.listeners) listener(event);
  }

  createStore({ name, location, confirmation_delay_ms, fulfilment }) {
    const id = uuid();
    const delay = confirmation_delay_ms ?? this.storeDelay;
    this.stores[id] = {
      id,
      name,
      location,
      participating: false,
      confirmation_delay_ms: delay,
      fulfilment: fulfilment ?? 'internal',
      created_at: iso(Date.now()),
    };
    this.emit('store', 'created', id, { name, location });
    return this.stores[id];
  }
  storeView(s) {
    return { ...s, product_count: this.productsOf(s.id).length };
  }
  productsOf(storeId) {
    return Object.values(this.products).filter((p) => p.store_id === storeId && !p.archived);
  }
  addProduct(store, { name, description = null, sku = null, price, stock }) {
    if (sku && this.productsOf(store.id).some((p) => p.sku === sku)) throw invalid('/sku', 'This SKU is taken.');
    const id = uuid();
    const p = { id, store_id: store.id, sku, name, description, price, on_hand: stock, reserved: 0, version: 1 };
    p.created_at = iso(Date.now());
    this.products[id] = p;
    this.emit('store', 'product_added', store.id, { product_id: id, name, sku, price, stock });
    return p;
  }
  productView(p) {
    const { id, store_id, sku, name, description, price, reserved, version, created_at } = p;
    const shown = { id, store_id, sku, name, description, price, reserved, version, created_at };
    return { ...shown, store_name: this.stores[store_id].name, stock: p.on_hand - reserved };
  }
  editProduct(p, { stock, ...rest }) {
    Object.assign(p, rest);
    p.version++;
    if (Object.keys(rest).length) this.emit('store', 'product_edited', p.store_id, { product_id: p.id, ...rest });
    if (stock !== undefined) {
      p.on_hand = stock + p.reserved;
      this.emit('store', 'stock_set', p.store_id, { product_id: p.id, available: stock });
    }
  }
  archiveProduct(p) {
    p.archived = true;
    this.emit('store', 'product_archived', p.store_id, { product_id: p.id, name: p.name });
  }

  basketView(b) {
    const items = b.lines.flatMap(({ product_id, quantity }) => {
      const p = this.products[product_id];
      if (!p || p.archived) return [];
      const v = this.productView(p);
      const line_total = money(p.price.amount_minor * quantity);
      const { store_id, store_name } = v;
      const shown = { product_id, store_id, store_name, product_name: p.name, unit_price: p.price };
      return [{ ...shown, quantity, line_total, available: v.stock }];
    });
    const total = money(items.reduce((n, i) => n + i.line_total.amount_minor, 0));
    return { id: b.id, customer_id: b.customer_id ?? null, items, total, version: b.version ?? 1 };
  }
  paymentView(p) {
    const { authorized, held, captured } = p;
    const available = authorized - held - captured;
    return {
      id: p.id,
      customer_id: p.customer_id,
      status: 'authorized',
      authorized: money(authorized),
      available: money(available),
      held: money(held),
      captured: money(captured),
      refunded: money(0),
      created_at: p.created_at,
    };
  }

  submit(customer_id, payment_id, items, on_shortage = 'reject_all', basket) {
    if (!items.length) throw invalid('/items', 'The basket is empty.');
    const id = uuid();
    const now = Date.now();
    const lines = items.map(({ product_id, store_id, store_name, product_name, unit_price, quantity, line_total }) => ({
      product_id,
      store_id,
      store_name,
      product_name,
      unit_price,
      quantity,
      line_total,
    }));
    const stores = [...new Set(lines.map((l) => l.store_id))].map((store_id) => ({
      store_id,
      store_name: this.stores[store_id].name,
      status: 'pending',
      due_at: iso(now + this.stores[store_id].confirmation_delay_ms),
    }));
    const order = {
      id,
      customer_id,
      payment_id,
      on_shortage,
      status: 'pending',
      payment_status: 'pending',
      compensation: 'none',
      reasons: [],
      stores,
      payment_due_at: iso(now + this.paymentDelay),
      items: lines,
      pay_by: null,
      created_at: iso(now),
      updated_at: iso(now),
    };
    this.orders[id] = order;
    const total = this.total(order);
    const due = { payment_due_at: order.payment_due_at };
    this.emit('order', 'submitted', id, { customer_id, payment_id, on_shortage, lines, stores, ...due, total });
    if (basket) {
      basket.lines = [];
      this.emit('basket', 'checked_out', basket.id, { order_id: id });
    }
    this.schedule(order);
    return order;
  }
  total(o) {
    return money(o.items.reduce((n, i) => n + i.line_total.amount_minor, 0));
  }
  view(o) {
    const statuses = o.stores.map((s) => s.status);
    const worst = ['out_of_stock', 'unavailable', 'pending'].find((s) => statuses.includes(s)) ?? statuses[0];
    const actions = { pending: ['cancel'], accepted: ['pay', 'cancel'] }[o.status] ?? [];
    const delivery_status = o.status === 'delivered' ? 'delivered' : worst;
    return { ...o, delivery_status, total: this.total(o), allowed_actions: actions };
  }
  schedule(o) {
    const after = (at, work) => setTimeout(work, Math.max(0, Date.parse(at) - Date.now()));
    if (o.payment_status === 'pending') after(o.payment_due_at, () => this.confirmPayment(o));
    for (const s of o.stores) if (s.status === 'pending') after(s.due_at, () => this.confirmStore(o, s));
  }
  confirmPayment(o) {
    if (o.status !== 'pending') return;
    const p = this.payments[o.payment_id];
    const total = this.total(o).amount_minor;
    if (p.authorized - p.held - p.captured < total) {
      o.payment_status = 'not_enough_money';
      this.emit('order', 'payment_rejected', o.id, { reason: 'NOT_ENOUGH_MONEY' });
      return this.reject(o, 'NOT_ENOUGH_MONEY');
    }
    p.held += total;
    this.emit('payment', 'held', p.id, { order_id: o.id, amount: money(total) }, o.id);
    o.payment_status = 'confirmed';
    this.emit('order', 'payment_confirmed', o.id, { amount: money(total) });
    this.acceptWhenReady(o);
  }
  confirmStore(o, s) {
    if (o.status !== 'pending') return;
    const lines = o.items.filter((i) => i.store_id === s.store_id);
    const available = (id) => this.products[id].on_hand - this.products[id].reserved;
    const short = lines.filter((i) => available(i.product_id) < i.quantity);
    if (short.length) {
      s.status = 'out_of_stock';
      const shown = short.map((i) => ({
        product_id: i.product_id,
        requested: i.quantity,
        available: available(i.product_id),
      }));
      this.emit('order', 'store_rejected', o.id, { store_id: s.store_id, reason: 'OUT_OF_STOCK', lines: shown });
      if (o.on_shortage === 'reject_all' || lines.length === o.items.length) return this.reject(o, 'OUT_OF_STOCK');
      o.items = o.items.filter((i) => i.store_id !== s.store_id);
      this.emit('order', 'line_dropped', o.id, { store_id: s.store_id });
      return this.acceptWhenReady(o);
    }
    for (const i of lines) this.products[i.product_id].reserved += i.quantity;
    const moved = lines.map((i) => ({ product_id: i.product_id, quantity: i.quantity }));
    this.emit('store', 'stock_reserved', s.store_id, { order_id: o.id, lines: moved }, o.id);
    s.status = 'confirmed';
    this.emit('order', 'store_confirmed', o.id, { store_id: s.store_id });
    this.acceptWhenReady(o);
  }
  acceptWhenReady(o) {
    if (o.payment_status !== 'confirmed' || o.stores.some((s) => s.status === 'pending')) return;
    o.status = 'accepted';
    o.pay_by = iso(Date.now() + this.payDeadline);
    this.emit('order', 'accepted', o.id, { total: this.total(o), pay_by: o.pay_by });
  }
  giveBack(o) {
    const held = o.payment_status === 'confirmed';
    const reserved = o.stores.filter((s) => s.status === 'confirmed');
    if (!held && !reserved.length) return;
    const obligations = reserved.map((s) => ({ kind: 'release_stock', store_id: s.store_id }));
    if (held) obligations.push({ kind: 'void_hold' });
    o.compensation = 'pending';
    this.emit('order', 'compensation_required', o.id, { obligations });
    for (const s of reserved) {
      const lines = o.items.filter((i) => i.store_id === s.store_id);
      for (const i of lines) this.products[i.product_id].reserved -= i.quantity;
      this.emit('store', 'stock_released', s.store_id, { order_id: o.id, lines }, o.id);
      s.status = 'released';
      this.emit('order', 'obligation_met', o.id, { kind: 'release_stock', store_id: s.store_id });
    }
    if (held) {
      const p = this.payments[o.payment_id];
      p.held -= this.total(o).amount_minor;
      this.emit('payment', 'hold_voided', p.id, { order_id: o.id }, o.id);
      o.payment_status = 'voided';
      o.compensation = 'done';
      this.emit('order', 'obligation_met', o.id, { kind: 'void_hold' });
    }
    o.compensation = 'done';
  }
  reject(o, reason) {
    o.status = 'rejected';
    o.reasons = [reason];
    this.emit('order', 'rejected', o.id, { reasons: o.reasons });
    this.giveBack(o);
  }
  cancel(o, reason) {
    if (o.status === 'cancelled') return;
    if (!['pending', 'accepted'].includes(o.status)) throw conflict(`The order is ${o.status}.`);
    o.status = 'cancelled';
    this.emit('order', 'cancelled', o.id, { by: 'customer', reason: reason ?? '' });
    this.giveBack(o);
  }
  pay(o) {
    if (o.status !== 'accepted') throw conflict(`The order is ${o.status}.`);
    const p = this.payments[o.payment_id];
    const total = this.total(o).amount_minor;
    p.held -= total;
    p.captured += total;
    o.payment_status = 'captured';
    o.status = 'paid';
    this.emit('payment', 'captured', p.id, { order_id: o.id, amount: money(total) }, o.id);
    this.emit('order', 'paid', o.id, { amount: money(total) });
    for (const s of o.stores.filter((x) => x.status === 'confirmed')) {
      for (const i of o.items.filter((x) => x.store_id === s.store_id)) {
        this.products[i.product_id].reserved -= i.quantity;
        this.products[i.product_id].on_hand -= i.quantity;
      }
      s.status = 'shipped';
      this.emit('store', 'stock_shipped', s.store_id, { order_id: o.id }, o.id);
      this.emit('order', 'store_shipped', o.id, { store_id: s.store_id });
    }
    o.status = 'delivered';
    this.emit('order', 'delivered', o.id, {});
  }
}
