// Who this browser may act as. A token of the staff is typed in by a person; a customer's comes with registration.
import { ref, watch } from 'vue';
import { local, session } from '@/lib/storage';
import type { WhoAmI } from './types';

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

/** How often the server refused this browser; after a refusal it may be known as someone else. */
export const refusals = ref(0);

/** Who the server last said this browser is; nothing until it has. What was shown to one is not shown to the next. */
export const seenAs = ref<WhoAmI['role']>();

/**
 * Calls back when this browser acts as someone else than before; learning for the first time who it is does not count.
 * `out`: it is nobody now, and nothing that staff were shown may stay.
 */
export function onOtherCaller(then: (out: boolean) => void) {
  watch([staffToken, seenAs], ([token, role], [tokenBefore, roleBefore]) => {
    const became = roleBefore !== undefined && role !== roleBefore;
    if (became || token !== tokenBefore) then(became && role === 'anonymous');
  });
}

export function bearerFor(path: string, method = 'GET'): string {
  const own = CUSTOMER_PATHS.test(path) ? customerToken.value : '';
  // A reader's token changes nothing, but its holder may shop as the customer it is.
  const shops = seenAs.value === 'reader' && method !== 'GET' && own !== '';
  return shops ? own : staffToken.value || own;
}
