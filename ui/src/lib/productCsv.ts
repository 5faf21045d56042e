// Rows of a product file as values, with one readable reason for each row that cannot be read. What becomes of them in
// a store is `importPlan.ts`.
import { DELIMITERS, findDelimiter, parseCsv, type CsvRow } from './csvFile';
import { loneSign } from './decimal';
import { columnsOf, knownColumns, type Columns, type Dialect } from './productColumns';
import { AMOUNT_MAX, STOCK_MAX, countKind, moneyKind, type NumberKind } from './typedNumber';

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

/** Plain text of a description that a web shop exported as HTML. */
export function plainHtml(html: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
  return html
    .replaceAll('\\n', '\n')
    .replace(/<(script|style)\b.*?<\/\1\s*>/gis, '')
    .replace(/<(?:br|\/p|\/li|\/div|\/h\d)\b[^>]*>/gi, '\n')
    .replace(/<[/!]?[a-z][^>]*>|<!--.*?-->/gis, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w+));/gi, (whole, dec?: string, hex?: string, name?: string) => {
      if (name) return named[name.toLowerCase()] ?? whole;
      const code = dec ? Number(dec) : Number.parseInt(hex!, 16);
      return code >= 32 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Shopify writes a product over several rows: the title on the first, a variant or only an image on each other. */
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
    const { sku, price, stock } = row.values;
    if (!row.values.name && sku === undefined && price === undefined && stock === undefined) {
      row.leftOut = `more about ${title || handle || 'the product above'}, no variant of its own`;
      return;
    }
    const options = [1, 2, 3].map((n) => columns.named(cells, `option${n} value`)).filter(Boolean);
    const variant = options.filter((o) => o !== 'Default Title').join(' / ');
    row.values.name = [title, variant].filter(Boolean).join(', ') || undefined;
    row.values.description ??= description || undefined;
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

/** How the numbers of each column are read: as the reader would type them, unless a column contradicts itself. */
function numberKinds(columns: Columns, body: readonly CsvRow[], currency: string, locale?: string) {
  const mixed = (field: Field) =>
    new Set(body.map((r) => loneSign(columns.cell(r.cells, field))).filter(Boolean)).size > 1;
  const minor = columns.has('price_minor');
  return {
    price: minor
      ? countKind({ max: AMOUNT_MAX }, { locale, noun: 'a price in minor units', mixed: mixed('price_minor') })
      : moneyKind(currency, { locale, mixed: mixed('price') }),
    stock: countKind({ max: STOCK_MAX }, { locale, noun: 'a stock count', mixed: mixed('stock') }),
  };
}

function readRow(
  { line, lastLine, cells, broken }: CsvRow,
  columns: Columns,
  kinds: Record<'price' | 'stock', NumberKind>,
  currency: string,
  delimiter: string,
): ImportRow {
  const row: ImportRow = { line, lastLine, values: {} };
  const refuse = (error: string) => ({ ...row, error });
  if (broken) return refuse(broken);
  if (cells.slice(columns.width).some((cell) => cell.trim() !== ''))
    return refuse(
      `has ${cells.length} cells, the header has ${columns.width}: a cell with a ${DELIMITERS[delimiter] ?? `"${delimiter}"`} in it needs quotes`,
    );

  const cell = (field: Field) => columns.cell(cells, field);
  const name = columns.dialect === 'woocommerce' ? plainHtml(cell('name')) : cell('name');
  if (name) row.values.name = name;
  if (cell('sku')) row.values.sku = cell('sku');
  if (cell('description'))
    row.values.description = columns.dialect === 'plaza' ? cell('description') : plainHtml(cell('description'));

  const stated = cell('currency').toUpperCase();
  if (stated && stated !== currency) return refuse(`the price is in ${stated}, the mall trades in ${currency}`);
  for (const [field, text] of [
    ['price', cell(columns.has('price_minor') ? 'price_minor' : 'price')],
    ['stock', cell('stock')],
  ] as const) {
    if (!text) continue;
    const typed = kinds[field].read(text);
    if (!typed.ok) return refuse(typed.reason);
    row.values[field] = typed.value;
  }
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
  const finish = { plaza: () => undefined, shopify: shopifyNames(columns), woocommerce: wooRow(columns) }[
    columns.dialect
  ];
  const kinds = numberKinds(columns, body, currency, locale);
  const rows = body.map((csv) => {
    const row = readRow(csv, columns, kinds, currency, delimiter);
    if (!csv.broken) finish(csv.cells, row);
    return row;
  });
  return { ...file, rows };
}
