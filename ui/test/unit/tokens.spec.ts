import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setCustomerToken, setStaffToken, staffToken } from '@/api/credentials';
import { local } from '@/lib/storage';
import { useAccess } from '@/stores/access';
import TokenDialog from '@/views/admin/TokenDialog.vue';
import OrderActions from '@/views/orders/OrderActions.vue';
import { order, stubServer, uuid, type Call } from './support';

enableAutoUnmount(afterEach);
beforeEach(() => {
  setStaffToken('');
  setCustomerToken(undefined);
});
// The stores of all tests watch the same credentials.
afterEach(() => useAccess().$dispose());

/** A mall that is open until a token is made; `secret` is what the answer holds. */
function mall(secret: string | undefined) {
  let closed = false;
  return stubServer(({ method, path, headers, body }: Call) => {
    const known = closed && headers.get('authorization') === `Bearer ${secret}`;
    if (path === '/whoami')
      return { body: { closed, role: closed ? (known ? 'admin' : 'anonymous') : 'open', name: known ? 'ann' : null } };
    if (method !== 'POST' || path !== '/tokens') return undefined;
    closed = true;
    return { status: 201, body: { ...(body as object), created_at: '', token: secret } };
  });
}

async function make() {
  const access = useAccess();
  await flushPromises();
  const dialog = mount(TokenDialog, { props: { modelValue: false }, attachTo: document.body });
  await dialog.setProps({ modelValue: true });
  await flushPromises();
  const reader = document.querySelector<HTMLInputElement>('input[value=reader]')!;
  expect(reader.disabled).toBe(true);
  const name = document.querySelector<HTMLInputElement>('#token-name')!;
  name.value = 'ann';
  name.dispatchEvent(new Event('input'));
  document.querySelector('#token-form')!.dispatchEvent(new Event('submit'));
  await flushPromises();
  return access;
}

describe('the first token of an open mall', () => {
  it("is an administrator's, shows its secret and signs in with it", async () => {
    const calls = mall('plz_adm_1');
    const access = await make();
    expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ name: 'ann', role: 'admin' });
    expect(document.querySelector('[data-testid=secret] [data-id]')?.textContent).toBe('plz_adm_1');
    expect([staffToken.value, access.label]).toEqual(['plz_adm_1', 'ann (administrator)']);
  });

  it('says so when its secret was lost', async () => {
    mall(undefined);
    await make();
    expect(document.querySelector('[data-testid=secret]')).toBeNull();
    expect(document.body.textContent).toContain('its secret was lost on the way');
  });
});

describe('pay and cancel', () => {
  const shown = async (role: string | undefined) => {
    stubServer(({ path }) =>
      path === '/whoami' && role ? { body: { closed: role !== 'open', role, name: null } } : undefined,
    );
    const actions = mount(OrderActions, { props: { order: order({ customer_id: uuid(2) }), busy: false } });
    await flushPromises();
    return actions.find('[data-testid=cancel]').exists();
  };

  it.each([
    ['open', true],
    ['admin', true],
    ['reader', false],
    ['anonymous', false],
    [undefined, false],
  ])('of an order of somebody else are offered to %s: %s', async (role, expected) => {
    expect(await shown(role)).toBe(expected);
  });

  it.each(['reader', 'anonymous', undefined])("of one's own order are offered to %s", async (role) => {
    local.set('customer', { id: uuid(2), name: 'Ana', phone: '1' });
    expect(await shown(role)).toBe(true);
  });
});
