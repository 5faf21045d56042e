import { createMemoryHistory, createRouter } from 'vue-router';
import { vi } from 'vitest';
import type { Order, PlazaEvent, Product } from '@/api/types';

/** A router without the real pages: lazy routes would load after the test has ended. */
export const stubRouter = () =>
  createRouter({
    history: createMemoryHistory(),
    routes: ['/', '/:rest(.*)*'].map((path) => ({ path, component: { template: '<div />' } })),
  });

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}
type Reply = { status?: number; body?: unknown; headers?: Record<string, string> } | undefined;

/** Stands in for the network: `answer` decides, and every call is kept. */
export function stubServer(answer: (call: Call) => Reply | Promise<Reply>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (input: Request | string) => {
    const request = typeof input === 'string' ? new Request(new URL(input, location.href)) : input;
    const url = new URL(request.url);
    const text = request.body ? await request.text() : '';
    const call = {
      method: request.method,
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      body: text ? (JSON.parse(text) as unknown) : undefined,
      headers: request.headers,
    };
    calls.push(call);
    const reply = (await answer(call)) ?? { status: 404, body: { title: 'Not found', status: 404 } };
    return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), {
      status: reply.status ?? 200,
      headers: { 'content-type': 'application/json', ...reply.headers },
    });
  });
  return calls;
}

export const uuid = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
export const eur = (amount_minor: number) => ({ amount_minor, currency: 'EUR' });

export function event(sequence: number, type: string, data: Record<string, unknown> = {}, at = 0): PlazaEvent {
  return {
    specversion: '1.0',
    id: uuid(9_000 + sequence),
    source: '/plaza',
    type: `plaza.${type}.v1`,
    subject: `${type.split('.')[0]}/${uuid(1)}`,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    sequence: String(sequence),
    streamversion: sequence,
    correlationid: '',
    causationid: '',
    data,
  };
}

export function order(changes: Partial<Order> = {}): Order {
  return {
    id: uuid(1),
    customer_id: uuid(2),
    payment_id: uuid(3),
    status: 'pending',
    payment_status: 'pending',
    delivery_status: 'pending',
    compensation: 'none',
    on_shortage: 'reject_all',
    archived: false,
    reasons: [],
    stores: [
      { store_id: uuid(10), store_name: 'Books', status: 'pending', due_at: new Date(15_000).toISOString() },
      { store_id: uuid(11), store_name: 'Coffee', status: 'pending', due_at: new Date(20_000).toISOString() },
    ],
    payment_due_at: new Date(5_000).toISOString(),
    items: [],
    total: eur(1_999),
    pay_by: null,
    allowed_actions: ['cancel'],
    version: 1,
    created_at: new Date(0).toISOString(),
    updated_at: new Date(0).toISOString(),
    ...changes,
  };
}

/** A product that there is. */
export const product: Product = {
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
