// Which column of a product file says what: the names people use, and the exports of Shopify and WooCommerce.
import { unguarded } from './csv';
import { trimmed } from './whiteSpace';

export type Field = 'name' | 'description' | 'sku' | 'price' | 'price_minor' | 'stock' | 'currency';
export type Dialect = 'plaza' | 'shopify' | 'woocommerce';

/** In order of preference. `price` is in major units ("19.99"), `price_minor` in minor ones ("1999"), as the export has it. */
const NAMES: Record<Dialect, Record<Field, string[]>> = {
  plaza: {
    name: ['name', 'product', 'product name', 'title'],
    description: ['description', 'desc'],
    sku: ['sku', 'code'],
    price: ['price', 'unit_price', 'unit price'],
    price_minor: ['price_minor'],
    stock: ['stock', 'available', 'quantity'],
    currency: ['currency'],
  },
  // https://help.shopify.com/en/manual/products/import-export/using-csv, old and new column names.
  shopify: {
    name: ['title'],
    description: ['body (html)', 'description'],
    sku: ['variant sku', 'sku'],
    price: ['variant price', 'price'],
    price_minor: [],
    stock: ['variant inventory qty', 'inventory quantity'],
    currency: [],
  },
  // https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema
  woocommerce: {
    name: ['name'],
    description: ['description', 'short description'],
    sku: ['sku'],
    price: ['regular price'],
    price_minor: [],
    stock: ['stock'],
    currency: [],
  },
};
export const DIALECTS: Record<Dialect, string> = {
  plaza: 'columns found by name',
  shopify: 'columns of a Shopify export',
  woocommerce: 'columns of a WooCommerce export',
};

const norm = (header: string) => header.trim().toLowerCase();

function dialectOf(names: readonly string[]): Dialect {
  const has = (...wanted: string[]) => wanted.every((n) => names.includes(n));
  if (has('handle', 'variant price') || has('url handle', 'inventory quantity')) return 'shopify';
  return has('regular price') ? 'woocommerce' : 'plaza';
}

export interface Columns {
  dialect: Dialect;
  /** How many cells a row has. */
  width: number;
  has(field: Field): boolean;
  /** A cell without the apostrophe that keeps a spreadsheet from running it as a formula; empty when there is none. */
  cell(cells: readonly string[], field: Field): string;
  /** A cell by the header's own name. */
  named(cells: readonly string[], name: string): string;
}

export function columnsOf(header: readonly string[]): Columns {
  const names = header.map(norm);
  const dialect = dialectOf(names);
  const index = Object.entries(NAMES[dialect]).map(([field, wanted]) => [
    field,
    wanted.map((n) => names.indexOf(n)).find((i) => i >= 0) ?? -1,
  ]);
  const at = Object.fromEntries(index) as Record<Field, number>;
  return {
    dialect,
    width: names.length,
    has: (field) => at[field] >= 0,
    cell: (cells, field) => unguarded(trimmed(cells[at[field]] ?? '')),
    named: (cells, name) => trimmed(cells[names.indexOf(name)] ?? ''),
  };
}

/** How many columns of a header are understood: tells the right delimiter from the wrong ones. */
export function knownColumns(header: readonly string[]): number {
  const { has } = columnsOf(header);
  return (Object.keys(NAMES.plaza) as Field[]).filter(has).length;
}
