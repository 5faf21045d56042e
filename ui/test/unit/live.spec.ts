import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setStaffToken } from '@/api/credentials';
import type { PlazaEvent } from '@/api/types';
import { position } from '@/lib/events';
import { useLive } from '@/stores/live';
import { event, stubServer } from './support';

class FakeSource {
  static all: FakeSource[] = [];
  onopen?: () => void;
  onerror?: () => void;
  onmessage?: (m: { data: string }) => void;
  closed = false;
  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  static get last() {
    return this.all.at(-1)!;
  }
  close() {
    this.closed = true;
  }
  send(...events: PlazaEvent[]) {
    for (const e of events) this.onmessage?.({ data: JSON.stringify(e) });
  }
}

let up = true;
let streamStatus = 200;
let head = 3;
let past: PlazaEvent[] = [];
const e = (n: number) => event(n, 'order.submitted');
const settle = async (ms = 0) => {
  await vi.advanceTimersByTimeAsync(ms);
  await flushPromises();
};

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  up = true;
  streamStatus = 200;
  head = 3;
  past = [e(3), e(2), e(1)];
  setStaffToken('');
  vi.stubGlobal('EventSource', FakeSource);
  stubServer(({ path }) => {
    if (!up) throw new TypeError('network');
    if (path === '/livez') return { body: {} };
    if (path === '/events/stream') return { status: streamStatus };
    if (path === '/events') return { body: { items: past, next_cursor: null } };
    return path === '/status' ? { body: { head_position: head } } : undefined;
  });
});

afterEach(() => useLive().$dispose());

async function connected() {
  const live = useLive();
  const got: number[] = [];
  live.subscribe((events) => got.push(...events.map(position)));
  live.connect();
  await settle();
  FakeSource.last.onopen!();
  return { live, got };
}

describe('the event stream', () => {
  it('starts where the past ends, and hands on batches', async () => {
    const { live, got } = await connected();
    expect(FakeSource.last.url).toContain('after=3');
    FakeSource.last.send(e(4), e(5));
    expect(got).toEqual([]);
    await settle(30);
    expect(got).toEqual([4, 5]);
    expect(live.recent.map(position)).toEqual([5, 4, 3, 2, 1]);
    expect(live.state).toBe('open');
  });

  it('resumes after a loss without gap or repetition', async () => {
    const { live, got } = await connected();
    FakeSource.last.send(e(4));
    await settle(30);
    up = false;
    FakeSource.last.onerror!();
    await settle(100);
    expect(live.state).toBe('lost');
    await settle(3_000);
    up = true;
    head = 6;
    await settle(5_000);
    expect(FakeSource.last.url).toContain('after=4');
    FakeSource.last.onopen!();
    FakeSource.last.send(e(4), e(5), e(6));
    await settle(30);
    expect(got).toEqual([4, 5, 6]);
    expect([live.state, live.resumed]).toEqual(['open', 1]);
  });

  it('starts over when the server has other data', async () => {
    const { live, got } = await connected();
    FakeSource.last.send(e(4));
    await settle(30);
    head = 1;
    past = [e(1)];
    FakeSource.last.onerror!();
    await settle(1_000);
    expect(FakeSource.last.url).toContain('after=1');
    FakeSource.last.onopen!();
    FakeSource.last.send(e(2));
    await settle(30);
    expect(got).toEqual([4, 2]);
    expect(live.recent.map(position)).toEqual([2, 1]);
  });

  it('says when a token is missing, and takes it', async () => {
    const live = useLive();
    live.connect();
    await settle();
    streamStatus = 503;
    FakeSource.last.onerror!();
    await settle(100);
    expect(live.state).toBe('lost');
    await settle(500);
    streamStatus = 401;
    FakeSource.last.onerror!();
    await settle(100);
    // The server was away and answers again, if only to refuse: pages then load what they could not.
    expect([live.state, live.resumed]).toEqual(['denied', 1]);
    await settle(10_000);
    expect(live.resumed).toBe(1);
    setStaffToken('secret');
    await settle(100);
    expect(FakeSource.last.url).toContain('access_token=secret');
    FakeSource.last.onopen!();
    expect(live.state).toBe('open');
  });

  it('keeps one connection', async () => {
    const { live } = await connected();
    live.connect();
    await settle();
    expect(FakeSource.all.filter((s) => !s.closed)).toHaveLength(1);
  });
});
