import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bearerFor, refusals, setCustomerToken, setStaffToken, staffToken } from '@/api/credentials';
import { useAccess } from '@/stores/access';
import { useCustomer } from '@/stores/customer';
import { stubServer } from './support';

/** A closed mall that knows these tokens. */
function closedMall(known: Record<string, string>) {
  return stubServer(({ path, headers }) => {
    if (path !== '/whoami') return undefined;
    const token = headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const role = known[token] ?? 'anonymous';
    return { body: { closed: true, role, name: known[token] ? token : null, customer_id: null } };
  });
}

beforeEach(() => {
  setStaffToken('');
  setCustomerToken(undefined);
});

// The stores watch what all of them share.
afterEach(() => useAccess().$dispose());

describe('who one is', () => {
  it('is unknown until the server has said so, and then allows no more than the role', async () => {
    closedMall({ ann: 'admin', eye: 'reader' });
    const access = useAccess();
    expect([access.mayChange, access.maySee, access.label]).toEqual([false, false, '']);
    await flushPromises();
    expect([access.mayChange, access.maySee, access.label]).toEqual([false, false, 'Sign in']);
    expect(await access.signIn('eye')).toBe(true);
    expect([access.mayChange, access.maySee, access.label]).toEqual([false, true, 'eye (reader)']);
    expect(await access.signIn('ann')).toBe(true);
    expect([access.mayChange, access.maySee]).toEqual([true, true]);
  });

  it('keeps no token that the mall does not know', async () => {
    closedMall({});
    const access = useAccess();
    expect(await access.signIn('wrong')).toBe(false);
    expect(staffToken.value).toBe('');
  });

  it('signs out when a token is refused, once', async () => {
    const known: Record<string, string> = { ann: 'admin' };
    const calls = closedMall(known);
    const access = useAccess();
    await access.signIn('ann');
    await flushPromises();
    delete known.ann;
    const before = calls.length;
    refusals.value++;
    await flushPromises();
    expect([staffToken.value, access.ended, access.role]).toEqual(['', true, 'anonymous']);
    expect(calls.length - before).toBeLessThanOrEqual(2);
  });

  it('lets a reader shop as the customer it is', async () => {
    closedMall({ eye: 'reader' });
    await useAccess().signIn('eye');
    setCustomerToken('mine');
    expect(bearerFor('/api/v1/orders', 'GET')).toBe('eye');
    expect(bearerFor('/api/v1/orders', 'POST')).toBe('mine');
    expect(bearerFor('/api/v1/stores', 'POST')).toBe('eye');
  });
});

describe('a registration whose answer was lost', () => {
  it('is made again, because a secret is shown once', async () => {
    let made = 0;
    const calls = stubServer(({ path }) => {
      if (path === '/whoami') return { body: { closed: true, role: 'anonymous', name: null, customer_id: null } };
      made++;
      const customer = { id: `c${made}`, name: 'Ana', phone: '1', created_at: '' };
      return { status: 201, body: made === 1 ? customer : { ...customer, access_token: 'secret' } };
    });
    const customer = useCustomer();
    await customer.register('Ana', '1', 'key');
    expect(customer.id).toBe('c2');
    const keys = calls.filter(({ path }) => path === '/customers').map(({ headers }) => headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(2);
  });
});
