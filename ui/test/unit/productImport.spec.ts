import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Product } from '@/api/types';
import { toCsv, unguarded } from '@/lib/csv';
import { findDelimiter, parseCsv, place } from '@/lib/csvFile';
import { openImport } from '@/lib/importKeys';
import { planImport } from '@/lib/importPlan';
import { plainHtml, readProducts } from '@/lib/productCsv';
import { knownColumns } from '@/lib/productColumns';
import { decodeFile, ENCODINGS } from '@/lib/textFile';
import { eur, uuid } from './support';

const bytes = (name: string) => new Uint8Array(fs.readFileSync(path.join(import.meta.dirname, 'csv', name)));
const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf16 = (text: string, little: boolean) =>
  Uint8Array.from(
    [...text].flatMap((c) =>
      little ? [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8] : [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255],
    ),
  );

function text(name: string): string {
  const file = decodeFile(bytes(name));
  if ('refused' in file) throw new Error(file.refused);
  return file.text;
}
const rows = (csv: string, currency = 'EUR', locale = 'en-IE') =>
  readProducts(csv, currency, locale).rows.map((r) => [r.line, r.error ?? r.leftOut ?? r.values]);

describe('the text of a file', () => {
  it('is found in UTF-8 with and without a mark, and in UTF-16', () => {
    const utf8 = new TextEncoder().encode('Café');
    for (const [file, encoding] of [
      [utf8, 'utf-8'],
      [Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8), 'utf-8'],
      [Uint8Array.of(0xff, 0xfe, ...utf16('Café', true)), 'utf-16le'],
      [Uint8Array.of(0xfe, 0xff, ...utf16('Café', false)), 'utf-16be'],
    ] as const)
      expect(decodeFile(file)).toEqual({ text: 'Café', encoding, guessed: false });
    expect(decodeFile(utf16('name,price,stock', true))).toMatchObject({
      text: 'name,price,stock',
      encoding: 'utf-16le',
    });
    expect(decodeFile(utf16('name,price,stock', false))).toMatchObject({
      text: 'name,price,stock',
      encoding: 'utf-16be',
    });
  });
  it('is read as Windows-1252 when it is no UTF-8, and says so', () => {
    expect(decodeFile(bytes('excel-windows-1252.csv'))).toEqual({
      text: 'name,price,stock\r\nCafé crème,3.50,5\r\nTüte,1.00,2\r\n',
      encoding: 'windows-1252',
      guessed: true,
    });
  });
  it('can be read in an encoding that a person names', () => {
    expect(decodeFile(Uint8Array.of(0xcf, 0xf0, 0xe8), 'windows-1251')).toMatchObject({ text: 'При', guessed: false });
    for (const encoding of Object.keys(ENCODINGS)) expect(() => new TextDecoder(encoding)).not.toThrow();
  });
  it('is refused by name when it is none', () => {
    const refused = (...file: number[]) => (decodeFile(Uint8Array.from(file)) as { refused: string }).refused;
    expect(refused(0x50, 0x4b, 3, 4, 20)).toMatch(/xlsx/);
    expect(refused(0xd0, 0xcf, 0x11, 0xe0)).toMatch(/\.xls/);
    expect(refused(0xff, 0xfe, 0, 0, 65, 0, 0, 0)).toMatch(/UTF-32/);
    expect(refused(0x61, 0x81, 0x62)).toMatch(/Read as Windows-1252.* no text/);
    expect((decodeFile(latin1('Caf\u00e9'), 'utf-8') as { refused: string }).refused).toMatch(/not valid UTF-8/);
  });
});

