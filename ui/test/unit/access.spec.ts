import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { ok } from '@/api/client';
import { bearerFor, refusals, setCustomerToken, setStaffToken, staffToken } from '@/api/credentials';
import { useResource } from '@/composables/useResource';
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

// The stores of all tests watch the same credentials.
afterEach(() => useAccess().$dispose());

describe('who one is', () => {
  it('is unknown until the server has said so, and then allows no more than the role', async () => {
    closedMall({ ann: 'admin', eye: 'reader' });
    const access = useAccess();
    expect([access.mayChange, access.maySee, access.label]).toEqual([false, false, '']);
    await flushPromises();
    expect([access.mayChange, access.maySee, access.label]).toEqual([false, false, 'Not signed in']);
    expect(await access.signIn('eye')).toBe('reader');
    expect([access.mayChange, access.maySee, access.label]).toEqual([false, true, 'eye (reader)']);
    expect(await access.signIn('ann')).toBe('admin');
    expect([access.mayChange, access.maySee]).toEqual([true, true]);
  });

  it('keeps no token that the mall does not know', async () => {
    closedMall({});
    const access = useAccess();
    expect(await access.signIn('wrong')).toBe('anonymous');
    // What no header can hold is no token either, and must not throw.
    expect(await access.signIn('plz_adm_…')).toBe('anonymous');
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
    // A refusal tells an anonymous browser nothing new: a page that polls does not ask with every poll.
    const quiet = calls.length;
    refusals.value++;
    await flushPromises();
    expect(calls.length).toBe(quiet);
  });

  it('is nobody at once after signing out', async () => {
    closedMall({ ann: 'admin' });
    const access = useAccess();
    await access.signIn('ann');
    access.signOut();
    expect([staffToken.value, access.mayChange, access.maySee, access.ended]).toEqual(['', false, false, false]);
  });

  it('is asked again when the server was too busy to say', async () => {
    vi.useFakeTimers();
    let busy = true;
    const open = { closed: false, role: 'open', name: null, customer_id: null };
    stubServer(() => (busy ? { status: 503, body: { title: 'Busy', status: 503 } } : { body: open }));
    const access = useAccess();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(access.role).toBeUndefined();
    busy = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(access.mayChange).toBe(true);
  });

  it('does not ask for ever when even that is refused', async () => {
    vi.useFakeTimers();
    const calls = stubServer(() => ({ status: 401, body: { title: 'No', status: 401 } }));
    useAccess();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(calls.length).toBe(1);
  });

  it('forgets an old token without a word in a mall that is open', async () => {
    setStaffToken('old');
    stubServer(() => ({ body: { closed: false, role: 'open', name: null, customer_id: null } }));
    const access = useAccess();
    await flushPromises();
    expect([staffToken.value, access.ended, access.label]).toEqual(['', false, 'Open mall']);
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

describe('what was loaded', () => {
  it('goes from the page with the right to see it, and stays when the server is only away', async () => {
    const known: Record<string, string> = { ann: 'admin' };
    closedMall(known);
    let status = 200;
    const load = () => ok(Promise.resolve({ data: 'rows', response: new Response('', { status }) }));
    const scope = effectScope();
    const resource = scope.run(() => useResource<unknown>(load))!;
    await resource.reload();
    for (const [answer, left] of [
      [503, 'rows'],
      [401, undefined],
    ] as const) {
      status = answer;
      await resource.reload();
      expect(resource.data.value).toBe(left);
    }
    scope.stop();
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
