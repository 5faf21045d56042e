// The mall's clock in the browser: what time it is there, when the server is asked, and the bar that shows and sets it.
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils';
import Toast from 'primevue/toast';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { h } from 'vue';
import type { Clock, PlazaEvent } from '@/api/types';
import { useNow } from '@/composables/useNow';
import ClockBar from '@/layout/ClockBar.vue';
import { mallNow, wallNow } from '@/lib/clock';
import { clockSentence, clockState, isPlain, offsetText, speedText } from '@/lib/clockWords';
import { look, summary } from '@/lib/events';
import { useAccess } from '@/stores/access';
import { useClock } from '@/stores/clock';
import { useLive } from '@/stores/live';
import { event, stubRouter, stubServer, uuid, type Call } from './support';

enableAutoUnmount(afterEach);
const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();
const plain = (changes: Partial<Clock> = {}): Clock => ({
  now: iso(HOUR),
  wall: iso(HOUR),
  offset_ms: 0,
  speed: 1,
  status: 'running',
  target: null,
  next_due_at: null,
  pending_timers: 0,
  position: 7,
  stalled: null,
  version: 3,
  ...changes,
});
const setTo = (speed: number, mallMs: number, wallMs: number, version: number): PlazaEvent => ({
  ...event(100 + version, 'mall.clock_set', { speed, mall_time: iso(mallMs), wall_time: iso(wallMs) }, mallMs),
  streamversion: version,
});

let calls: Call[] = [];
let clock: Clock;
let role = 'open';
let refusal: { status: number; body: object } | undefined;
/** What the store has subscribed with: the stream as it reaches it. */
let hear: (events: PlazaEvent[]) => void;
const asked = (method = 'GET', path = '/clock') => calls.filter((c) => c.method === method && c.path === path);
const settle = async (ms = 0) => {
  await vi.advanceTimersByTimeAsync(ms);
  await flushPromises();
};
async function opened(first: Clock) {
  clock = first;
  vi.spyOn(useLive(), 'subscribe').mockImplementation((listener) => {
    hear = listener;
    return () => true;
  });
  const store = useClock();
  await settle();
  return store;
}

beforeEach(() => {
  vi.useFakeTimers();
  role = 'open';
  refusal = undefined;
  calls = stubServer(({ method, path, body }) => {
    if (path === '/whoami') return { body: { closed: role !== 'open', role, name: null, customer_id: null } };
    if (!path.startsWith('/clock')) return undefined;
    if (method !== 'GET' && refusal) return refusal;
    if (method === 'PATCH') {
      const { speed } = body as { speed: number };
      clock = plain({ speed, status: speed ? 'running' : 'paused', version: clock.version + 1 });
    } else if (method === 'POST') clock = { ...clock, status: 'advancing', target: iso(9 * HOUR) };
    else if (method === 'DELETE') clock = { ...clock, status: 'paused', speed: 0, version: clock.version + 1 };
    return { body: clock };
  });
});
afterEach(() => {
  for (const used of [useClock(), useAccess(), useLive()]) used.$dispose();
});

describe('the time in the mall', () => {
  it('is anchor and speed, whatever date this browser has', async () => {
    vi.setSystemTime(50 * HOUR);
    expect(mallNow()).toBe(50 * HOUR);
    await opened(plain({ speed: 10, now: iso(HOUR), wall: iso(2 * HOUR) }));
    expect([mallNow(), wallNow()]).toEqual([HOUR, 2 * HOUR]);
    await settle(2_000);
    expect([mallNow(), wallNow()]).toEqual([HOUR + 20_000, 2 * HOUR + 2_000]);
    vi.setSystemTime(0);
    expect(mallNow()).toBe(HOUR + 20_000);
  });

  it('stands still while it is paused, and so does what counts by it', async () => {
    await opened(plain({ speed: 0, status: 'paused' }));
    let seen: { value: number } | undefined;
    mount({ setup: () => ((seen = useNow()), () => null) });
    await settle(5_000);
    expect([mallNow(), seen!.value]).toEqual([HOUR, HOUR]);
    clock = plain({ speed: 10, version: 4, wall: iso(HOUR + 5_000) });
    hear([setTo(10, HOUR, HOUR + 5_000, 4)]);
    await settle(1_000);
    expect(seen!.value).toBe(HOUR + 10_000);
  });
});