describe('rows', () => {
  const cells = (csv: string, delimiter = ',') => parseCsv(csv, delimiter).map((r) => [r.line, r.lastLine, r.cells]);
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('have their true line numbers, with %s', (_, end) => {
    const csv = ['a,b', '', '1,"x', 'y"', ' , ', '2,z'].join(end);
    const expected = [
      [1, 1, ['a', 'b']],
      [3, 4, ['1', 'x\ny']],
      [6, 6, ['2', 'z']],
    ];
    expect(cells(csv)).toEqual(expected);
    expect(cells(`\uFEFF${csv}${end}`)).toEqual(expected);
  });
  it('may end their lines differently in one file', () => {
    expect(cells('a,b\r\n1,"x"\n"2","y"\r\n')).toEqual([
      [1, 1, ['a', 'b']],
      [2, 2, ['1', 'x']],
      [3, 3, ['2', 'y']],
    ]);
  });
  it.each([
    ['CR, and LF at the end', 'sku,name\rA,"B"\rC,D\n'],
    ['CR, and LF in a cell', 'sku,name\rA,"B\nx"\rC,D\r'],
    ['LF, and CR in a cell', 'sku,name\nA,"B\rx"\nC,D\n'],
    ['LF, then CR, then both', 'sku,name\nA,B\rC,D\r\n'],
  ])('are all there, with %s', (_, csv) => {
    expect(parseCsv(csv, ',').map((r) => r.cells[0])).toEqual(['sku', 'A', 'C']);
  });
  it('hold doubled quotes, and quotes inside an unquoted cell', () => {
    expect(cells('"a ""b""",5" screen')).toEqual([[1, 1, ['a "b"', '5" screen']]]);
  });
  it('name the line of a quote that is not closed', () => {
    const open = parseCsv('a,b\n1,"x\n2,y\n3,z', ',').at(-1)!;
    expect(place(open)).toBe('Lines 2 to 4');
    expect(open.broken).toMatch(/never closed/);
    const inside = parseCsv('a,b\n1,"x"y,2\n3,"z"\n4,ok\n', ',');
    expect(inside[1]!.broken).toMatch(/middle of a cell/);
    expect(inside.at(-1)).toMatchObject({ line: 4, cells: ['4', 'ok'] });
  });
  it('are parted as the header or the file says', () => {
    const delimiter = (csv: string) => findDelimiter(csv, knownColumns);
    expect(delimiter('name,price,stock\n')).toBe(',');
    expect(delimiter('name;price;stock\n')).toBe(';');
    expect(delimiter('name\tprice\tstock\n')).toBe('\t');
    expect(delimiter('name|price|stock\n')).toBe('|');
    expect(delimiter('"name, full";name;price,stock\n')).toBe(';');
    for (const end of ['\n', '\r', '\r\n']) expect(delimiter(`sep=#${end}name#price#stock${end}`)).toBe('#');
  });
  it('come back as they were written', () => {
    const written = [{ name: 'line\nbreak', sku: 'x,"y";\t=1', description: '' }];
    const [, row] = parseCsv(toCsv(written, ['name', 'sku', 'description']), ',');
    expect(row!.cells.map(unguarded)).toEqual(Object.values(written[0]!));
  });
});

