// The import over time: requests that are still on their way when a person closes, goes on, goes back, or tries again.
import { effectScope, type EffectScope } from 'vue';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NewProduct, Product } from '@/api/types';
import { useProductImport } from '@/views/admin/useProductImport';
import { eur, stubServer, uuid } from './support';

const scopes: EffectScope[] = [];
function opened() {
  const scope = effectScope();
  scopes.push(scope);
  return scope.run(() => useProductImport(() => uuid(10)))!;
}
afterEach(() => scopes.splice(0).forEach((scope) => scope.stop()));

const csv = (...rows: string[]) => new File([['name,price,stock', ...rows].join('\n')], 'p.csv');
const chosenName = (i: ReturnType<typeof opened>) => i.steps.value.map((s) => s.row.values.name);

/** A door: everything waits in front of it until it is opened. */
function door() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A store that makes one product for each key, and answers a repeated key with it. `before` may wait or refuse. */
function aStore(before: (call: { method: string; name?: string }) => unknown = () => undefined) {
  const made = new Map<string, Product>();
  const shelf: Product[] = [];
  const sent: string[] = [];
  stubServer(async ({ method, path, body, headers }) => {
    if (path.startsWith('/products/')) {
      const found = shelf.find((p) => path.endsWith(p.id));
      return found ? { body: found } : { status: 404, body: { title: 'No', status: 404 } };
    }
    if (!path.startsWith('/stores')) return { body: { currency: 'EUR' } };
    const { name, price, stock } = (body ?? {}) as NewProduct;
    const refused = await before({ method, name });
    if (refused) return { status: refused as number, body: { title: 'No', status: refused } };
    if (method === 'GET') return { body: { items: shelf } };
    sent.push(name);
    const key = headers.get('idempotency-key')!;
    const there = made.get(key);
    if (there) return { status: 201, body: there, headers: { 'idempotency-replayed': 'true' } };
    const product = { id: uuid(made.size + 100), sku: `AUTO-${made.size}`, name, price, stock, description: '' };
    made.set(key, product as Product);
    shelf.push(product as Product);
    return { status: 201, body: product };
  });
  return { shelf, sent, names: () => [...made.values()].map((p) => p.name) };
}

