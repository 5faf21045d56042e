// Shoppers for k6 (https://k6.io), at a constant rate whatever the mall answers (an open model).
//
//   k6 run -e PLAZA=http://127.0.0.1:8080 -e RATE=20 examples/load/k6.js
//
// The mall needs something to sell (`plaza --demo`). What k6 can not see, and `plaza simulate` does: whether an order
// that was answered is really there and is there once, whether money or stock was lost, and whether a verdict was late.
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

const API = `${__ENV.PLAZA || 'http://127.0.0.1:8080'}/api/v1`;

export const options = {
  scenarios: {
    shoppers: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE || 10),
      timeUnit: '1s',
      duration: __ENV.DURATION || '1m',
      preAllocatedVUs: 100,
      maxVUs: 2000,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    'http_req_duration{step:submit}': ['p(99)<50'],
    // Shoppers that could not come because k6 had nobody left to send.
    dropped_iterations: ['count==0'],
  },
};

export function setup() {
  // Keys start otherwise in every run: what was asked before would only be answered again.
  const run = Math.random().toString(36).slice(2);
  return { run, products: http.get(`${API}/products?limit=200`).json('items') };
}

function post(path, body, key, step, token) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': `${key}-${step}` };
  if (token) headers.Authorization = `Bearer ${token}`;
  return http.post(API + path, body && JSON.stringify(body), { headers, tags: { step } });
}

export default function ({ run, products }) {
  const number = exec.scenario.iterationInTest;
  const key = `k6-${run}-${number}`;
  const product = products[number % products.length];
  const customer = post('/customers', { name: `k6 ${number}`, phone: '555' }, key, 'register').json();
  const token = customer.access_token;
  const payment = post('/payments', { customer_id: customer.id, amount: product.price }, key, 'authorize', token).json();
  const placed = post(
    '/orders',
    { customer_id: customer.id, payment_id: payment.id, items: [{ product_id: product.id, quantity: 1 }] },
    key,
    'submit',
    token,
  );
  if (!check(placed, { 'the order is placed': (answer) => answer.status === 201 })) return;
  const read = { headers: token ? { Authorization: `Bearer ${token}` } : {}, tags: { step: 'look' } };
  let order = placed.json();
  for (let looks = 0; order.status === 'pending' && looks < 120; looks += 1) {
    sleep(0.5);
    order = http.get(`${API}/orders/${order.id}`, read).json();
  }
  if (order.status === 'accepted') {
    const paid = post(`/orders/${order.id}/pay`, null, key, 'pay', token);
    check(paid, { 'it is paid': (answer) => answer.status === 200 });
  }
}
