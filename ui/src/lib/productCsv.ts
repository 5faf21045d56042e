// Rows of a product CSV as the API wants them, with one readable message per row that cannot be read.
import type { NewProduct } from '@/api/types';
import { parseCsv } from './csv';
import { toMinor } from './format';

export interface ImportRow {
  /** The line in the file, counting the header as 1: what a spreadsheet shows. */
  line: number;
  product?: NewProduct;
  error?: string;
}

/** Header names people use for each field. */
const FIELDS: Record<keyof NewProduct, string[]> = {
  name: ['name', 'product', 'title'],
  description: ['description', 'desc'],
  sku: ['sku', 'code'],
  price: ['price', 'price_minor', 'unit_price'],
  stock: ['stock', 'available', 'quantity'],
};

/** `price` is in major units ("19.99"); a column `price_minor` is in minor units ("1999"), as the export writes it. */
export function parseProducts(text: string, currency: string): ImportRow[] {
  const [header, ...rows] = parseCsv(text);
  if (!header) return [];
  const names = header.map((h) => h.trim().toLowerCase());
  const column = (field: keyof NewProduct) => names.findIndex((n) => FIELDS[field].includes(n));
  const missing = (['name', 'price', 'stock'] as const).filter((f) => column(f) < 0);
  if (missing.length) return [{ line: 1, error: `the header has no column ${missing.join(', ')}` }];
  const minor = names[column('price')] === 'price_minor';
  const currencyAt = names.indexOf('currency');

  return rows.map((cells, i) => {
    const line = i + 2;
    const cell = (f: keyof NewProduct) => (cells[column(f)] ?? '').trim().replace(/^'(?=[=+\-@])/, '');
    const name = cell('name');
    const price = Number(cell('price'));
    const stock = Number(cell('stock'));
    if (!name) return { line, error: 'the name is empty' };
    if (cell('price') === '' || !Number.isFinite(price) || price < 0)
      return { line, error: `"${cell('price')}" is not a price` };
    if (cell('stock') === '' || !Number.isInteger(stock) || stock < 0)
      return { line, error: `"${cell('stock')}" is not a stock count` };
    const stated = (cells[currencyAt] ?? '').trim().toUpperCase();
    if (stated && stated !== currency)
      return { line, error: `the price is in ${stated}, the mall trades in ${currency}` };
    const product: NewProduct = {
      name,
      price: minor ? { amount_minor: Math.round(price), currency } : toMinor(price, currency),
      stock,
    };
    if (cell('sku')) product.sku = cell('sku');
    if (cell('description')) product.description = cell('description');
    return { line, product };
  });
}
