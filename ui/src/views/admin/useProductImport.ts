// One import of a product file: read it, plan it, carry the plan out row by row, try again what failed.
import { computed, onScopeDispose, reactive, ref, shallowRef } from 'vue';
import { isReplayed } from '@/api/client';
import { readPages } from '@/api/pages';
import { plaza } from '@/api/plaza';
import { ApiError, describe, isTransient, needsAccess } from '@/api/problem';
import type { Product } from '@/api/types';
import { money } from '@/lib/format';
import { openImport, type OpenImport } from '@/lib/importKeys';
import { planImport, resumed, update, type Addition, type ImportMode, type Step } from '@/lib/importPlan';
import { readProducts, type ImportRow, type ProductFile } from '@/lib/productCsv';
import { decodeFile } from '@/lib/textFile';
import { UNKNOWN_CURRENCY, useMall } from '@/stores/mall';

const ATTEMPTS = 3;
const PAUSE_MS = 1_000;
/** A file too large to be a price list is not read into memory. */
const FILE_MAX = 20_000_000;

function explain(e: unknown): string {
  if (e instanceof ApiError && e.status === 412) return 'it was changed meanwhile; trying again looks at it afresh';
  if (e instanceof ApiError && e.fields.length) {
    // A detail such as "must not be blank" does not name its field.
    const said = (f: { pointer: string; detail: string }) =>
      f.detail.startsWith('must ') ? `the ${f.pointer.replace(/^#?\//, '')} ${f.detail}` : f.detail;
    return e.fields.map(said).join(' ');
  }
  const { title, detail } = describe(e);
  return detail || title;
}

const allProducts = async (storeId: string) =>
  (await readPages((paging) => plaza.storeProducts(storeId, paging))).items;

type Work = Addition | Extract<Step, { does: 'update' }>;
const isWork = (step: Step): step is Work => step.does === 'add' || step.does === 'update';

