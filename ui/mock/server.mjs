// `node mock/server.mjs`: the toy mall behind the same doors as Plaza: REST, SSE, the bundle, the CSP.
// Takes the settings of the real one that matter here: PLAZA_LISTEN, PLAZA_DATA_DIR, PLAZA_PAYMENT_DELAY, PLAZA_STORE_DELAY.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { admit, whoIs } from './access.mjs';
import { Mall, Problem, notFound } from './mall.mjs';
import { routes } from './routes.mjs';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
function duration(text, fallback) {
  const m = /^(\d+)(ms|s|m|h)$/.exec(text ?? '');
  return m ? Number(m[1]) * UNITS[m[2]] : fallback;
}

const { env } = process;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../static');
const [host, port] = (env.PLAZA_LISTEN ?? '127.0.0.1:8080').split(':');
if (env.PLAZA_DATA_DIR) fs.mkdirSync(env.PLAZA_DATA_DIR, { recursive: true });
const mall = new Mall({
  paymentDelay: duration(env.PLAZA_PAYMENT_DELAY, 5_000),
  storeDelay: duration(env.PLAZA_STORE_DELAY, 15_000),
  payDeadline: duration(env.PLAZA_PAY_DEADLINE, 1_800_000),
  dataDir: env.PLAZA_DATA_DIR,
});
const secretOf = (req, url) =>
  req.headers.authorization?.slice('Bearer '.length) ?? url.searchParams.get('access_token');
/** Answers already given, by idempotency key. */
const answered = new Map();

function send(res, status, body, type = 'application/json') {
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  res.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
}

function stream(req, res, query) {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const write = (e) => res.write(`id: ${e.sequence}\ndata: ${JSON.stringify(e)}\n\n`);
  res.write(': hello\n\n');
  const after = Number(req.headers['last-event-id'] ?? query.get('after') ?? mall.events.length);
  mall.events.slice(after).forEach(write);
  mall.listeners.add(write);
  req.on('close', () => mall.listeners.delete(write));
}

async function answer(req, url, who) {
  const parts = url.pathname.replace('/api/v1', '').split('/');
  const [, , id, , sub] = parts;
  const isId = (p) => /^[0-9a-f-]{36}$/.test(p);
  const route = `${req.method} ${parts.map((p) => (isId(p) ? '{}' : p)).join('/')}`;
  const handler = routes[route] ?? routes[route.replace(/^(DELETE \/tokens)\/.+/, '$1/{name}')];
  if (!handler) throw notFound('Route');
  let text = '';
  for await (const chunk of req) text += chunk;
  const key = req.headers['idempotency-key'];
  if (key && answered.has(key)) return answered.get(key);
  const out = handler({ mall, who, id, sub, q: url.searchParams, body: text ? JSON.parse(text) : {} });
  const reply = typeof out?.status === 'number' ? out : { status: 200, body: out };
  if (key) answered.set(key, reply);
  return reply;
}

const MIME = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
function asset(res, pathname) {
  let file = path.join(root, pathname);
  if (!file.startsWith(root) || !fs.existsSync(file) || fs.statSync(file).isDirectory()) {
    if (path.extname(pathname)) return send(res, 404, 'not found', 'text/plain');
    file = path.join(root, 'index.html');
  }
  const headers = { 'content-type': MIME[path.extname(file)] ?? 'application/octet-stream' };
  if (file.endsWith('.html')) headers['content-security-policy'] = CSP;
  res.writeHead(200, headers);
  res.end(fs.readFileSync(file));
}

const server = http.createServer(async (req, res) => {
  const url = new URL(req.url, 'http://mock');
  if (url.pathname === '/livez' || url.pathname === '/readyz') return send(res, 200, 'ok', 'text/plain');
  if (!url.pathname.startsWith('/api/v1/')) return asset(res, url.pathname);
  try {
    const who = whoIs(mall, secretOf(req, url) ?? '');
    admit(who, `${req.method} ${url.pathname.replace('/api/v1', '')}`);
    if (url.pathname === '/api/v1/events/stream') return stream(req, res, url.searchParams);
    const { status, body } = await answer(req, url, who);
    if (body?.csv) send(res, status, body.csv.join('\r\n'), 'text/csv');
    else send(res, status, body);
  } catch (e) {
    const problem = e instanceof Problem ? e.body : { type: 'about:blank', title: String(e), status: 500 };
    if (!(e instanceof Problem)) console.error(e);
    send(res, problem.status, problem, 'application/problem+json');
  }
});
server.listen(Number(port), host, () => console.log(`mock plaza on http://${host}:${port}`));