describe('the clock', () => {
  it('is taken from the stream, from where it was set, and asked for what is due next', async () => {
    const store = await opened(plain());
    await settle(3_000);
    clock = plain({ speed: 60, version: 4, next_due_at: iso(2 * HOUR) });
    // Set a second ago.
    hear([setTo(0, HOUR + 1_500, HOUR + 1_500, 4), setTo(60, HOUR + 2_000, HOUR + 2_000, 5)]);
    expect([mallNow(), store.clock!.status]).toEqual([HOUR + 2_000 + 60_000, 'running']);
    await settle();
    expect([asked().length, store.clock!.next_due_at]).toEqual([2, iso(2 * HOUR)]);
  });

  it('does not go by an event older than what the server said', async () => {
    await opened(plain());
    hear([setTo(0, 0, 0, 2)]);
    await settle(1_000);
    expect([mallNow(), asked().length]).toEqual([HOUR + 1_000, 1]);
  });

  it('is asked for all the time only while it is advanced', async () => {
    const store = await opened(plain());
    await settle(30_000);
    expect(asked()).toHaveLength(1);
    await store.advance({ next: 1 }, 'key');
    expect([asked('POST', '/clock/advance')[0]!.headers.get('idempotency-key'), store.advancing]).toEqual([
      'key',
      true,
    ]);
    await settle(3_000);
    expect(asked().length).toBeGreaterThanOrEqual(5);
    clock = { ...clock, status: 'stalled', stalled: { order_id: uuid(1), participant: null } };
    await settle(1_000);
    expect(store.clock!.status).toBe('stalled');
    clock = plain({ version: 4, now: iso(9 * HOUR), offset_ms: 8 * HOUR });
    await settle(1_000);
    const before = asked().length;
    await settle(30_000);
    expect([asked().length, store.isPlain]).toEqual([before, false]);
  });

  it('is asked for when something happened later than it is: somebody advances it', async () => {
    await opened(plain());
    hear([event(8, 'order.accepted', {}, HOUR + 500)]);
    await settle(2_000);
    expect(asked()).toHaveLength(1);
    clock = plain({ status: 'advancing', now: iso(3 * HOUR) });
    hear([event(9, 'order.accepted', {}, 3 * HOUR)]);
    expect(mallNow()).toBe(3 * HOUR);
    await settle(100);
    expect(useClock().advancing).toBe(true);
  });

  it('is asked for again when the stream is back, and by whoever may not follow it', async () => {
    await opened(plain());
    useLive().resumed++;
    await settle(100);
    expect(asked()).toHaveLength(2);
    role = 'anonymous';
    await useAccess().refresh();
    await settle(25_000);
    expect(asked()).toHaveLength(4);
  });

  it('is asked for when what was due next has passed', async () => {
    await opened(plain({ speed: 10, next_due_at: iso(HOUR + 100_000) }));
    await settle(9_000);
    expect(asked()).toHaveLength(1);
    await settle(2_000);
    expect(asked()).toHaveLength(2);
  });

  it('is kept when the server does not answer', async () => {
    const store = await opened(plain({ speed: 10 }));
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('network')));
    useLive().resumed++;
    await settle(1_000);
    expect([store.clock!.speed, mallNow()]).toEqual([10, HOUR + 10_000]);
  });
});

