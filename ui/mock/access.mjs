// Who may do what in the toy mall: tokens of the staff, roles by a few patterns. Coarser than the real table of routes.
import crypto from 'node:crypto';
import { Problem, invalid } from './mall.mjs';

const PUBLIC = [
  /^GET \/(stores|products)/,
  /^GET \/(whoami|clock)$/,
  /^POST \/customers$/,
  /^\w+ \/baskets(?!.*\/(customer|checkout)$)/,
];
const CUSTOMER = [/^GET \/customers\//, /^\w+ \/(baskets|payments)/, /^\w+ \/orders(?!\/archive)/, /^GET \/events/];
const matches = (patterns, route) => patterns.some((p) => p.test(route));
const inUse = (mall) => mall.tokens.filter((t) => !t.revoked_at);
const view = ({ name, role, created_at, revoked_at }) => ({ name, role, created_at, revoked_at });

const { PLAZA_ADMIN_TOKEN: setting } = process.env;

/** Who shows this secret. A customer's is made from its id, so that a restart knows it. */
export function whoIs(mall, secret) {
  const closed = !!setting || inUse(mall).length > 0;
  const as = (role, name = null, customer_id = null) => ({ closed, role, name, customer_id });
  if (!closed) return as('open');
  if (setting && secret === setting) return as('admin');
  const token = inUse(mall).find((t) => t.secret === secret);
  if (token) return as(token.role, token.name);
  const customer = /^customer-(.+)$/.exec(secret)?.[1];
  return mall.customers[customer] ? as('customer', null, customer) : as('anonymous');
}

/** Throws when the caller may not use the route. */
export function admit({ role }, route) {
  if (role === 'open' || role === 'admin' || matches(PUBLIC, route)) return;
  if (role === 'reader' && route.startsWith('GET ') && route !== 'GET /tokens') return;
  if (role === 'customer' && matches(CUSTOMER, route)) return;
  if (role === 'anonymous') throw new Problem(401, 'unauthorized', 'A token is needed');
  throw new Problem(403, 'forbidden', 'The token does not allow this');
}

export const accessRoutes = {
  'GET /whoami': ({ who }) => who,
  'GET /tokens': ({ mall }) => ({ items: mall.tokens.map(view).reverse(), next_cursor: null }),
  'POST /tokens': ({ mall, body: { name, role = 'admin' } }) => {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name ?? '')) throw invalid('/name', 'A token has a name of letters and digits.');
    if (inUse(mall).some((t) => t.name === name))
      throw new Problem(409, 'token_taken', 'The name is taken', `there is a token ${name} already`);
    const secret = `plz_${role === 'admin' ? 'adm' : 'rdr'}_${crypto.randomBytes(32).toString('hex')}`;
    const token = { name, role, created_at: new Date().toISOString(), revoked_at: null, secret };
    mall.tokens.push(token);
    mall.save();
    return { status: 201, body: { name, role, created_at: token.created_at, token: secret } };
  },
  'DELETE /tokens/{name}': ({ mall, id }) => {
    const token = inUse(mall).find((t) => t.name === id);
    if (!token) throw new Problem(404, 'unknown_token', 'There is no such token');
    const others = inUse(mall).filter((t) => t !== token);
    if (!setting && token.role === 'admin' && others.length && !others.some((t) => t.role === 'admin')) {
      const detail = `${id} is the last administrator's token, and readers make none; make another administrator first`;
      throw new Problem(409, 'last_token', 'The mall cannot do without this token', detail);
    }
    token.revoked_at = new Date().toISOString();
    mall.save();
    return { status: 204 };
  },
};
