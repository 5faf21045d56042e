// Who this browser may act as. The admin token is typed in by a person; a customer's token comes with registration.
import { ref } from 'vue';
import { local, session } from '@/lib/storage';

export const adminToken = ref(session.get<string>('admin-token') ?? '');
export const customerToken = ref(local.get<string>('customer-token') ?? '');

export function setAdminToken(token: string) {
  adminToken.value = token;
  if (token) session.set('admin-token', token);
  else session.remove('admin-token');
}

export function setCustomerToken(token: string | undefined) {
  customerToken.value = token ?? '';
  if (token) local.set('customer-token', token);
  else local.remove('customer-token');
}

/** A customer's token goes only where it can matter: a stale one must not spoil public pages. */
const CUSTOMER_PATHS = /^\/api\/v1\/(customers\/|baskets|payments|orders)/;

export function bearerFor(path: string): string {
  if (adminToken.value) return adminToken.value;
  return CUSTOMER_PATHS.test(path) ? customerToken.value : '';
}