describe('an import that somebody else has taken the place of', () => {
  it.each([['its list'], ['no list']])('sends nothing of the next file when trying again gets %s', async (gets) => {
    let slow = false;
    const list = door();
    const store = aStore(async ({ method, name }) => {
      if (name === 'Lamp') return 422;
      if (method === 'GET' && slow) {
        slow = false;
        await list.opened;
        return gets === 'no list' && 500;
      }
      return undefined;
    });
    const i = opened();
    await i.choose(csv('Lamp,1,1'));
    await i.run();
    slow = true;
    const again = i.again();
    await vi.waitFor(() => expect(slow).toBe(false));
    i.clear();
    await i.choose(csv('Not confirmed,1,1'));
    list.open();
    await again;
    expect([i.stage.value, i.problem.value, store.sent]).toEqual(['ready', '', []]);
  });

  it('shows the file that was chosen last, whichever is read first', async () => {
    aStore();
    const content = door();
    const slow = csv('Slow,1,1');
    vi.spyOn(slow, 'arrayBuffer').mockImplementation(async () => {
      await content.opened;
      return new TextEncoder().encode('name,price,stock\nSlow,1,1').buffer;
    });
    const i = opened();
    const first = i.choose(slow);
    await i.choose(csv('Quick,1,1'));
    content.open();
    await first;
    expect(chosenName(i)).toEqual(['Quick']);
  });

  it('plans against the list of its own file', async () => {
    const lists = [door(), door()];
    let asked = 0;
    const store = aStore(async ({ method }) => {
      if (method === 'GET') await lists[asked++]?.opened;
      return undefined;
    });
    const i = opened();
    const first = i.choose(csv('First,1,1'));
    await vi.waitFor(() => expect(asked).toBe(1));
    const second = i.choose(csv('Second,1,1'));
    await vi.waitFor(() => expect(asked).toBe(2));
    lists[1]!.open();
    await second;
    store.shelf.push({ id: uuid(1), sku: 'S', name: 'Second', price: eur(100), description: '' } as Product);
    lists[0]!.open();
    await first;
    i.plan();
    expect([i.stage.value, chosenName(i)]).toEqual(['ready', ['Second']]);
    expect(i.steps.value[0]).not.toHaveProperty('note');
  });

  it.each([
    ['answered', undefined],
    ['refused', 422],
  ])('counts no row of the file before, which is %s late', async (_, status) => {
    const answer = door();
    aStore(async ({ name }) => {
      if (name !== 'Late') return undefined;
      await answer.opened;
      return status;
    });
    const i = opened();
    await i.choose(csv('Late,1,1'));
    const late = i.run();
    i.clear();
    await i.choose(csv('Next,1,1'));
    answer.open();
    await late;
    expect([i.outcome.size, i.failed.value, i.left.value, i.stage.value]).toEqual([0, [], 1, 'ready']);
  });

  it('sends a row no second time to a busy server when it was closed meanwhile', async () => {
    let asked = 0;
    aStore(({ name }) => name === 'Lamp' && ++asked && 503);
    const i = opened();
    await i.choose(csv('Lamp,1,1'));
    vi.useFakeTimers();
    const run = i.run();
    await vi.advanceTimersByTimeAsync(500);
    i.clear();
    await vi.advanceTimersByTimeAsync(10_000);
    await run;
    expect(asked).toBe(1);
  });

  it('stops when its page is left', async () => {
    const first = door();
    const store = aStore(async ({ name }) => {
      if (name === 'P1') await first.opened;
    });
    const i = opened();
    await i.choose(csv('P1,1,1', 'P2,1,1', 'P3,1,1'));
    const run = i.run();
    scopes[0]!.stop();
    first.open();
    await run;
    expect(store.sent).toEqual(['P1']);
  });
});

it('a file that cannot be read any more is said to be so', async () => {
  aStore();
  const gone = csv('Gone,1,1');
  vi.spyOn(gone, 'arrayBuffer').mockRejectedValue(new DOMException('the file is gone', 'NotReadableError'));
  const i = opened();
  await i.choose(gone);
  expect(i.problem.value).toBe('the file is gone');
});

