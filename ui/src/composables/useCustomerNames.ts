import { onScopeDispose, shallowRef } from 'vue';
import { onOtherCaller, seenAs } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import { coalesce } from '@/lib/coalesce';
import { useCustomer } from '@/stores/customer';

/** Orders name a customer by its id; people know them by name. Each id is asked for once. */
const names = shallowRef(new Map<string, string>());
const asked = new Set<string>();
const AT_ONCE = 4;
const GATHER_MS = 100;

async function load(ids: string[]) {
  const found = new Map<string, string>();
  const worker = async () => {
    for (let id = ids.pop(); id; id = ids.pop()) {
      const customer = await plaza.customer(id).catch(() => undefined);
      if (customer) found.set(id, customer.name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (found.size) names.value = new Map([...names.value, ...found]);
}

/** The name of a customer for whoever may know it; empty until it is known. */
export function useCustomerNames() {
  const own = useCustomer();
  const missing = new Set<string>();
  const job = coalesce(() => {
    const ids = [...missing];
    missing.clear();
    return load(ids);
  }, GATHER_MS);
  onOtherCaller((out) => {
    asked.clear();
    if (out) names.value = new Map();
  });
  onScopeDispose(job.stop);
  return (id: string): string => {
    if (id === own.known?.id) return own.known.name;
    // A shopper may know no name but their own.
    if (!names.value.has(id) && !asked.has(id) && seenAs.value !== undefined && seenAs.value !== 'anonymous') {
      asked.add(id);
      missing.add(id);
      job.schedule();
    }
    return names.value.get(id) ?? '';
  };
}