/** What came of a row that was sent. */
export type Outcome = 'done' | 'done before' | { failed: string };

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
  /** By line. */
  const outcome = reactive(new Map<number, Outcome>());
  /** Counted as it happens: a file may have thousands of rows, and each of them moves the progress. */
  const done = reactive({ add: 0, update: 0, already: 0 });
  const failed = ref<{ row: ImportRow; why: string }[]>([]);
  let bytes: Uint8Array | undefined;
  let store: Product[] = [];
  let open: OpenImport | undefined;
  /** By line. */
  let keys = new Map<number, string>();
  /** Counted up by each action that replaces an earlier one; who has waited checks that it is still their turn. */
  let turn = 0;

  const work = computed(() => steps.value.filter(isWork));
  const left = computed(() => work.value.length - done.add - done.update - done.already);
  const isDone = (step: Step) => {
    const result = outcome.get(step.row.line);
    return result === 'done' || result === 'done before';
  };
  const count = (does: Step['does'], steps: readonly Step[]) => steps.filter((s) => s.does === does).length;
  const planned = computed(() => ({
    add: count('add', steps.value),
    update: count('update', steps.value),
    nothing: count('nothing', steps.value),
    already: count('already', steps.value),
    refuse: count('refuse', steps.value),
  }));
  function forget() {
    outcome.clear();
    Object.assign(done, { add: 0, update: 0, already: 0 });
    failed.value = [];
  }
  function clear() {
    turn++;
    stage.value = 'empty';
    name.value = problem.value = '';
    found.value = file.value = undefined;
    steps.value = [];
    forget();
    open?.save();
    bytes = open = undefined;
  }
  onScopeDispose(clear);

  async function choose(chosen: File | undefined) {
    clear();
    encoding.value = '';
    if (!chosen) return;
    name.value = chosen.name;
    if (chosen.size > FILE_MAX) {
      problem.value = `The file has ${Math.ceil(chosen.size / 1e6)} MB; up to ${FILE_MAX / 1e6} MB are read. Split it.`;
      return;
    }
    const mine = turn;
    try {
      const content = await chosen.arrayBuffer();
      if (mine !== turn) return;
      bytes = new Uint8Array(content);
    } catch (e) {
      // The file was moved or changed after it was chosen.
      if (mine === turn) fail(explain(e));
      return;
    }
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
      if (mine !== turn) return;
      if (!currency) return fail(UNKNOWN_CURRENCY);
      const read = readProducts(text.text, currency);
      file.value = read;
      if (read.error) return fail(`Nothing can be imported: ${read.error}.`);
      const products = await allProducts(storeId());
      if (mine !== turn) return;
      store = products;
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
    const plan = planImport(file.value?.rows ?? [], store, mode.value, mall.currency, open?.made());
    const adds = plan.filter((s) => s.does === 'add');
    const here = new Set(store.map((p) => p.id));
    const made =
      open?.keysFor(
        adds.map((s) => s.body),
        (id) => here.has(id),
      ) ?? [];
    keys = new Map(adds.map((s, i) => [s.row.line, made[i]!]));
    const resultOf = (line: number) => open?.resultOf(keys.get(line)!);
    const found = new Set(
      adds.map(({ row }) => resultOf(row.line)).map((sent) => (sent instanceof Object ? sent.made : '')),
    );
    // What this import made of rows that the file no longer has, or has changed.
    const left = store.filter((p) => open?.made().has(p.id) && !found.has(p.id));
    const earlier = new Map(left.map((p) => [p.name, `${p.name} at ${money(p.price)}`]));
    steps.value = plan.map((s) => (s.does === 'add' ? resumed(s, resultOf(s.row.line), earlier.get(s.body.name)) : s));
  }

  const send = (step: Work, key: string | undefined) =>
    step.does === 'add' ? plaza.createProduct(storeId(), step.body, key) : plaza.editProduct(step.product, step.body);

  /** A busy or restarting server is waited for; the row keeps its key, so an answer that was lost doubles nothing. */
  async function persist(step: Work, key: string | undefined, isMine: () => boolean): Promise<Product> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(step, key);
      } catch (e) {
        if (!isTransient(e) || attempt === ATTEMPTS) throw e;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
        if (!isMine()) throw e;
      }
    }
  }

  const isGone = ({ id }: Product) =>
    plaza.product(id).then(
      () => false,
      (e) => {
        if (e instanceof ApiError && e.status === 404) return true;
        throw e;
      },
    );

  async function run() {
    const mine = ++turn;
    const isMine = () => mine === turn;
    const going = open;
    const keyOf = keys;
    stage.value = 'running';
    for (const step of work.value.filter((s) => !isDone(s))) {
      let key = keyOf.get(step.row.line);
      try {
        let product = await persist(step, key, isMine);
        // Made before and taken out of the store since: the row means a new product.
        while (key && going && isReplayed(product) && (await isGone(product))) {
          going.note(key, { made: product.id });
          key = going.after(key, product.id);
          product = await persist(step, key, isMine);
        }
        if (key) going?.note(key, { made: product.id });
        if (!isMine()) return going?.save();
        const replayed = isReplayed(product);
        outcome.set(step.row.line, replayed ? 'done before' : 'done');
        done[replayed ? 'already' : step.does]++;
      } catch (e) {
        if (key) going?.note(key, isTransient(e) ? 'lost' : undefined);
        if (!isMine()) return going?.save();
        const why = explain(e);
        outcome.set(step.row.line, { failed: why });
        failed.value.push({ row: step.row, why });
        // Refused or without a server, the other rows would fail too: they are left for another try.
        if (needsAccess(e) || isTransient(e)) break;
      }
    }
    stage.value = 'done';
    // A refused row comes back in a corrected file beside all the others, and they still belong to this import then.
    if (left.value > 0 || planned.value.refuse > 0) return going?.save();
    going?.close();
    open = undefined;
  }

  /** Changes are planned again against what the store has now; additions are sent as they were, with their keys. */
  async function again() {
    const mine = ++turn;
    stage.value = 'running';
    try {
      const fresh = new Map((await allProducts(storeId())).map((p) => [p.id, p]));
      if (mine !== turn) return;
      steps.value = steps.value.map((step) => {
        if (step.does !== 'update' || isDone(step)) return step;
        const product = fresh.get(step.product.id);
        return product
          ? update(step.row, product)
          : { does: 'refuse', row: step.row, why: 'the product is gone by now' };
      });
    } catch (e) {
      if (mine !== turn) return;
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
