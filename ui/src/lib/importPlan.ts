// What each row of a product file will do to a store, before anything is done: add, change, or nothing, and why.
import type { EditProduct, NewProduct, Product } from '@/api/types';
import { money } from './format';
import type { SentResult } from './importKeys';
import type { ImportRow, ProductValues } from './productCsv';

/** What may happen to a product whose SKU is in the store already, and to one that is not. */
export type ImportMode = 'both' | 'add' | 'update';

export type Addition = Extract<Step, { does: 'add' }>;
export type Step =
  /** `note`: what a person may want to know before it. */
  | { does: 'add'; row: ImportRow; body: NewProduct; note?: string }
  | { does: 'update'; row: ImportRow; product: Product; body: EditProduct; changes: string[] }
  | { does: 'nothing'; row: ImportRow; why: string }
  /** This import has added it before. */
  | { does: 'already'; row: ImportRow; why: string }
  | { does: 'refuse'; row: ImportRow; why: string };

/** The server's limits, in characters. */
const LIMITS = { name: 120, sku: 64, description: 2_000 } as const;

function wrongText(values: ProductValues): string | undefined {
  for (const [field, max] of Object.entries(LIMITS) as [keyof typeof LIMITS, number][]) {
    const text = values[field] ?? '';
    // Characters are counted only where there may be too many: there are never more of them than code units.
    const length = text.length > max ? [...text].length : text.length;
    if (length > max) return `the ${field} has ${length} characters, ${max} fit`;
    if (field !== 'description' && /[\n\t]/.test(text)) return `the ${field} holds a line break or a tab`;
  }
  return undefined;
}

function add(row: ImportRow, currency: string): Step {
  const { name, price, stock, sku, description } = row.values;
  const missing = [name === undefined && 'name', price === undefined && 'price', stock === undefined && 'stock count'];
  const words = missing.filter((m) => m !== false);
  if (name === undefined || price === undefined || stock === undefined)
    return { does: 'refuse', row, why: `the ${words.join(' and the ')} ${words.length > 1 ? 'are' : 'is'} empty` };
  const body: NewProduct = { name, price: { amount_minor: price, currency }, stock };
  if (sku) body.sku = sku;
  if (description) body.description = description;
  return { does: 'add', row, body };
}

/** Only what the row says and the store has otherwise: an empty cell leaves what is there. */
export function update(row: ImportRow, product: Product): Step {
  const { name, description, price, stock } = row.values;
  const body: EditProduct = {};
  const changes: string[] = [];
  if (name !== undefined && name !== product.name) {
    body.name = name;
    changes.push(`name was ${product.name}`);
  }
  if (description !== undefined && description !== product.description) {
    body.description = description;
    changes.push('description');
  }
  if (price !== undefined && price !== product.price.amount_minor) {
    body.price = { amount_minor: price, currency: product.price.currency };
    changes.push(`price was ${money(product.price)}`);
  }
  if (stock !== undefined && stock !== product.stock) {
    body.stock = stock;
    changes.push(`stock was ${product.stock}`);
  }
  return changes.length
    ? { does: 'update', row, product, body, changes }
    : { does: 'nothing', row, why: 'the store has it like this' };
}

/** `made`: the ids of the products that this very import made before, which are nobody's namesakes. */
export function planImport(
  rows: readonly ImportRow[],
  store: readonly Product[],
  mode: ImportMode,
  currency: string,
  made: ReadonlySet<string> = new Set(),
): Step[] {
  const bySku = new Map(store.map((p) => [p.sku, p]));
  const names = new Set(store.filter((p) => !made.has(p.id)).map((p) => p.name));
  const lineOf = new Map<string, number>();
  return rows.map((row): Step => {
    const refuse = (why: string): Step => ({ does: 'refuse', row, why });
    if (row.error) return refuse(row.error);
    if (row.leftOut) return { does: 'nothing', row, why: row.leftOut };
    const wrong = wrongText(row.values);
    if (wrong) return refuse(wrong);
    const { sku } = row.values;
    if (sku !== undefined) {
      const earlier = lineOf.get(sku);
      if (earlier !== undefined) return refuse(`the SKU ${sku} is on line ${earlier} already`);
      lineOf.set(sku, row.line);
    }
    const present = sku === undefined ? undefined : bySku.get(sku);
    if (present) return mode === 'add' ? refuse(`the SKU ${sku} is in the store already`) : update(row, present);
    if (mode === 'update')
      return refuse(sku === undefined ? 'without a SKU nothing is found to change' : `no product has the SKU ${sku}`);
    const step = add(row, currency);
    if (step.does === 'add' && sku === undefined && names.has(step.body.name))
      step.note = 'one more of this name: without a SKU it is not the one in the store';
    return step;
  });
}

/**
 * What is left of an addition that this import may have sent before; `earlier` is what it made of another row of the same
 * name that the file no longer has.
 */
export function resumed(step: Addition, sent: SentResult | undefined, earlier?: string): Step {
  if (sent === undefined)
    return earlier ? { ...step, note: `one more: this import has added ${earlier} before` } : step;
  if (sent === 'lost') return { ...step, note: 'sent before, without an answer: it is not added twice' };
  return { does: 'already', row: step.row, why: 'by this import' };
}
