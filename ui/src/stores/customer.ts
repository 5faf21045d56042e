// The customer this browser shops as. Survives reload and restart; the server knows the rest.
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { setCustomerToken } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import { randomId } from '@/lib/ids';
import { local } from '@/lib/storage';

interface Known {
  id: string;
  name: string;
  phone: string;
}

export const useCustomer = defineStore('customer', () => {
  const known = ref(local.get<Known>('customer'));
  /** The authorization chosen for the next order. */
  const paymentId = ref(local.get<string>('payment-id'));
  const id = computed(() => known.value?.id);

  function keep(customer: Known, token?: string) {
    if (customer.id !== known.value?.id) choosePayment(undefined);
    known.value = { id: customer.id, name: customer.name, phone: customer.phone };
    local.set('customer', known.value);
    if (token) setCustomerToken(token);
  }
  async function register(name: string, phone: string, key: string) {
    let customer = await plaza.registerCustomer({ name, phone }, key);
    // The first answer was lost, and with it the token, which nobody is shown twice: this one is another registration.
    if (!customer.access_token && (await plaza.whoAmI()).closed)
      customer = await plaza.registerCustomer({ name, phone }, randomId());
    keep(customer, customer.access_token);
  }
  async function find(customerId: string, token?: string) {
    if (token) setCustomerToken(token);
    keep(await plaza.customer(customerId));
  }
  function forget() {
    known.value = undefined;
    local.remove('customer');
    setCustomerToken(undefined);
    choosePayment(undefined);
  }
  function choosePayment(payment: string | undefined) {
    paymentId.value = payment;
    if (payment) local.set('payment-id', payment);
    else local.remove('payment-id');
  }
  return { known, id, paymentId, register, find, forget, choosePayment };
});