const toast = ({ message }: { message: { summary: string; data: { retry?: () => void } } }) => [
  h('b', { class: 'toast' }, message.summary),
  message.data.retry && h('button', { class: 'retry', onClick: message.data.retry }, 'Try again'),
];
async function bar(first: Clock) {
  const store = await opened(first);
  const w = mount(ClockBar, { global: { plugins: [stubRouter()] }, attachTo: document.body });
  mount(Toast, { slots: { message: toast }, attachTo: document.body });
  await settle();
  const button = (name: string) =>
    w.findAll('button').find((b) => b.text() === name || b.attributes('aria-label') === name)!;
  const text = (id: string) => w.find(`[data-testid=${id}]`).text();
  return { store, w, button, text };
}

describe('the clock bar', () => {
  it('is not there while the clock is plain, until an administrator asks for it', async () => {
    const { store, w } = await bar(plain());
    expect(w.find('section').exists()).toBe(false);
    store.isOpen = true;
    await settle();
    expect(w.text()).toContain('never runs backwards');
    role = 'reader';
    await useAccess().refresh();
    await settle();
    expect(w.find('section').exists()).toBe(false);
  });

  it('says what the clock does, what time it is, and when something is due', async () => {
    const { w, text } = await bar(plain({ speed: 0, status: 'paused', next_due_at: iso(HOUR + 872_000) }));
    expect([text('clock-state'), text('clock-next')]).toEqual(['Paused', 'Next due in 14 min 32 s']);
    expect(w.find('time').attributes('datetime')).toBe(iso(HOUR));
    await settle(5_000);
    expect([text('clock-next'), w.find('time').attributes('datetime')]).toEqual(['Next due in 14 min 32 s', iso(HOUR)]);
  });

  it('announces a change of state, and no second that passes', async () => {
    const { store, text } = await bar(plain({ speed: 10 }));
    await settle(5_000);
    expect(text('clock-said')).toBe('');
    await store.setSpeed(0);
    await settle();
    expect(text('clock-said')).toMatch(/^The mall’s clock: paused\. It is /);
  });

  it('pauses with the version it has seen, keeps the focus, and goes on at the speed of before', async () => {
    const { w, button } = await bar(plain({ speed: 10 }));
    button('Pause').element.focus();
    await button('Pause').trigger('click');
    await settle();
    const [paused] = asked('PATCH');
    expect([paused!.body, paused!.headers.get('if-match')]).toEqual([{ speed: 0 }, '"v3"']);
    expect(document.activeElement?.textContent).toBe('Go on');
    await button('Go on').trigger('click');
    await settle();
    expect([asked('PATCH')[1]!.body, asked('PATCH')[1]!.headers.get('if-match')]).toEqual([{ speed: 10 }, '"v4"']);
    expect(w.text()).toContain('10× real speed');
  });

  it('shows a refusal, asks how things are, and then tries again by the new version', async () => {
    const { button } = await bar(plain({ speed: 10 }));
    refusal = { status: 412, body: { title: 'Changed meanwhile', status: 412 } };
    clock = plain({ speed: 10, version: 9 });
    await button('Pause').trigger('click');
    await settle();
    expect(document.querySelector('.toast')?.textContent).toBe('Changed meanwhile');
    refusal = undefined;
    document.querySelector<HTMLElement>('.retry')!.click();
    await settle();
    expect(asked('PATCH').map((c) => c.headers.get('if-match'))).toEqual(['"v3"', '"v9"']);
  });

  it('advances to what is due next, and stops', async () => {
    const { w, button, text } = await bar(plain({ speed: 10, next_due_at: iso(2 * HOUR) }));
    await button('To what is due next').trigger('click');
    await settle();
    expect(asked('POST', '/clock/advance')[0]!.body).toEqual({ next: 1 });
    expect(text('clock-state')).toMatch(/^Advancing to .*1970/);
    expect(button('To what is due next').attributes('aria-disabled')).toBe('true');
    await button('To what is due next').trigger('click');
    await button('Stop').trigger('click');
    await settle();
    expect([asked('POST', '/clock/advance').length, asked('DELETE', '/clock/advance').length]).toEqual([1, 1]);
    expect(w.text()).toContain('Go on');
  });

  it('links to the order that an advance waits for', async () => {
    const stalled = { order_id: uuid(4), participant: null };
    const { w } = await bar(plain({ status: 'stalled', stalled }));
    expect(w.find('a').attributes('href')).toBe(`/orders/${uuid(4)}`);
  });

  it('is without controls for whoever may not set the clock', async () => {
    role = 'anonymous';
    const { w } = await bar(plain({ status: 'stalled', stalled: { order_id: uuid(4), participant: null } }));
    expect([w.find('section').exists(), w.findAll('button, a')]).toEqual([true, []]);
  });

  it('sets another speed and another span, and says at the field what is wrong', async () => {
    const { store, w } = await bar(plain({ speed: 10, now: iso(HOUR - 90_000), offset_ms: -90_000 }));
    store.isOpen = true;
    await settle();
    const [speed, span] = w.findAll('form');
    await speed!.trigger('submit');
    expect(speed!.text()).toContain('Enter a speed.');
    await w.find('#clock-speed').setValue('2.5');
    await speed!.trigger('submit');
    await settle();
    expect(asked('PATCH')[0]!.body).toEqual({ speed: 2.5 });
    await w.find('#clock-speed').setValue('1001');
    await speed!.trigger('submit');
    expect(speed!.text()).toContain('more than the largest speed');
    refusal = {
      status: 422,
      body: { title: 'No', status: 422, errors: [{ pointer: '/by', code: 'x', detail: 'too far' }] },
    };
    await w.find('#clock-span').setValue('500');
    await w.find('select').setValue('d');
    await span!.trigger('submit');
    await settle();
    expect([asked('POST', '/clock/advance')[0]!.body, span!.find('p').text()]).toEqual([{ by: '500d' }, 'too far']);
  });

  it('brings a mall that is behind back to real time', async () => {
    const { store, button, w } = await bar(plain({ now: iso(HOUR - 90_000), offset_ms: -90_000 }));
    expect(w.text()).toContain('1 min 30 s behind real time');
    store.isOpen = true;
    await settle();
    await button('To real time').trigger('click');
    await settle();
    expect(asked('POST', '/clock/advance')[0]!.body).toEqual({ to: iso(HOUR) });
  });
});

