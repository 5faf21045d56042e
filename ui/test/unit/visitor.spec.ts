// What someone who is not signed in is shown, asked and offered; and what an open mall says of itself.
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import ConfirmDialog from 'primevue/confirmdialog';
import { createMemoryHistory, createRouter } from 'vue-router';
import { ref } from 'vue';
import { seenAs, setCustomerToken, setStaffToken } from '@/api/credentials';
import { ApiError } from '@/api/problem';
import ErrorState from '@/components/ErrorState.vue';
import ServerLink from '@/components/ServerLink.vue';
import { useAccessDialog } from '@/composables/useAccessDialog';
import AccessDialog from '@/layout/AccessDialog.vue';
import AppNav from '@/layout/AppNav.vue';
import ConnectionBanner from '@/layout/ConnectionBanner.vue';
import { local } from '@/lib/storage';
import { useAccess } from '@/stores/access';
import { useCustomer } from '@/stores/customer';
import { useLive } from '@/stores/live';
import { useMall } from '@/stores/mall';
import AccessView from '@/views/admin/AccessView.vue';
import DashboardView from '@/views/home/DashboardView.vue';
import GuideView from '@/views/home/GuideView.vue';
import { useTrend } from '@/views/home/useTrend';
import PaymentStep from '@/views/shop/PaymentStep.vue';
import type { Payments } from '@/views/shop/usePayments';
import { stubServer, uuid, type Call } from './support';

enableAutoUnmount(afterEach);

/** A mall that trades in yen; the token `ann` is its administrator's and `eye` its reader's. */
const mall = { closed: true, products: true, revoking: 204 };
let calls: Call[] = [];
const asked = (path: string) => calls.filter((c) => c.path === path).length;
const STAFF: Record<string, string> = { ann: 'admin', eye: 'reader' };

class FakeSource {
  static urls: string[] = [];
  static last: FakeSource;
  onopen?: () => void;
  onerror?: () => void;
  constructor(url: string) {
    FakeSource.urls.push(url);
    FakeSource.last = this;
    // Without a token, or as a customer who asks for everything, the stream is refused.
    queueMicrotask(() => (/access_token=/.test(url) || !mall.closed ? this.onopen?.() : this.onerror?.()));
  }
  close() {}
}

const refused = { status: 401, body: { title: 'A token is needed', status: 401 } };
function answer({ path, method, headers }: Call) {
  const token = headers.get('authorization')?.replace('Bearer ', '') ?? '';
  const role = mall.closed ? (STAFF[token] ?? 'anonymous') : 'open';
  const price = { amount_minor: 500, currency: 'JPY' };
  if (path === '/whoami')
    return { body: { closed: mall.closed, role, name: STAFF[token] ? token : null, customer_id: null } };
  if (path === '/livez') return { body: {} };
  if (path === '/products') return { body: { items: mall.products ? [{ price }] : [], next_cursor: null } };
  if (role === 'anonymous') return refused;
  if (path === '/metrics') return { body: 'plaza_orders 3' };
  if (path === '/status') return { body: { currency: 'JPY' } };
  if (method === 'DELETE') {
    const detail = 'ann is the last token; make another one first';
    return mall.revoking === 204
      ? { status: 204 }
      : { status: 409, body: { title: 'The mall cannot do without this token', status: 409, detail } };
  }
  const items = path === '/tokens' ? [{ name: 'ann', role: 'admin', created_at: '', revoked_at: null }] : [];
  return { body: { items, next_cursor: null } };
}

beforeEach(() => {
  setStaffToken('');
  setCustomerToken(undefined);
  seenAs.value = undefined;
  FakeSource.urls = [];
  Object.assign(mall, { closed: true, products: true, revoking: 204 });
  vi.stubGlobal('EventSource', FakeSource);
  calls = stubServer(answer);
});
afterEach(() => {
  useAccessDialog().visible.value = false;
  for (const store of [useAccess(), useLive(), useMall()]) store.$dispose();
});

