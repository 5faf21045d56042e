// One import of a product file: read it, plan it, carry the plan out row by row, try again what failed.
import { computed, reactive, ref, shallowRef } from 'vue';
import { plaza } from '@/api/plaza';
import { ApiError, describe, isTransient, needsAccess } from '@/api/problem';
import type { Product } from '@/api/types';
import { openImport, type OpenImport } from '@/lib/importKeys';
import { planImport, update, type ImportMode, type Step } from '@/lib/importPlan';
import { readProducts, type ImportRow, type ProductFile } from '@/lib/productCsv';
import { decodeFile } from '@/lib/textFile';
import { UNKNOWN_CURRENCY, useMall } from '@/stores/mall';

const PAGE = 200;
const ATTEMPTS = 3;
const PAUSE_MS = 1_000;
/** What is too large to be a price list is not read into memory. */
const FILE_MAX = 20_000_000;

function explain(e: unknown): string {
  if (e instanceof ApiError && e.status === 412) return 'it was changed meanwhile; trying again looks at it afresh';
  if (e instanceof ApiError && e.fields.length) return e.fields.map((f) => f.detail).join(' ');
  const { title, detail } = describe(e);
  return detail || title;
}

async function allProducts(storeId: string): Promise<Product[]> {
  const items: Product[] = [];
  let cursor: string | undefined;
  do {
    const page = await plaza.storeProducts(storeId, { limit: PAGE, cursor });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return items;
}

type Work = Extract<Step, { does: 'add' | 'update' }>;
const isWork = (step: Step): step is Work => step.does === 'add' || step.does === 'update';

export function useProductImport(storeId: () => string) {
  const mall = useMall();
  const stage = ref<'empty' | 'reading' | 'ready' | 'running' | 'done'>('empty');
  const name = ref('');
  /** The encoding a person named; empty: the one found. */
  const encoding = ref('');
  const mode = ref<ImportMode>('both');
  const found = shallowRef<{ encoding: string; guessed: boolean }>();
  const file = shallowRef<ProductFile>();
  const steps = shallowRef<Step[]>([]);
  /** Why nothing can be imported. */
  const problem = ref('');
  /** What came of each row that was sent, by its line: nothing when it is done, else why not. */
  const outcome = reactive(new Map<number, string>());
  /** Counted as it happens: a file may have thousands of rows, and each of them moves the progress. */
  const done = reactive({ add: 0, update: 0 });
  const failed = ref<{ row: ImportRow; why: string }[]>([]);
  let bytes: Uint8Array | undefined;
  let store: Product[] = [];
  let open: OpenImport | undefined;
  /** By line. */
  let keys = new Map<number, string>();
  let turn = 0;

  const work = computed(() => steps.value.filter(isWork));
  const left = computed(() => work.value.length - done.add - done.update);
  const isDone = (step: Step) => outcome.get(step.row.line) === '';
  const count = (does: Step['does'], steps: readonly Step[]) => steps.filter((s) => s.does === does).length;
  const planned = computed(() => ({
    add: count('add', steps.value),
    update: count('update', steps.value),
    nothing: count('nothing', steps.value),
    refuse: count('refuse', steps.value),
  }));
  function forget() {
    outcome.clear();
    Object.assign(done, { add: 0, update: 0 });
    failed.value = [];
  }
  function clear() {
    turn++;
    stage.value = 'empty';
    name.value = problem.value = '';
    found.value = file.value = undefined;
    steps.value = [];
    forget();
    bytes = open = undefined;
  }

  async function choose(chosen: File | undefined) {
    clear();
    encoding.value = '';
    if (!chosen) return;
    name.value = chosen.name;
    if (chosen.size > FILE_MAX) {
      problem.value = `The file has ${Math.ceil(chosen.size / 1e6)} MB; up to ${FILE_MAX / 1e6} MB are read. Split it.`;
      return;
    }
    bytes = new Uint8Array(await chosen.arrayBuffer());
    await read();
  }

  /** Reads the file once more: chosen, or in another encoding. */
  async function read() {
    if (!bytes) return;
    const mine = ++turn;
    stage.value = 'reading';
    problem.value = '';
    found.value = file.value = undefined;
    steps.value = [];
    forget();
    const text = decodeFile(bytes, encoding.value || undefined);
    if ('refused' in text) return fail(text.refused);
    found.value = text;
    try {
      const currency = mall.currency ?? (await mall.askCurrency());
      if (!currency) return fail(UNKNOWN_CURRENCY);
      const read = readProducts(text.text, currency);
      store = read.error ? [] : await allProducts(storeId());
      if (mine !== turn) return;
      file.value = read;
      if (read.error) return fail(`Line 1: ${read.error}.`);
      open = openImport(storeId());
      plan();
      stage.value = 'ready';
    } catch (e) {
      if (mine === turn) fail(explain(e));
    }
  }
  function fail(reason: string) {
    problem.value = reason;
    stage.value = 'empty';
  }
  function plan() {
    forget();
    if (!mall.currency) return;
    steps.value = planImport(file.value?.rows ?? [], store, mode.value, mall.currency);
    const adds = steps.value.filter((s) => s.does === 'add');
    const made = open?.keysFor(adds.map((s) => s.body)) ?? [];
    keys = new Map(adds.map((s, i) => [s.row.line, made[i]!]));
  }

  const send = (step: Work) =>
    step.does === 'add'
      ? plaza.createProduct(storeId(), step.body, keys.get(step.row.line))
      : plaza.editProduct(step.product, step.body);

  /** A busy or restarting server is waited for; the row keeps its key, so an answer that was lost doubles nothing. */
  async function persist(step: Work, isMine: () => boolean): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await send(step);
        return;
      } catch (e) {
        if (!isTransient(e) || attempt === ATTEMPTS || !isMine()) throw e;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
      }
    }
  }

  async function run() {
    const mine = ++turn;
    const isMine = () => mine === turn;
    stage.value = 'running';
    for (const step of work.value.filter((s) => !isDone(s))) {
      if (!isMine()) return;
      try {
        await persist(step, isMine);
        outcome.set(step.row.line, '');
        done[step.does]++;
      } catch (e) {
        const why = explain(e);
        outcome.set(step.row.line, why);
        failed.value.push({ row: step.row, why });
        // Who is refused, or finds nobody, need not ask for every other row: those are left for another try.
        if (needsAccess(e) || isTransient(e)) break;
      }
    }
    if (!isMine()) return;
    stage.value = 'done';
    if (left.value === 0) open?.close();
  }

  /** Changes are planned again against what the store has by now; additions go out as they were, with their keys. */
  async function again() {
    stage.value = 'running';
    try {
      const fresh = new Map((await allProducts(storeId())).map((p) => [p.id, p]));
      steps.value = steps.value.map((step) => {
        if (step.does !== 'update' || isDone(step)) return step;
        const product = fresh.get(step.product.id);
        return product
          ? update(step.row, product)
          : { does: 'refuse', row: step.row, why: 'the product is gone by now' };
      });
    } catch (e) {
      problem.value = explain(e);
      stage.value = 'done';
      return;
    }
    problem.value = '';
    for (const { row } of failed.value) outcome.delete(row.line);
    failed.value = [];
    await run();
  }

  return {
    stage,
    name,
    encoding,
    mode,
    found,
    file,
    steps,
    problem,
    outcome,
    failed,
    work,
    left,
    planned,
    done,
    clear,
    choose,
    read,
    plan,
    run,
    again,
  };
}