describe('a file that comes back', () => {
  it('corrected doubles no row without a SKU, as long as a row was refused', async () => {
    const store = aStore();
    const i = opened();
    await i.choose(csv('Lamp,1,1', 'Mug,1,1', 'Tray,1.999,1'));
    await i.run();
    await i.choose(csv('Lamp,1,1', 'Mug,1,1', 'Tray,1999,1'));
    expect(i.planned.value).toMatchObject({ already: 2, add: 1, refuse: 0 });
    await i.run();
    expect(store.names()).toEqual(['Lamp', 'Mug', 'Tray']);
    // Now everything is done: the same again means more of the same.
    await i.choose(csv('Lamp,1,1'));
    expect(i.steps.value).toMatchObject([{ does: 'add', note: expect.stringMatching(/^one more of this name/) }]);
  });

  it('after a failure does not warn of what it made itself, and adds what was taken out since', async () => {
    const store = aStore(({ name }) => name === 'Bad' && 422);
    const rows = ['Lamp,1,1', 'Mug,1,1', 'Mug,2,1', 'Bad,1,1'];
    const i = opened();
    await i.choose(csv(...rows.slice(0, 2), rows[3]!));
    await i.run();
    store.shelf.shift();
    // Another page, as after a reload.
    const later = opened();
    await later.choose(csv(...rows));
    expect(later.steps.value).toMatchObject([
      { does: 'add', row: { values: { name: 'Lamp' } } },
      { does: 'already' },
      { does: 'add', row: { values: { price: 200 } } },
      { does: 'add' },
    ]);
    expect(later.steps.value.map((s) => s.does === 'add' && s.note).filter(Boolean)).toEqual([]);
    await later.run();
    expect([later.done.add, later.done.already]).toEqual([2, 0]);
    expect(store.shelf.map((p) => p.name).sort()).toEqual(['Lamp', 'Mug', 'Mug']);
  });

  it('warns of a namesake that somebody else made', async () => {
    const store = aStore();
    store.shelf.push({ id: uuid(1), sku: 'L', name: 'Lamp', price: eur(100), description: '' } as Product);
    const i = opened();
    await i.choose(csv('Lamp,1,1'));
    expect(i.steps.value).toMatchObject([{ note: expect.stringMatching(/^one more of this name/) }]);
  });

  it('counts an answer that was given before as already added', async () => {
    const store = aStore(({ name }) => name === 'Bad' && 422);
    const i = opened();
    await i.choose(csv('Lamp,1,1', 'Bad,1,1'));
    await i.run();
    i.clear();
    // Only the keys are left of what came of the rows, as when the tab was closed in the middle.
    const kept = Object.keys(sessionStorage).find((key) => key.includes('import'))!;
    const { id, at } = JSON.parse(sessionStorage.getItem(kept)!) as { id: string; at: number };
    sessionStorage.setItem(kept, JSON.stringify({ id, at }));
    await i.choose(csv('Lamp,1,1', 'Bad,1,1'));
    await i.run();
    expect(i.done).toEqual({ add: 0, update: 0, already: 1 });
    expect([i.outcome.get(2), i.left.value, store.shelf.length]).toEqual(['done before', 1, 1]);
  });

  it('adds anew what an answer given before says, and the store no longer has', async () => {
    const store = aStore(({ name }) => name === 'Bad' && 422);
    const i = opened();
    await i.choose(csv('Lamp,1,1', 'Bad,1,1'));
    await i.run();
    i.clear();
    const kept = Object.keys(sessionStorage).find((key) => key.includes('import'))!;
    const { id, at } = JSON.parse(sessionStorage.getItem(kept)!) as { id: string; at: number };
    for (const times of [1, 2]) {
      sessionStorage.setItem(kept, JSON.stringify({ id, at }));
      store.shelf.length = 0;
      await i.choose(csv('Lamp,1,1', 'Bad,1,1'));
      await i.run();
      expect([times, i.done.add, store.shelf.map((p) => p.name)]).toEqual([times, 1, ['Lamp']]);
      i.clear();
    }
  });

  it('says so when a corrected file has another row of a name it has added', async () => {
    aStore(({ name }) => name === 'Bad' && 422);
    const i = opened();
    await i.choose(csv('Lamp,5,1', 'Cup,3,1', 'Bad,1,1'));
    await i.run();
    i.clear();
    await i.choose(csv('Lamp,5.50,1', 'Cup,3,1', 'Cup,4,1', 'Good,1,1'));
    expect(i.steps.value).toMatchObject([
      { does: 'add', note: 'one more: this import has added Lamp at €5.00 before' },
      { does: 'already' },
      { does: 'add' },
      { does: 'add' },
    ]);
    expect(i.steps.value.slice(2).map((s) => s.does === 'add' && s.note)).toEqual([undefined, undefined]);
  });

  it('says of a row whose answer was lost that it is not added twice', async () => {
    let lost = true;
    const store = aStore();
    const answer = globalThis.fetch;
    vi.stubGlobal('fetch', async (input: Request) => {
      const given = await answer(input);
      if (lost && input.method === 'POST') throw new TypeError('network');
      return given;
    });
    const i = opened();
    await i.choose(csv('Lamp,1,1'));
    vi.useFakeTimers();
    const run = i.run();
    await vi.advanceTimersByTimeAsync(10_000);
    await run;
    vi.useRealTimers();
    lost = false;
    await i.choose(csv('Lamp,1,1'));
    expect(i.steps.value).toMatchObject([{ does: 'add', note: expect.stringMatching(/not added twice$/) }]);
    await i.run();
    expect(i.done.already).toBe(1);
    expect(store.names()).toEqual(['Lamp']);
  });
});
