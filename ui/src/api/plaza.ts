// Every call the UI makes, by the name a person would use. Views never spell a path.
import { api, ok, send } from './client';
import { messages, type Message } from '@/lib/sse';
import { toApiError } from './problem';
import type {
  Comparison,
  Advance,
  Audit,
  Basket,
  Clock,
  Customer,
  CustomerSummary,
  EditProduct,
  EditStore,
  NewProduct,
  NewStore,
  Order,
  OrderStatus,
  Page,
  Payment,
  PlazaEvent,
  Product,
  Reason,
  RegisteredCustomer,
  ShortagePolicy,
  Status,
  Store,
  MadeToken,
  NewSimulation,
  ShippedScenario,
  Simulation,
  Statistics,
  SteerSimulation,
  Money,
  NewOutage,
  ParticipantPersonality,
  Personality,
  Token,
  TokenRole,
  WhoAmI,
} from './types';

export interface Paging {
  limit?: number;
  cursor?: string;
}
export interface OrderQuery extends Paging {
  customer_id?: string;
  status?: OrderStatus;
  store_id?: string;
  reason?: Reason;
  q?: string;
  created_after?: string;
  created_before?: string;
  archived?: boolean;
  sort?: 'created_at' | '-created_at';
}
export interface EventQuery extends Paging {
  after?: number;
  stream_id?: string;
  correlation_id?: string;
  type?: string;
  order?: 'asc' | 'desc';
}
export type ProductSort = 'newest' | 'name' | 'price' | '-price' | 'stock' | '-stock';

const at = (id: string) => ({ path: { id } });
/** An edit says which version it saw, so that a change made meanwhile is noticed (412) and not overwritten. */
const ifMatch = (version: number) => ({ header: { 'If-Match': `"v${version}"` } });
const seen = (id: string, version: number) => ({ ...at(id), ...ifMatch(version) });
const once = (key?: string) => (key ? { header: { 'Idempotency-Key': key } } : {});