describe('a product file', () => {
  it('of the cases is refused by row and reason, or read right', () => {
    expect(rows(text('blank-line.csv'))).toEqual([
      [2, { name: 'Mug', price: 500, stock: 3 }],
      [4, '"six" is not a price'],
    ]);
    expect(rows(text('excel-windows-1252.csv'))).toEqual([
      [2, { name: 'Café crème', price: 350, stock: 5 }],
      [3, { name: 'Tüte', price: 100, stock: 2 }],
    ]);
    expect(rows(text('german-thousands.csv'))).toEqual([
      [2, expect.stringMatching(/^"1.999" can mean 1999 or 1.999/)],
      [3, { name: 'Lamp', price: 4990, stock: 20 }],
    ]);
    expect(rows(text('open-quote.csv'))).toEqual([[2, expect.stringMatching(/never closed/)]]);
    expect(rows(text('too-many-decimals.csv'))).toEqual([
      [2, '"0.004" has 3 decimals, EUR has 2'],
      [3, expect.stringMatching(/can mean 19995/)],
      [4, '"0x10" is not a price'],
    ]);
    expect(rows('name,price,stock\nHex,1,0x1F')).toEqual([[2, '"0x1F" is not a stock count']]);
  });
  it('may be German: semicolons, decimal comma, sep=, a byte order mark, breaks in cells', () => {
    expect(rows(text('semicolon-bom.csv'), 'EUR', 'de')).toEqual([
      [3, { name: 'Sofa "Ecke"', price: 129_900, stock: 1_000, description: 'zwei\nZeilen' }],
      [5, { name: 'Lampe', price: 4_990, stock: 20 }],
    ]);
  });
  it('may have tabs, other digits and money signs', () => {
    expect(rows('name\tprice\tstock\nA\t€ 1.234,50\t١٢\nB\t19,-\t1 000')).toEqual([
      [2, { name: 'A', price: 123_450, stock: 12 }],
      [3, { name: 'B', price: 1_900, stock: 1_000 }],
    ]);
  });
  it('means its currency', () => {
    expect(rows('name,price,stock\nA,1.999,1', 'KWD')[0]![1]).toMatchObject({ price: 1999 });
    expect(rows('name,price,stock\nA,"1,999",1', 'JPY')[0]![1]).toMatchObject({ price: 1999 });
    expect(rows('name,price,stock,currency\nA,1,1,USD\nB,$1,1,\nC,1,1,eur').map((r) => r[1])).toEqual([
      'the price is in USD, the mall trades in EUR',
      '"$1" is in $, the mall trades in EUR',
      { name: 'C', price: 100, stock: 1 },
    ]);
  });
  it('is read as its reader types: what parts thousands for them has two readings, and the other sign one', () => {
    const file = (price: string) => `name;price;stock\nA;${price};1`;
    expect(rows(file('1,999'), 'KWD')[0]![1]).toBe('"1,999" can mean 1,999.000 or 1.999: write one of them');
    expect(rows(file('1,999'), 'KWD', 'de')[0]![1]).toMatchObject({ price: 1999 });
    expect(rows(file('1.999'), 'KWD', 'de')[0]![1]).toBe('"1.999" can mean 1.999,000 or 1,999: write one of them');
    expect(rows('name,price,stock\nA,1,5.000')[0]![1]).toBe('"5.000" can mean 5,000 or 5: write one of them');
    expect(rows('name,price_minor,stock\nA,5.000,1')[0]![1]).toMatch(/^"5.000" can mean 5,000 or 5:/);
    expect(rows('name,price,stock\nA,1,5.000', 'EUR', 'de')[0]![1]).toMatchObject({ stock: 5000 });
  });
  it('with both signs alone before three digits in a column has two readings for each of them', () => {
    const why = 'this column has both "." and "," before three digits';
    for (const locale of ['en-IE', 'de', 'fr', 'ar-EG']) {
      const read = rows('name;price;stock\nA;1.999;1\nB;1,999;5.000\nC;2.5;5,000\nD;1 999;2', 'KWD', locale);
      expect(read.map((r) => r[1])).toEqual([
        expect.stringContaining(why),
        expect.stringContaining(why),
        expect.stringContaining(why),
        { name: 'D', price: 1_999_000, stock: 2 },
      ]);
    }
    expect(rows('name;price;stock\nA;1.999;5,000', 'KWD')[0]![1]).toEqual({ name: 'A', price: 1999, stock: 5000 });
  });
  it('with a decimal comma between commas is not read one cell off', () => {
    expect(rows('name,price,stock\nLamp,19,99,5')[0]![1]).toBe(
      'has 4 cells, the header has 3: a cell with a comma in it needs quotes',
    );
    expect(rows('name,price,stock\nLamp,19,5,,')[0]![1]).toMatchObject({ stock: 5 });
  });
  it('names the columns that are missing', () => {
    expect(rows('sep=;\rname;price;stock\rA;1;2')).toEqual([[3, { name: 'A', price: 100, stock: 2 }]]);
    expect(readProducts('name\nLamp', 'EUR').error).toBe('the header has no column price, stock');
    expect(readProducts('', 'EUR').error).toBe('the file is empty');
    for (const csv of ['name,price,stock', 'sep=;\rname;price;stock\r', 'name,price,stock\n\n , \n'])
      expect(readProducts(csv, 'EUR').error).toBe('the file has a header and no rows');
    expect(readProducts('sku,stock\nL-1,4', 'EUR').rows[0]!.values).toEqual({ sku: 'L-1', stock: 4 });
    expect(readProducts('sku,colour\nL-1,4', 'EUR').error).toMatch(/no column name, price, stock/);
  });
  it('that Plaza exported reads back as the same', () => {
    expect(rows(text('plaza-export.csv'))).toEqual([
      [2, { sku: 'x-1', name: '=a, "x"', description: '-5 deg\nline', price: 1999, stock: 3 }],
      [4, { sku: 'X-1', name: 'b', price: 90, stock: 30 }],
    ]);
  });
  it('may be a Shopify export', () => {
    expect(readProducts(text('shopify.csv'), 'EUR').dialect).toBe('shopify');
    const description = 'Soft & light,\nwashed.';
    expect(rows(text('shopify.csv'))).toEqual([
      [2, { name: 'Linen shirt, S / White', sku: 'LIN-S-W', price: 5990, stock: 4, description }],
      [3, { name: 'Linen shirt, M / White', sku: 'LIN-M-W', price: 5990, stock: 0, description }],
      [4, 'more about Linen shirt, no variant of its own'],
      [5, { name: 'Mug', sku: 'MUG-1', price: 1200, stock: 25 }],
    ]);
  });
  it('of Shopify names no variant when the row that names it cannot be read', () => {
    const header = 'Handle,Title,Body (HTML),Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price';
    const read = (...lines: string[]) => rows([header, ...lines].join('\n')).map((r) => r[1]);
    const variant = 'shirt,,,M,SH-M,4,59.90';
    const named = { name: 'Shirt, M', description: 'x', sku: 'SH-M', stock: 4, price: 5990 };
    const unnamed = expect.stringMatching(/^the row that names it/);
    const before = 'mug,Mug,cup,,MUG,1,5';
    // Its price is doubtful, its title is not.
    expect(read(before, 'shirt,Shirt,x,S,SH-S,4,59.9000', variant).slice(1)).toEqual([expect.any(String), named]);
    expect(read(before, 'shirt,Shirt,x,S,SH-S,0x4,59.90', variant)[2]).toEqual(named);
    // Its cells are not where the header says: the title may be half of the real one.
    expect(read(before, 'shirt,Shirt,x,S,SH-S,4,59,90', variant)[2]).toEqual(unnamed);
    expect(read(before, 'shirt,Shirt, linen,x,S,SH-S,4,59.90', variant)[2]).toEqual(unnamed);
    expect(read(before, 'shirt,"Shirt" big,x,S,SH-S,4,"59.90"', variant)[2]).toEqual(unnamed);
    expect(read(variant)).toEqual([unnamed]);
    // A variant that cannot be read does not cost the others their name.
    expect(read('shirt,Shirt,x,S,SH-S,4,59.90', 'shirt,,,L,SH-L,4,59,90', variant)[2]).toEqual(named);
    const stock = 'Handle,Option1 Value,Variant SKU,Variant Price\nshirt,M,SH-M,59.90';
    expect(rows(stock)).toEqual([[2, { sku: 'SH-M', price: 5990 }]]);
  });
  it('may be a WooCommerce export', () => {
    expect(readProducts(text('woocommerce.csv'), 'EUR').dialect).toBe('woocommerce');
    expect(rows(text('woocommerce.csv'))).toEqual([
      [2, { name: 'Breakfast Blend', sku: 'TEA-1', price: 1250, stock: 20, description: 'Malty.\n\nWith milk.' }],
      [3, 'a product with variations, which have rows of their own'],
      [4, { name: 'Hoodie - Red', sku: 'HOOD-R', price: 4500, stock: 3 }],
      [5, { name: 'Hoodie - Blue', sku: 'HOOD-B', price: 4500, stock: 0 }],
      [6, { name: 'Gift card', sku: 'GIFT', price: 2500 }],
    ]);
  });
  it('may have both columns of prices, where they agree', () => {
    expect(rows('name,price_minor,price,stock\nA,1999,25.00,3\nB,,25.00,3\nC,1999,,3\nD,1999,"19,99",3')).toEqual([
      [2, 'the price is "25.00" and the price_minor "1999", which is €19.99'],
      [3, { name: 'B', price: 2500, stock: 3 }],
      [4, { name: 'C', price: 1999, stock: 3 }],
      [5, { name: 'D', price: 1999, stock: 3 }],
    ]);
    expect(rows('name,price_minor,price,stock\nA,1999,?,3')[0]![1]).toBe('"?" is not a price');
  });
  it('is trimmed as the server trims', () => {
    const name = '\uFEFFLamp\uFEFF';
    expect(rows(`stock,price,name\n1,1,\u0085\u3000${name}\u0085 `)[0]![1]).toMatchObject({ name });
    expect(rows(`stock,price,name\n\uFEFF1,1,${name}`)[0]![1]).toMatchObject({ name, stock: 1 });
  });
  it.each([
    ['variable', 'a product with variations, which have rows of their own'],
    ['grouped', 'a grouped product, which the shop does not sell itself'],
    ['External, virtual', 'an external product, which the shop does not sell itself'],
  ])('of WooCommerce leaves out what is %s', (type, why) =>
    expect(rows(`ID,Type,SKU,Name,Regular price,Stock\n1,"${type}",A,A,1,1`)).toEqual([[2, why]]),
  );
  it('loses its HTML, not its words', () => {
    expect(plainHtml('5<!-- <p> --> 6<STYLE>p</style >, 7<img alt="\n">8</p>9 <a 10')).toBe('5 6, 78\n9 <a 10');
    expect(plainHtml('a<script>b')).toBe('a');
    expect(plainHtml('<p>a &lt;b&gt; &#8364;5 &unknown; x&nbsp;y, 3 < 5 > 2</p><script>1\n</script><!-- c -->')).toBe(
      'a <b> €5 &unknown; x y, 3 < 5 > 2',
    );
  });
});

