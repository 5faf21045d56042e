// The mall's clock: asked when the page opens, heard of in the stream, watched while it is advanced, and set.
import { useEventListener } from '@vueuse/core';
import { defineStore } from 'pinia';
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue';
import { plaza } from '@/api/plaza';
import type { Advance, Clock, PlazaEvent } from '@/api/types';
import { course, mallNow, wallNow } from '@/lib/clock';
import { isAdvancing, isPlain as isPlainClock } from '@/lib/clockWords';
import { coalesce } from '@/lib/coalesce';
import { field, version } from '@/lib/events';
import { useAccess } from './access';
import { useLive } from './live';

const SET = 'plaza.mall.clock_set.v1';
/** How often an advance is watched: where it stands is in no event. */
const WATCH_MS = 600;
/** At most this often do other reasons lead to the question. */
const ASK_MS = 1_000;
/** How soon a question that failed is asked again; a stream that comes back asks it at once. */
const RETRY_MS = 3_000;
/** Whoever may not follow the whole stream does not hear that the clock was set. */
const DEAF_MS = 10_000;
/** An event this far ahead of a running clock means that somebody advances it. */
const AHEAD_MS = 2_000;

export const useClock = defineStore('clock', () => {
  const clock = shallowRef<Clock>();
  /** Whether the controls are shown. */
  const isOpen = ref(false);
  /** What a paused clock goes on at. */
  const goOnSpeed = ref(1);
  const access = useAccess();
  const live = useLive();
  const isPlain = computed(() => !clock.value || isPlainClock(clock.value));
  const advancing = computed(() => !!clock.value && isAdvancing(clock.value));
  /** Whether it is an instrument of the page: then it is shown whatever it says. */
  const isInstrument = ref(false);
  const isShown = computed(
    () => !isPlain.value || ((isOpen.value || isInstrument.value) && access.mayChange && !!clock.value),
  );

  /** Answers to what was asked before the newest answer or event are ignored. */
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  function take(answer: Clock, at: number) {
    const rate = answer.status === 'running' ? answer.speed : 0;
    course.value = { mallMs: Date.parse(answer.now), wallMs: Date.parse(answer.wall), at, rate };
    if (answer.speed > 0) goOnSpeed.value = answer.speed;
    clock.value = answer;
  }
  async function ask() {
    const mine = ++turn;
    const sent = performance.now();
    let failed = false;
    try {
      const answer = await plaza.clock();
      // It was true about half-way between question and answer.
      if (mine === turn) take(answer, (sent + performance.now()) / 2);
    } catch {
      // What was known goes on: the page already says that the connection is lost.
      failed = true;
    }
    if (mine === turn) plan(failed ? RETRY_MS : 0);
  }
  const asking = coalesce(ask, ASK_MS);

  /** When to ask again without being told to. */
  function plan(leastMs = 0) {
    clearTimeout(timer);
    const waits = access.maySee && clock.value ? [] : [DEAF_MS];
    const due = clock.value?.next_due_at;
    if (advancing.value) waits.push(WATCH_MS);
    else if (isShown.value && due && course.value?.rate)
      waits.push(Math.max(ASK_MS, (Date.parse(due) - mallNow()) / course.value.rate + WATCH_MS));
    // A longer wait does not fit a timer, and by then other events will have come.
    const wait = Math.max(leastMs, Math.min(...waits));
    if (!ended && wait < 86_400_000) timer = setTimeout(() => (document.hidden ? plan() : void ask()), wait);
  }

  /** The clock was set: known at once from the event; what is due next only the server knows. */
  function hear(e: PlazaEvent) {
    const known = clock.value;
    // The answer that is awaited may be from before.
    if (!known) return void ask();
    if (version(e) <= known.version) return;
    const speed = field<number>(e, 'speed') ?? 1;
    const [mallMs, wallMs] = [field<string>(e, 'mall_time'), field<string>(e, 'wall_time')].map((t) =>
      Date.parse(t ?? ''),
    );
    const now = wallNow();
    const at = performance.now();
    const since = Math.max(0, now - wallMs!) * speed;
    const status = speed === 0 ? 'paused' : 'running';
    const answer = { ...known, speed, status, version: version(e), target: null, stalled: null } as const;
    const iso = (ms: number) => new Date(ms).toISOString();
    if (!Number.isNaN(mallMs! + wallMs!))
      take({ ...answer, now: iso(mallMs! + since), wall: iso(now), offset_ms: mallMs! + since - now }, at);
    void ask();
  }
  /** What has happened in the mall is not ahead of its time: whether the clock learned so from an event at `eventMs`. */
  function overtake(eventMs: number): boolean {
    const known = course.value;
    if (!known || !(eventMs - mallNow() > AHEAD_MS * known.rate)) return false;
    course.value = { ...known, mallMs: eventMs, wallMs: wallNow(), at: performance.now() };
    return true;
  }
  const off = live.subscribe((events) => {
    const set = events.findLast((e) => e.type === SET);
    if (set) return hear(set);
    const isAhead = overtake(Date.parse(events.at(-1)?.time ?? ''));
    // An order that moves on may change what is due next.
    if (isAhead || (isShown.value && events.some((e) => e.type.startsWith('plaza.order.')))) asking.schedule();
  });
  watch(
    () => live.resumed,
    () => void ask(),
  );
  watch([isShown, () => access.maySee], () => plan());
  // The timer of a page that nobody saw stood still, and so may have its clock.
  useEventListener(document, 'visibilitychange', () => void (document.hidden || ask()));
  onScopeDispose(() => {
    ended = true;
    turn = Infinity;
    off();
    asking.stop();
    clearTimeout(timer);
    course.value = undefined;
  });
  void ask();

  /** Takes the answer to a change; after a refusal asks how things are. */
  async function change(work: () => Promise<Clock>) {
    try {
      const answer = await work();
      turn++;
      // What the stream has told meanwhile is newer.
      if (answer.version >= (clock.value?.version ?? 0)) take(answer, performance.now());
      plan();
    } catch (e) {
      void ask();
      throw e;
    }
  }
  const setSpeed = (speed: number) => change(() => plaza.setClock(speed, clock.value?.version));
  const advance = (until: Advance, key: string) => change(() => plaza.advanceClock(until, key));
  const stop = () => change(() => plaza.stopClock());

  return { clock, isOpen, isPlain, isInstrument, isShown, advancing, goOnSpeed, setSpeed, advance, stop };
});