export const plaza = {
  stores: (query: Paging & { q?: string; participating?: boolean }): Promise<Page<Store>> =>
    ok(api.GET('/api/v1/stores', { params: { query } })),
  store: (id: string): Promise<Store> => ok(api.GET('/api/v1/stores/{id}', { params: at(id) })),
  createStore: (body: NewStore): Promise<Store> => ok(api.POST('/api/v1/stores', { body })),
  editStore: (store: Store, body: EditStore): Promise<Store> =>
    ok(api.PATCH('/api/v1/stores/{id}', { params: seen(store.id, store.version), body })),
  archiveStore: (id: string) => ok(api.DELETE('/api/v1/stores/{id}', { params: at(id) })),
  setParticipation: (id: string, on: boolean): Promise<Store> =>
    on
      ? ok(api.PUT('/api/v1/stores/{id}/participation', { params: at(id) }))
      : ok(api.DELETE('/api/v1/stores/{id}/participation', { params: at(id) })),

  products: (query: Paging & { q?: string; store_id?: string; sort?: ProductSort }): Promise<Page<Product>> =>
    ok(api.GET('/api/v1/products', { params: { query } })),
  storeProducts: (id: string, query: Paging): Promise<Page<Product>> =>
    ok(api.GET('/api/v1/stores/{id}/products', { params: { ...at(id), query } })),
  product: (id: string): Promise<Product> => ok(api.GET('/api/v1/products/{id}', { params: at(id) })),
  createProduct: (storeId: string, body: NewProduct, key?: string): Promise<Product> =>
    ok(api.POST('/api/v1/stores/{id}/products', { params: { ...at(storeId), ...once(key) }, body })),
  editProduct: (product: Product, body: EditProduct): Promise<Product> =>
    ok(api.PATCH('/api/v1/products/{id}', { params: seen(product.id, product.version), body })),
  archiveProducts: (ids: string[]): Promise<{ archived: number }> =>
    ok(api.POST('/api/v1/products/archive', { body: { ids } })),
  archiveAllProducts: (storeId: string) => ok(api.DELETE('/api/v1/stores/{id}/products', { params: at(storeId) })),

  registerCustomer: (body: { name: string; phone: string }, key?: string): Promise<RegisteredCustomer> =>
    ok(api.POST('/api/v1/customers', { params: once(key), body })),
  customer: (id: string): Promise<Customer> => ok(api.GET('/api/v1/customers/{id}', { params: at(id) })),
  customers: (query: Paging & { q?: string }): Promise<Page<CustomerSummary>> =>
    ok(api.GET('/api/v1/customers', { params: { query } })),

  createBasket: (): Promise<Basket> => ok(api.POST('/api/v1/baskets', {})),
  basket: (id: string): Promise<Basket> => ok(api.GET('/api/v1/baskets/{id}', { params: at(id) })),
  setBasketItem: ({ id, version }: Basket, product_id: string, quantity: number): Promise<Basket> =>
    ok(
      api.PUT('/api/v1/baskets/{id}/items/{product_id}', {
        params: { path: { id, product_id }, ...ifMatch(version) },
        body: { quantity },
      }),
    ),
  removeBasketItem: ({ id, version }: Basket, product_id: string): Promise<Basket> =>
    ok(
      api.DELETE('/api/v1/baskets/{id}/items/{product_id}', {
        params: { path: { id, product_id }, ...ifMatch(version) },
      }),
    ),
  clearBasket: ({ id, version }: Basket): Promise<Basket> =>
    ok(api.DELETE('/api/v1/baskets/{id}/items', { params: seen(id, version) })),
  /** From then on the basket goes by its customer instead of by its id alone. */
  claimBasket: (id: string, customer_id: string): Promise<Basket> =>
    ok(api.PUT('/api/v1/baskets/{id}/customer', { params: at(id), body: { customer_id } })),
  checkout: (
    basketId: string,
    body: { customer_id: string; payment_id: string; on_shortage: ShortagePolicy; expected_total?: Money },
    key: string,
  ): Promise<Order> =>
    ok(api.POST('/api/v1/baskets/{id}/checkout', { params: { ...at(basketId), ...once(key) }, body })),

  authorize: (body: { customer_id: string; amount: Money }, key: string): Promise<Payment> =>
    ok(api.POST('/api/v1/payments', { params: once(key), body })),
  payments: (customer_id: string): Promise<Page<Payment>> =>
    ok(api.GET('/api/v1/payments', { params: { query: { customer_id, limit: 50 } } })),

  orders: (query: OrderQuery): Promise<Page<Order>> => ok(api.GET('/api/v1/orders', { params: { query } })),
  order: (id: string, at_version?: number): Promise<Order> =>
    ok(api.GET('/api/v1/orders/{id}', { params: { ...at(id), query: { at_version } } })),
  orderEvents: (id: string, query: Paging): Promise<Page<PlazaEvent>> =>
    ok(api.GET('/api/v1/orders/{id}/events', { params: { ...at(id), query } })),
  payOrder: (order: Order): Promise<Order> =>
    ok(api.POST('/api/v1/orders/{id}/pay', { params: seen(order.id, order.version) })),
  cancelOrder: (order: Order): Promise<Order> =>
    ok(api.POST('/api/v1/orders/{id}/cancel', { params: seen(order.id, order.version), body: {} })),
  archiveOrders: (ids: string[]): Promise<{ archived: number }> =>
    ok(api.POST('/api/v1/orders/archive', { body: { ids } })),

  events: (query: EventQuery): Promise<Page<PlazaEvent>> => ok(api.GET('/api/v1/events', { params: { query } })),
  status: (): Promise<Status> => ok(api.GET('/api/v1/status', {})),
  audit: (): Promise<Audit> => ok(api.GET('/api/v1/audit', {})),
  /** Who the holder of a token is; without one, who this browser is. */
  whoAmI: (token?: string): Promise<WhoAmI> =>
    ok(api.GET('/api/v1/whoami', token ? { headers: { Authorization: `Bearer ${token}` } } : {})),
  tokens: (): Promise<Page<Token>> => ok(api.GET('/api/v1/tokens', {})),
  createToken: (body: { name: string; role: TokenRole }, key: string): Promise<MadeToken> =>
    ok(api.POST('/api/v1/tokens', { params: once(key), body })),
  revokeToken: (name: string) => ok(api.DELETE('/api/v1/tokens/{name}', { params: { path: { name } } })),
  clock: (): Promise<Clock> => ok(api.GET('/api/v1/clock', {})),
  setClock: (speed: number, version?: number): Promise<Clock> =>
    ok(api.PATCH('/api/v1/clock', { params: version === undefined ? {} : ifMatch(version), body: { speed } })),
  /** Mostly there is little to go through: the answer then comes when it is done. */
  advanceClock: (body: Advance, key: string): Promise<Clock> =>
    ok(api.POST('/api/v1/clock/advance', { params: once(key), body, headers: { Prefer: 'wait=1' } })),
  stopClock: (): Promise<Clock> => ok(api.DELETE('/api/v1/clock/advance', {})),
  personalities: (): Promise<Page<ParticipantPersonality>> => ok(api.GET('/api/v1/personalities', {})),
  setPersonality: (storeId: string | undefined, body: Personality, version: number): Promise<Personality> =>
    storeId
      ? ok(api.PUT('/api/v1/stores/{id}/personality', { params: seen(storeId, version), body }))
      : ok(api.PUT('/api/v1/bank/personality', { params: ifMatch(version), body })),
  resetPersonality: (storeId: string | undefined) =>
    storeId
      ? ok(api.DELETE('/api/v1/stores/{id}/personality', { params: at(storeId) }))
      : ok(api.DELETE('/api/v1/bank/personality', {})),
  resetPersonalities: () => ok(api.DELETE('/api/v1/personalities', {})),
  addOutage: (body: NewOutage, key: string): Promise<ParticipantPersonality> =>
    ok(api.POST('/api/v1/outages', { params: once(key), body })),
  statistics: (window: string, step: string): Promise<Statistics> =>
    ok(api.GET('/api/v1/statistics', { params: { query: { window, step } } })),
  scenarios: (): Promise<Page<ShippedScenario>> => ok(api.GET('/api/v1/simulations/scenarios', {})),
  simulations: (): Promise<Page<Simulation>> => ok(api.GET('/api/v1/simulations', {})),
  simulation: (id: string): Promise<Simulation> => ok(api.GET('/api/v1/simulations/{id}', { params: at(id) })),
  startSimulation: (body: NewSimulation, key: string): Promise<Simulation> =>
    ok(api.POST('/api/v1/simulations', { params: once(key), body })),
  steerSimulation: (id: string, body: SteerSimulation): Promise<Simulation> =>
    ok(api.PATCH('/api/v1/simulations/{id}', { params: at(id), body })),
  compareSimulations: (id: string, other: string): Promise<Comparison> =>
    ok(api.GET('/api/v1/simulations/{id}/comparison', { params: { ...at(id), query: { with: other } } })),
  stopSimulation: (id: string): Promise<Simulation> => ok(api.DELETE('/api/v1/simulations/{id}', { params: at(id) })),
  loadDemo: () => ok(api.POST('/api/v1/demo', {})),
};

