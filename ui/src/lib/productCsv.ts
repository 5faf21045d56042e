// Rows of a product file as values, with one readable reason for each row that cannot be read. What becomes of them in
// a store is `importPlan.ts`.
import { DELIMITERS, findDelimiter, parseCsv, type CsvRow } from './csvFile';
import { loneSign } from './decimal';
import { columnsOf, knownColumns, type Columns, type Dialect } from './productColumns';
import { AMOUNT_MAX, STOCK_MAX, countKind, moneyKind } from './typedNumber';
import { trimmed } from './whiteSpace';

type Field = Parameters<Columns['cell']>[1];

/** What a row says; an empty cell says nothing. */
export interface ProductValues {
  name?: string;
  description?: string;
  sku?: string;
  /** Minor units. */
  price?: number;
  stock?: number;
}
export interface ImportRow {
  line: number;
  lastLine: number;
  values: ProductValues;
  /** Why the row cannot be read. */
  error?: string;
  /** Why the row is no product, and no fault either. */
  leftOut?: string;
}
export interface ProductFile {
  delimiter: string;
  dialect: Dialect;
  rows: ImportRow[];
  /** Why nothing in the file can be read. */
  error?: string;
}

/** Without comments, scripts and styles. One that does not end hides the rest, as in a browser. */
function shownHtml(html: string): string {
  const opening = /<(?:!--|(script|style)\b)/gi;
  let shown = '';
  let from = 0;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    shown += html.slice(from, found.index);
    const closing = found[1] ? new RegExp(`</${found[1]}\\s*>`, 'gi') : /-->/g;
    closing.lastIndex = opening.lastIndex;
    if (!closing.test(html)) return shown;
    from = opening.lastIndex = closing.lastIndex;
  }
  return shown + html.slice(from);
}

/** Tags that end a line become one. */
function withoutTags(html: string): string {
  // Looked for only where a ">" follows: else every "<" of a hostile text would be followed to its end.
  const end = html.lastIndexOf('>') + 1;
  const tags = html
    .slice(0, end)
    .replace(/<[/!]?[a-z][^>]*>/gi, (tag) => (/^<(?:br|\/p|\/li|\/div|\/h\d)\b/i.test(tag) ? '\n' : ''));
  return tags + html.slice(end);
}

/** Plain text of a description that a web shop exported as HTML, in time linear in its length. */
export function plainHtml(html: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  const text = withoutTags(shownHtml(html.replaceAll('\\n', '\n'))).replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi,
    (whole, dec?: string, hex?: string, name?: string) => {
      if (name) return named[name.toLowerCase()] ?? whole;
      const code = dec ? Number(dec) : Number.parseInt(hex!, 16);
      return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    },
  );
  const lines = text.split('\n').map(trimmed).join('\n');
  return trimmed(lines.replace(/\n{3,}/g, '\n\n'));
}

/**
 * Shopify writes a product over several rows: the title on the first, a variant or only an image on each other. Where
 * the first is not there or cannot be read, nobody knows what the variants are called.
 */
function shopifyNames(columns: Columns) {
  let handle = '';
  let title = '';
  let description = '';
  return (cells: readonly string[], row: ImportRow) => {
    const own = columns.named(cells, 'handle') || columns.named(cells, 'url handle');
    if (own !== handle || row.values.name) {
      handle = own;
      title = row.values.name ?? '';
      description = row.values.description ?? '';
    }
    if (row.error) return;
    const { sku, price, stock } = row.values;
    if (!row.values.name && sku === undefined && price === undefined && stock === undefined) {
      row.leftOut = `more about ${title || handle || 'the product above'}, no variant of its own`;
      return;
    }
    // A file without titles only changes what is there.
    if (!columns.has('name')) return;
    if (!title) {
      row.error = 'the row that names it is not there or could not be read';
      return;
    }
    const options = [1, 2, 3].map((n) => columns.named(cells, `option${n} value`)).filter(Boolean);
    const variant = options.filter((o) => o !== 'Default Title').join(' / ');
    row.values.name = [title, variant].filter(Boolean).join(', ');
    if (description) row.values.description ??= description;
  };
}

const WOO_LEFT_OUT = {
  variable: 'a product with variations, which have rows of their own',
  grouped: 'a grouped product, which the shop does not sell itself',
  external: 'an external product, which the shop does not sell itself',
};
function wooRow(columns: Columns) {
  return (cells: readonly string[], row: ImportRow) => {
    const type = /\b(variable|grouped|external)\b/i.exec(columns.named(cells, 'type'))?.[1]!.toLowerCase();
    if (type) {
      row.leftOut = WOO_LEFT_OUT[type as keyof typeof WOO_LEFT_OUT];
      row.error = undefined;
    } else if (row.values.stock === undefined && columns.named(cells, 'in stock?') === '0') row.values.stock = 0;
  };
}

