// Who this browser may act as. A token of the staff is typed in by a person; a customer's comes with registration.
import { ref } from 'vue';
import { local, session } from '@/lib/storage';

export const staffToken = ref(session.get<string>('staff-token') ?? '');
export const customerToken = ref(local.get<string>('customer-token') ?? '');

export function setStaffToken(token: string) {
  staffToken.value = token;
  if (token) session.set('staff-token', token);
  else session.remove('staff-token');
}

export function setCustomerToken(token: string | undefined) {
  customerToken.value = token ?? '';
  if (token) local.set('customer-token', token);
  else local.remove('customer-token');
}

/** A customer's token goes only where it can matter: a stale one must not spoil public pages. */
const CUSTOMER_PATHS = /^\/api\/v1\/(customers\/|baskets|payments|orders)/;

/** How often the server refused this browser: who it is may have changed meanwhile. */
export const refusals = ref(0);

/** Whether the token of the staff is a reader's: it changes nothing, but its holder may shop as a customer. */
export const readsOnly = ref(false);

export function bearerFor(path: string, method = 'GET'): string {
  const own = CUSTOMER_PATHS.test(path) ? customerToken.value : '';
  const shops = readsOnly.value && method !== 'GET' && own !== '';
  return shops ? own : staffToken.value || own;
}