describe('the words of the clock', () => {
  it('say what it does', () => {
    const words = (changes: Partial<Clock>) => clockState(plain(changes)).label;
    expect(words({})).toBe('Real speed');
    expect(words({ speed: 0.1 })).toBe('0.1× real speed');
    expect(words({ status: 'advancing' })).toBe('Advancing to what is due next');
    expect(speedText(1000)).toBe('1,000×');
    expect([offsetText(3_600_400), offsetText(-2_000)]).toEqual(['1 h ahead of', '2 s behind']);
    expect(clockSentence(plain({ status: 'stalled' }))).toContain('does not come to rest');
    expect(clockSentence(plain({ status: 'advancing' }))).toBe('The mall’s clock: advancing to what is due next.');
  });
  it('know a plain clock', () => {
    expect(isPlain(plain({ offset_ms: 999 }))).toBe(true);
    for (const odd of [
      { offset_ms: 1_000 },
      { offset_ms: -1_000 },
      { speed: 2 },
      { status: 'paused' as const, speed: 0 },
    ])
      expect(isPlain(plain(odd))).toBe(false);
  });
  it('are in the events too', () => {
    const e = setTo(10, HOUR, HOUR, 4);
    expect([look(e).label, look(e).icon]).toEqual(['Clock set', 'pi-clock']);
    expect(summary(e)).toMatch(/^10× from .*1970/);
    expect(summary(setTo(0, HOUR, HOUR, 4))).toMatch(/^paused from /);
    expect(summary(setTo(0.125, HOUR, HOUR, 4))).toMatch(/^0.125× from /);
  });
});
