import { computed, watch } from 'vue';
import { plaza } from '@/api/plaza';
import type { Payment } from '@/api/types';
import { useLiveRefresh } from '@/composables/useLiveRefresh';
import { useResource } from '@/composables/useResource';
import { streamId } from '@/lib/events';
import { useCustomer } from '@/stores/customer';

/** This customer's authorizations, newest first, and the one chosen for the next order. */
export function usePayments() {
  const customer = useCustomer();
  const list = useResource<Payment[]>(async () => (customer.id ? (await plaza.payments(customer.id)).items : []));
  watch(
    () => customer.id,
    () => void list.reload(),
    { immediate: true },
  );
  const all = computed(() => list.data.value ?? []);
  useLiveRefresh(
    (e) => e.type.startsWith('plaza.payment.') && all.value.some((p) => p.id === streamId(e)),
    list.reload,
  );
  /** A used-up authorization cannot pay for more; one over zero still pays for what is free. */
  const isUsable = (p: Payment) =>
    p.status !== 'voided' && (p.available.amount_minor > 0 || p.authorized.amount_minor === 0);
  const usable = computed(() => all.value.filter(isUsable));
  const chosen = computed(() => usable.value.find((p) => p.id === customer.paymentId));
  return { list, loading: list.loading, usable, chosen };
}

export type Payments = ReturnType<typeof usePayments>;