describe('a large file', () => {
  it.each([
    '<script',
    '<script>',
    '<style></script>',
    '<!--',
    '<a',
    '<br',
    '<br>',
    '</p',
    ' ',
    '\n ',
    '&',
    '&#',
    '-->',
  ])('of nothing but %j is plain text in a moment', (part) => {
    const started = performance.now();
    for (const end of ['', 'x', '>', '<br>', '\n']) plainHtml(part.repeat(50_000) + end);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
  it('of 20 000 rows is read and planned in a moment', () => {
    const csv = `sku;name;price;stock\n${Array.from({ length: 20_000 }, (_, i) => `S-${i};"P ""${i}""";€ ${i},50;${i}`).join('\n')}\n`;
    const started = performance.now();
    const file = readProducts(csv, 'EUR');
    expect(planImport(file.rows, [], 'both', 'EUR').filter((s) => s.does === 'add')).toHaveLength(20_000);
    expect(file.rows.at(-1)).toMatchObject({
      line: 20_001,
      values: { name: 'P "19999"', price: 1_999_950, stock: 19_999 },
    });
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

describe('the plan', () => {
  const product = (n: number, changes: Partial<Product> = {}): Product => ({
    id: uuid(n),
    store_id: uuid(1),
    store_name: 'S',
    sku: `S-${n}`,
    name: `P${n}`,
    description: '',
    price: eur(500),
    stock: 3,
    reserved: 0,
    version: 1,
    created_at: '2026-01-01T00:00:00Z',
    ...changes,
  });
  const plan = (csv: string, mode: 'both' | 'add' | 'update' = 'both') =>
    planImport(readProducts(csv, 'EUR').rows, [product(1), product(2)], mode, 'EUR').map((s) =>
      s.does === 'add' || s.does === 'update' ? [s.does, s.body] : [s.does, s.why],
    );
  const csv = 'sku,name,price,stock\nS-1,P1,6,3\nS-2,P2,5,3\nS-3,P3,1,1\nS-3,P3,1,1\n,P9,1,1\nS-4,,1,1\n';

  it('changes what is there by SKU, adds what is not, and says what neither is', () => {
    expect(plan(csv)).toEqual([
      ['update', { price: eur(600) }],
      ['nothing', 'the store has it like this'],
      ['add', { sku: 'S-3', name: 'P3', price: eur(100), stock: 1 }],
      ['refuse', 'the SKU S-3 is on line 4 already'],
      ['add', { name: 'P9', price: eur(100), stock: 1 }],
      ['refuse', 'the name is empty'],
    ]);
  });
  it('may only add, or only change', () => {
    expect(plan(csv, 'add').map((s) => s[0])).toEqual(['refuse', 'refuse', 'add', 'refuse', 'add', 'refuse']);
    expect(plan(csv, 'update').map((s) => s[0])).toEqual(['update', 'nothing', 'refuse', 'refuse', 'refuse', 'refuse']);
  });
  it('leaves what an empty cell says nothing about', () => {
    expect(plan('sku,stock,price,name\nS-1,9,,')).toEqual([['update', { stock: 9 }]]);
    expect(plan('sku,stock\nS-8,9')).toEqual([['refuse', 'the name and the price are empty']]);
  });
  it('refuses what the server would', () => {
    expect(plan(`name,price,stock\n${'x'.repeat(121)},1,1\n"a\nb",1,1`)).toEqual([
      ['refuse', 'the name has 121 characters, 120 fit'],
      ['refuse', 'the name holds a line break or a tab'],
    ]);
  });
});

describe('idempotency keys', () => {
  const bodies = [{ name: 'a' }, { name: 'b' }, { name: 'a' }];
  const here = () => true;
  it('are the same for the same rows until the import is done', () => {
    const first = openImport(uuid(1)).keysFor(bodies, here);
    expect(new Set(first).size).toBe(3);
    const again = openImport(uuid(1));
    expect(again.keysFor(bodies, here)).toEqual(first);
    expect(again.keysFor([{ name: 'b' }], here)).toEqual([first[1]]);
    expect(openImport(uuid(2)).keysFor(bodies, here)).not.toEqual(first);
    again.close();
    expect(openImport(uuid(1)).keysFor(bodies, here)).not.toEqual(first);
  });
  it('are others for rows whose products have been taken out of the store', () => {
    const open = openImport(uuid(1));
    const [first, second] = open.keysFor(bodies, here);
    open.note(first!, { made: uuid(7) });
    open.note(second!, { made: uuid(8) });
    const gone = (...ids: string[]) => open.keysFor(bodies, (id) => !ids.includes(id));
    expect(gone()).toEqual(open.keysFor(bodies, here));
    const [again, kept] = gone(uuid(7));
    expect([again === first, kept]).toEqual([false, second]);
    expect(open.resultOf(again!)).toBe(undefined);
    open.note(again!, { made: uuid(9) });
    expect(gone(uuid(7))[0]).toBe(again);
    expect([first, again]).not.toContain(gone(uuid(7), uuid(9))[0]);
    open.close();
  });
  it('are forgotten after half an hour', () => {
    const first = openImport(uuid(1), 0).keysFor(bodies, here);
    expect(openImport(uuid(1), 31 * 60_000).keysFor(bodies, here)).not.toEqual(first);
  });
  it('are kept, with what came of them, as long as the import goes on', () => {
    const open = openImport(uuid(1), 0);
    const keys = open.keysFor(bodies, here);
    open.note(keys[0]!, { made: uuid(7) }, 20 * 60_000);
    open.note(keys[1]!, 'lost', 20 * 60_000);
    open.note(keys[1]!, undefined, 21 * 60_000);
    const later = openImport(uuid(1), 40 * 60_000);
    expect(later.keysFor(bodies, here)).toEqual(keys);
    expect(keys.map(later.resultOf)).toEqual([{ made: uuid(7) }, undefined, undefined]);
    expect([...later.made()]).toEqual([uuid(7)]);
    // Looking at an import does not keep it open.
    expect(openImport(uuid(1), 52 * 60_000).keysFor(bodies, here)).not.toEqual(keys);
  });
});