/** What the server shows as text, fetched with this browser's credentials. */
export async function fetchText(path: string): Promise<string> {
  const response = await send(new Request(new URL(path, location.origin), { headers: { accept: 'text/plain' } }));
  if (!response.ok) throw toApiError(await response.json().catch(() => undefined), response);
  return response.text();
}

/** The messages of a live stream, followed with this browser's credentials from after the one of this number. */
export async function* followSimulation(id: string, after: number, signal: AbortSignal): AsyncGenerator<Message> {
  const headers = { accept: 'text/event-stream', 'Last-Event-ID': String(after) };
  const url = new URL(`/api/v1/simulations/${id}/stream`, location.origin);
  const response = await send(new Request(url, { headers, signal }));
  if (!response.ok || !response.body) throw toApiError(await response.json().catch(() => undefined), response);
  yield* messages(response.body);
}

/** A CSV the server writes (all rows of a filter, not only the page shown), fetched with this browser's credentials. */
export async function fetchCsv(path: string, query: Record<string, string | undefined> = {}): Promise<Blob> {
  const url = new URL(path, location.origin);
  url.searchParams.set('format', 'csv');
  // A spreadsheet opens it, and takes it for another encoding without the mark.
  url.searchParams.set('bom', 'true');
  for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
  const response = await send(new Request(url, { headers: { accept: 'text/csv' } }));
  if (!response.ok) throw toApiError(await response.json().catch(() => undefined), response);
  return response.blob();
}

/**
 * The status the server gives to a stream address, which EventSource does not tell: 401 or 403 means that a token is
 * missing. 0 when it does not answer.
 */
export async function streamStatus(address: string): Promise<number> {
  const abort = new AbortController();
  try {
    return (await globalThis.fetch(address, { signal: abort.signal, cache: 'no-store' })).status;
  } catch {
    return 0;
  } finally {
    abort.abort();
  }
}

/** Whether the server answers at all: tells "down" from "refuses the stream". */
export async function isUp(): Promise<boolean> {
  try {
    return (await globalThis.fetch('/livez', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