/** Why the cells of a row are not those the header names: then none of them is believed, its title neither. */
function misplaced({ cells, broken }: CsvRow, columns: Columns, delimiter: string): string | undefined {
  if (broken) return broken;
  return cells.slice(columns.width).some((cell) => trimmed(cell) !== '')
    ? `has ${cells.length} cells, the header has ${columns.width}: a cell with a ${DELIMITERS[delimiter] ?? `"${delimiter}"`} in it needs quotes`
    : undefined;
}

/** How the numbers of each column are read: as the reader would type them, unless a column contradicts itself. */
function numberKinds(columns: Columns, body: readonly CsvRow[], currency: string, locale?: string) {
  const mixed = (field: Field) =>
    new Set(body.map((r) => loneSign(columns.cell(r.cells, field))).filter(Boolean)).size > 1;
  return {
    price: moneyKind(currency, { locale, mixed: mixed('price') }),
    price_minor: countKind(
      { max: AMOUNT_MAX },
      { locale, noun: 'a price in minor units', mixed: mixed('price_minor') },
    ),
    stock: countKind({ max: STOCK_MAX }, { locale, noun: 'a stock count', mixed: mixed('stock') }),
  };
}
type Kinds = ReturnType<typeof numberKinds>;

function readRow({ line, lastLine, cells }: CsvRow, columns: Columns, currency: string, kinds: Kinds): ImportRow {
  const row: ImportRow = { line, lastLine, values: {} };
  const cell = (field: Field) => columns.cell(cells, field);
  const name = columns.dialect === 'woocommerce' ? plainHtml(cell('name')) : cell('name');
  if (name) row.values.name = name;
  if (cell('sku')) row.values.sku = cell('sku');
  if (cell('description'))
    row.values.description = columns.dialect === 'plaza' ? cell('description') : plainHtml(cell('description'));

  const stated = cell('currency').toUpperCase();
  if (stated && stated !== currency)
    return { ...row, error: `the price is in ${stated}, the mall trades in ${currency}` };
  const numbers: Partial<Record<keyof Kinds, number>> = {};
  for (const field of Object.keys(kinds) as (keyof Kinds)[]) {
    const text = cell(field);
    if (!text) continue;
    const read = kinds[field].read(text);
    if (!read.ok) return { ...row, error: read.reason };
    numbers[field] = read.value;
  }
  const { price, price_minor, stock } = numbers;
  if (price !== undefined && price_minor !== undefined && price !== price_minor)
    return {
      ...row,
      error: `the price is "${cell('price')}" and the price_minor "${cell('price_minor')}", which is ${kinds.price.say(price_minor)}`,
    };
  row.values.price = price ?? price_minor;
  row.values.stock = stock;
  return row;
}

/** What the header must have: name, price and stock to add products; with a SKU, anything to change. */
function missingColumns({ has }: Columns): string | undefined {
  const missing = [!has('name') && 'name', !has('price') && !has('price_minor') && 'price', !has('stock') && 'stock'];
  const names = missing.filter(Boolean);
  return names.length === 0 || (has('sku') && names.length < 3)
    ? undefined
    : `the header has no column ${names.join(', ')}`;
}

/** In the locale of the reader: the browser's when absent. */
export function readProducts(text: string, currency: string, locale?: string): ProductFile {
  const delimiter = findDelimiter(text, knownColumns);
  const [header, ...body] = parseCsv(text, delimiter);
  const columns = columnsOf(header?.cells ?? []);
  const file = { delimiter, dialect: columns.dialect, rows: [] };
  if (!header) return { ...file, error: 'the file is empty' };
  const error = header.broken ?? missingColumns(columns);
  if (error) return { ...file, error };
  if (body.length === 0) return { ...file, error: 'the file has a header and no rows' };
  const finish = { plaza: () => undefined, shopify: shopifyNames(columns), woocommerce: wooRow(columns) }[
    columns.dialect
  ];
  const kinds = numberKinds(columns, body, currency, locale);
  const rows = body.map((csv) => {
    const error = misplaced(csv, columns, delimiter);
    if (error) return { line: csv.line, lastLine: csv.lastLine, values: {}, error };
    const row = readRow(csv, columns, currency, kinds);
    finish(csv.cells, row);
    return row;
  });
  return { ...file, rows };
}
