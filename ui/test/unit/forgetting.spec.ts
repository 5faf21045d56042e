import { flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { refusals, seenAs, setCustomerToken, setStaffToken } from '@/api/credentials';
import { plaza } from '@/api/plaza';
import { ApiError } from '@/api/problem';
import ErrorState from '@/components/ErrorState.vue';
import { useResource } from '@/composables/useResource';
import { useAccess } from '@/stores/access';
import { useLive } from '@/stores/live';
import { useMall } from '@/stores/mall';
import { event, stubServer, type Call } from './support';

/** The mall that answers: whose tokens it knows, whether it is closed, whether it answers at all. */
const mall = { tokens: ['ann'], closed: true, up: true };
let calls: Call[] = [];
const asked = (path: string) => calls.filter((c) => c.path === path).length;

beforeEach(() => {
  // A page that has just been loaded.
  setStaffToken('');
  setCustomerToken(undefined);
  seenAs.value = undefined;
  Object.assign(mall, { tokens: ['ann'], closed: true, up: true });
  class Silent {
    close() {}
  }
  vi.stubGlobal('EventSource', Silent);
  calls = stubServer(({ path, headers }) => {
    if (!mall.up) throw new TypeError('network');
    const staff = mall.tokens.includes(headers.get('authorization')?.replace('Bearer ', '') ?? '');
    const role = !mall.closed ? 'open' : staff ? 'admin' : 'anonymous';
    if (path === '/whoami') return { body: { closed: mall.closed, role, name: null, customer_id: null } };
    if (role === 'anonymous') return { status: 401, body: { title: 'A token is needed', status: 401 } };
    if (path === '/status') return { body: { currency: 'JPY' } };
    return { body: { items: path === '/events' ? [event(1, 'order.submitted')] : ['Ana'], next_cursor: null } };
  });
});

const scope = { stop: () => {} };
afterEach(() => {
  scope.stop();
  for (const store of [useAccess(), useLive(), useMall()]) store.$dispose();
});

/** A page with a list, the stream and the status, seen with a token. */
async function page(token: string) {
  const own = effectScope();
  scope.stop = () => own.stop();
  const shown = own.run(() => ({
    access: useAccess(),
    live: useLive(),
    mall: useMall(),
    list: useResource(() => plaza.customers({})),
  }))!;
  await flushPromises();
  if (token) await shown.access.signIn(token);
  shown.live.connect();
  await Promise.all([shown.list.reload(), shown.mall.refresh()]);
  await flushPromises();
  expect(seen(shown)).toEqual([true, 1, true]);
  return shown;
}
type Page = Awaited<ReturnType<typeof page>>;
const seen = ({ list, live, mall }: Page) => [
  list.data.value !== undefined,
  live.recent.length,
  mall.status !== undefined,
];

describe('what the staff was shown', () => {
  it('is gone after signing out, even while the server does not answer', async () => {
    const shown = await page('ann');
    mall.up = false;
    shown.access.signOut();
    await flushPromises();
    expect(seen(shown)).toEqual([false, 0, false]);
    // The currency is no secret, and a shopper goes on.
    expect(shown.mall.currency).toBe('JPY');
  });

  it('is gone once the token is revoked, and is there again after signing in', async () => {
    const shown = await page('ann');
    mall.tokens = ['bob'];
    refusals.value++;
    await flushPromises();
    expect(seen(shown)).toEqual([false, 0, false]);
    expect(await shown.access.signIn('bob')).toBe('admin');
    await flushPromises();
    expect(seen(shown)).toEqual([true, 1, true]);
  });

  it('is gone when somebody else closes an open mall', async () => {
    mall.closed = false;
    const shown = await page('');
    mall.closed = true;
    refusals.value++;
    await flushPromises();
    expect(seen(shown)).toEqual([false, 0, false]);
  });

  it('is loaded once, not again when the page first hears who it is', async () => {
    mall.closed = false;
    const own = effectScope();
    scope.stop = () => own.stop();
    own.run(() => {
      useAccess();
      void useResource(() => plaza.customers({})).reload();
    });
    await flushPromises();
    expect([asked('/whoami'), asked('/customers')]).toEqual([1, 1]);
  });
});

describe('a refusal on a page', () => {
  it.each([
    ['anonymous', 401, 'Sign in'],
    ['reader', 403, 'Use another token'],
  ] as const)('says what it is once, and what %s can do about it', (role, status, label) => {
    seenAs.value = role;
    const title = 'The access token does not allow this';
    const error = new ApiError({ type: 'about:blank', title, status, detail: title });
    const shown = mount(ErrorState, { props: { error } });
    expect(shown.findAll('p').map((p) => p.text())).toEqual([title]);
    expect(shown.findAll('button').map((b) => b.text())).toEqual(['Try again', label]);
    shown.unmount();
  });
});
