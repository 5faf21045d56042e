// The one event stream of the page: a single EventSource, every event handed on once and in order.
import { defineStore } from 'pinia';
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import { customerToken, onOtherCaller, refusals, seenAs, staffToken } from '@/api/credentials';
import { isUp, plaza, streamStatus } from '@/api/plaza';
import { needsAccess } from '@/api/problem';
import type { PlazaEvent } from '@/api/types';
import { position } from '@/lib/events';
import { useCustomer } from './customer';

/** `denied`: the server is up but does not let this browser follow the stream. */
export type LiveState = 'connecting' | 'open' | 'lost' | 'denied';
type Listener = (events: PlazaEvent[]) => void;

/** Events are handed on in batches this far apart: one render for a burst, and still well below 200 ms. */
const BATCH_MS = 25;
/** After a batch this large the mall is under load; fewer, larger batches then leave the page time to answer. */
const LARGE_BATCH = 20;
const BUSY_BATCH_MS = 150;
const RETRY_MS = [250, 500, 1_000, 2_000, 3_000];
/** What the ticker can show after a page change without asking again. */
const RECENT_MAX = 100;

export const useLive = defineStore('live', () => {
  const state = ref<LiveState>('connecting');
  /** The newest events, newest first. */
  const recent = shallowRef<PlazaEvent[]>([]);
  /** What happened before the stream began is known: a list that is empty then had nothing to show. */
  const isSeeded = ref(false);
  /** Grows by one each time the stream is back after a loss: what is on the page may then be old. */
  const resumed = ref(0);
  const listeners = new Set<Listener>();
  let source: EventSource | undefined;
  let after: number | undefined;
  let pending: PlazaEvent[] = [];
  let batchMs = BATCH_MS;
  let batch: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let started = false;
  let onlyMine = false;
  /** Counts the starts: a late answer to an earlier one is ignored, as it may be about someone else. */
  let turn = 0;

  function flush() {
    batch = undefined;
    const events = pending;
    pending = [];
    batchMs = events.length > LARGE_BATCH ? BUSY_BATCH_MS : BATCH_MS;
    recent.value = [...events.toReversed(), ...recent.value].slice(0, RECENT_MAX);
    for (const listener of listeners) listener(events);
  }

  function receive(e: PlazaEvent) {
    const at = position(e);
    // A resumed stream may repeat what is known; the position says so.
    if (after !== undefined && at <= after) return;
    after = at;
    pending.push(e);
    batch ??= setTimeout(flush, batchMs);
  }

  function address(): string {
    const query = new URLSearchParams();
    if (after !== undefined) query.set('after', String(after));
    // EventSource cannot send headers, so the token travels in the query.
    const token = staffToken.value || (onlyMine ? customerToken.value : '');
    if (token) query.set('access_token', token);
    const customer = useCustomer().id;
    if (onlyMine && customer) query.set('customer_id', customer);
    return `/api/v1/events/stream?${query}`;
  }

  function open() {
    source?.close();
    const opened = (source = new EventSource(address()));
    opened.onopen = () => {
      const wasDown = failures > 0;
      failures = 0;
      state.value = 'open';
      if (wasDown) resumed.value++;
    };
    opened.onmessage = (m: MessageEvent<string>) => receive(JSON.parse(m.data) as PlazaEvent);
    opened.onerror = () => {
      if (source === opened) void lost();
    };
  }

  /** Reconnects itself instead of leaving it to EventSource, which gives up for good on some errors. */
  async function lost() {
    source?.close();
    source = undefined;
    const mine = turn;
    const status = await streamStatus(address());
    if (mine !== turn) return;
    if (status === 401 || status === 403) return refused();
    // Up again already: nobody needs to hear of it.
    state.value = status === 200 ? 'connecting' : 'lost';
    again();
  }
  function again() {
    clearTimeout(retry);
    retry = setTimeout(() => void start(), RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
  }

  /** A token is missing. A customer may still follow their own orders. */
  function refused() {
    // The server answers again, if only to refuse: pages can load what they could not meanwhile.
    if (state.value === 'lost') resumed.value++;
    if (!onlyMine && !staffToken.value && customerToken.value) {
      onlyMine = true;
      return again();
    }
    state.value = 'denied';
    // Anonymous stays anonymous until someone signs in: no need to ask. Anyone else may have become anonymous by now.
    if (seenAs.value === 'anonymous' && !staffToken.value) return;
    refusals.value++;
    again();
  }

  async function start() {
    clearTimeout(retry);
    const mine = ++turn;
    try {
      // Customers may not read the journal: their stream begins with the next event.
      if (!onlyMine) await catchUp();
    } catch (e) {
      if (mine !== turn) return;
      if (needsAccess(e)) return refused();
      const up = await isUp();
      if (mine !== turn) return;
      if (!up) {
        state.value = 'lost';
        return again();
      }
    }
    if (mine === turn) open();
  }
  async function catchUp() {
    if (after === undefined) await seed();
    else if (failures > 0) await noticeRestoredServer();
  }

  /** Loads what just happened and notes where the stream goes on, so that nothing falls in between. */
  async function seed() {
    const mine = turn;
    const { items } = await plaza.events({ order: 'desc', limit: 50 });
    if (mine !== turn) return;
    pending = [];
    recent.value = items;
    isSeeded.value = true;
    after = items[0] ? position(items[0]) : 0;
  }

  /** A server started on other data has a head below ours; waiting for our position would show nothing for long. */
  async function noticeRestoredServer() {
    const { head_position } = await plaza.status();
    if (head_position !== undefined && after !== undefined && head_position < after) {
      after = undefined;
      await seed();
    }
  }

  function connect() {
    if (started) return;
    started = true;
    void start();
    window.addEventListener('online', restart);
  }
  const restart = () => {
    if (started) void start();
  };
  /** Drops what may no longer be seen: the events received, and the stream that brings more. */
  function forget() {
    source?.close();
    source = undefined;
    clearTimeout(batch);
    batch = undefined;
    pending = [];
    recent.value = [];
    isSeeded.value = false;
    after = undefined;
  }
  onOtherCaller((out) => {
    if (out) forget();
    onlyMine = false;
    failures = Math.max(failures, 1);
    restart();
  });
  /** A customer who comes or goes changes whose orders are followed; the staff follows everything all the same. */
  watch([customerToken, () => useCustomer().id], () => {
    if (!onlyMine && state.value !== 'denied') return;
    onlyMine = false;
    source?.close();
    source = undefined;
    restart();
  });
  onScopeDispose(() => {
    started = false;
    turn++;
    source?.close();
    clearTimeout(retry);
    window.removeEventListener('online', restart);
  });

  function subscribe(listener: Listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return { state, recent, isSeeded, resumed, connect, subscribe };
});