const routes = ['/', '/shopping', '/admin/access', '/:rest(.*)*'].map((path) => ({
  path,
  component: { template: '-' },
}));
async function show(component: object, props = {}, at = '/') {
  const router = createRouter({ history: createMemoryHistory(), routes });
  await router.push(at);
  const shown = mount(component, { props, global: { plugins: [router] }, attachTo: document.body });
  await flushPromises();
  return { shown, router };
}
async function as(token: string) {
  if (token) setStaffToken(token);
  useAccess();
  await flushPromises();
}
const words = () => document.body.textContent.replace(/\s+/g, ' ');
const press = async (label: string) => {
  [...document.querySelectorAll('button')]
    .filter((b) => b.textContent.trim() === label)
    .at(-1)!
    .click();
  await flushPromises();
};

describe('the metrics', () => {
  it.each([
    ['nobody', true, '', [false, false]],
    ['a reader', true, 'eye', [true, false]],
    ['an administrator', true, 'ann', [true, false]],
    ['an open mall', false, '', [true, true]],
  ] as const)('are offered to %s as what can be opened', async (_, closed, token, expected) => {
    mall.closed = closed;
    await as(token);
    for (const page of [AppNav, GuideView]) {
      const { shown } = await show(page);
      const link = shown.find('a[href="/metrics"]').exists();
      expect([shown.text().includes('Metrics'), link]).toEqual(expected);
      // What everybody may read stays a link.
      expect(shown.find('a[href="/swagger/"]').exists()).toBe(true);
    }
  });

  it('are fetched with the token and shown in a tab of their own', async () => {
    await as('eye');
    const tab = { location: { href: '' }, close: vi.fn() };
    vi.stubGlobal('open', () => tab);
    const { shown } = await show(ServerLink, { href: '/metrics', guarded: true });
    await shown.find('button').trigger('click');
    await flushPromises();
    expect(calls.find((c) => c.path === '/metrics')?.headers.get('authorization')).toBe('Bearer eye');
    expect(tab.location.href).toMatch(/^blob:/);
    expect(tab.close).not.toHaveBeenCalled();
  });

  it('leave no empty tab behind when they are refused', async () => {
    await as('eye');
    const tab = { location: { href: '' }, close: vi.fn() };
    vi.stubGlobal('open', () => tab);
    const { shown } = await show(ServerLink, { href: '/metrics', guarded: true });
    calls = stubServer((call) => (call.path === '/metrics' ? refused : answer(call)));
    await shown.find('button').trigger('click');
    await flushPromises();
    expect([tab.location.href, tab.close.mock.calls.length]).toEqual(['', 1]);
  });
});

describe('the stream of somebody who is not signed in', () => {
  const wait = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    await flushPromises();
  };
  const streams = () => FakeSource.urls.length + asked('/events') + asked('/events/stream');
  async function visit() {
    vi.useFakeTimers();
    const live = useLive();
    useAccess();
    live.connect();
    await wait(3_000);
    return live;
  }

  it('is not asked for again until somebody signs in, and no banner complains', async () => {
    const live = await visit();
    expect(live.state).toBe('denied');
    const before = streams();
    await wait(60_000);
    expect(streams()).toBe(before);
    const { shown } = await show(ConnectionBanner);
    expect(shown.text()).toBe('');
    await useAccess().signIn('ann');
    await wait(100);
    expect(FakeSource.urls.at(-1)).toContain('access_token=ann');
    expect(live.state).toBe('open');
  });

  it("becomes a customer's with registration, and ends with it", async () => {
    const live = await visit();
    local.set('customer', { id: uuid(2), name: 'Ana', phone: '1' });
    setCustomerToken('mine');
    await wait(1_000);
    expect(FakeSource.urls.at(-1)).toContain('access_token=mine');
    expect(live.state).toBe('open');
    useCustomer().forget();
    await wait(3_000);
    expect(live.state).toBe('denied');
    const before = streams();
    await wait(60_000);
    expect(streams()).toBe(before);
  });

  it('is asked for again while it is not certain that it is nobody', async () => {
    setStaffToken('ann');
    const live = await visit();
    expect(live.state).toBe('open');
    // The token is refused, and the server is too busy to say why.
    calls = stubServer(({ path }) => (path === '/whoami' ? { status: 503, body: { title: 'Busy' } } : refused));
    FakeSource.last.onerror?.();
    await wait(10_000);
    expect(asked('/whoami')).toBeGreaterThan(1);
    calls = stubServer(answer);
    await wait(5_000);
    expect([live.state, useAccess().role]).toEqual(['open', 'admin']);
  });
});

describe('home', () => {
  it.each([
    ['nobody', true, '', '/shopping'],
    ['a reader', true, 'eye', '/'],
    ['an open mall', false, '', '/'],
  ])('of %s', async (_, closed, token, path) => {
    mall.closed = closed;
    await as(token);
    const { router } = await show(DashboardView);
    expect(router.currentRoute.value.path).toBe(path);
  });

  it('shows no number before it is known who looks', async () => {
    stubServer(({ path }) => (path === '/whoami' ? { status: 503, body: { title: 'Busy' } } : undefined));
    const { shown } = await show(DashboardView);
    expect(shown.text()).not.toMatch(/\d+ orders?|No events yet/);
  });

  it('draws no nought where a number is unknown', async () => {
    const beat = ref<number>();
    const trend = useTrend(() => beat.value, beat);
    expect(trend.value).toEqual([]);
    beat.value = 4;
    await flushPromises();
    expect(trend.value).toEqual([4]);
  });
});

describe('the dialog of an open mall', () => {
  it('asks for no token, and says how the mall is closed', async () => {
    mall.closed = false;
    await as('');
    const { router } = await show(AccessDialog);
    useAccessDialog().open();
    await flushPromises();
    expect(document.querySelector('input')).toBeNull();
    expect(words()).toContain('This mall is open');
    await press('Close it');
    expect([router.currentRoute.value.path, useAccessDialog().visible.value]).toEqual(['/admin/access', false]);
  });

  it('lets a reader change over to another token', async () => {
    await as('eye');
    await show(AccessDialog);
    useAccessDialog().open();
    await flushPromises();
    expect(words()).toContain('may read everything but the tokens, and change nothing');
    await press('Use another token');
    expect(document.activeElement?.id).toBe('staff-token');
    // A refused page leads there with one click.
    useAccessDialog().visible.value = false;
    await flushPromises();
    await show(ErrorState, { error: new ApiError({ type: 'about:blank', title: 'No', status: 403 }) });
    await press('Use another token');
    expect(document.querySelector('#staff-token')).not.toBeNull();
  });
});

describe('a refused load', () => {
  it.each([
    ['anonymous', 'Sign in'],
    ['reader', 'Use another token'],
    ['admin', 'Use another token'],
    ['open', undefined],
  ] as const)('offers %s: %s', (role, label) => {
    seenAs.value = role;
    const error = new ApiError({ type: 'about:blank', title: 'No', status: 403 });
    const shown = mount(ErrorState, { props: { error } });
    expect(shown.findAll('button').map((b) => b.text())).toEqual(['Try again', ...(label ? [label] : [])]);
  });
});

describe('revoking the last token', () => {
  it.each([204, 409])('says what may follow, and what the server said: %s', async (status) => {
    mall.revoking = status;
    await as('ann');
    const { shown } = await show({
      components: { AccessView, ConfirmDialog },
      template: '<AccessView /><ConfirmDialog />',
    });
    expect(words()).toContain('readers may read everything but the tokens');
    await press('Revoke');
    expect(words()).toContain('You are signed in with it, and this tab is signed out.');
    expect(words()).toMatch(/unless the mall has PLAZA_ADMIN_TOKEN, it is open afterwards/);
    await press('Revoke');
    expect(asked('/tokens/ann')).toBe(1);
    const said = 'Not revoked: ann is the last token; make another one first.';
    expect(shown.text().includes(said)).toBe(status === 409);
  });
});

describe('the currency of a closed mall', () => {
  const payments = {
    list: { error: ref(), reload: () => Promise.resolve() },
    loading: ref(false),
    usable: ref([]),
    chosen: ref(),
  } as unknown as Payments;

  it.each([
    [true, 'Amount to authorize, JPY'],
    [false, undefined],
  ])('is read off a price, and without it no amount is asked for: products %s', async (products, label) => {
    mall.products = products;
    await useMall().refresh();
    const { shown } = await show(PaymentStep, { payments });
    expect(shown.findAll('label').map((l) => l.text())[0]).toBe(label);
    expect(shown.html()).not.toContain('EUR');
  });
});
