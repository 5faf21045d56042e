// Reads a number as a person writes it, in any script and any country's separators, exactly: text in, an integer count
// of the smallest unit out (BigInt, never a float). What has two readings is refused with both. It knows no currency
// and no words: see `typedNumber.ts`.
//
// The rule: the last `.` or `,` with at most `decimals` digits behind it is the decimal sign; what is before it must be
// grouped well. Otherwise everything must be grouped well: by threes, or the Indian way (12,34,567).
//
// | written        | 0 decimals (JPY, pieces) | 2 decimals (EUR)             | 3 decimals (KWD) |
// | -------------- | ------------------------ | ---------------------------- | ---------------- |
// | 1.999 or 1,999 | see below                | refused: 1999 or 1.999?      | see below        |
// | 1.234,56       | refused                  | 1234.56                      | 1234.560         |
// | 1,234.567      | refused                  | refused: too many decimals   | 1234.567         |
// | 1.234.567      | 1234567                  | 1234567.00                   | 1234567.000      |
// | 12,34,567.50   | refused                  | 1234567.50                   | 1234567.500      |
// | 1 999, 1'999   | 1999                     | 1999.00                      | 1999.000         |
// | 0.004          | refused                  | refused: too many decimals   | 0.004            |
// | 19,- or 19.    | 19                       | 19.00                        | 19.000           |
// | 1,23,4         | refused                  | refused                      | refused          |
//
// A single `.` or `,` with exactly three digits behind it parts thousands in one country and decimals in another. Typed
// or in a file, it means what it means to the reader:
//
// | 1.999, where `.` is          | 0 decimals (JPY, pieces) | 3 decimals (KWD) |
// | ---------------------------- | ------------------------ | ---------------- |
// | the reader's thousands       | 1999                     | refused          |
// | the reader's decimal sign    | refused                  | 1.999            |
// | neither, or not known        | refused                  | refused          |

export type Doubt =
  /** There is no digit in it. */
  | { why: 'empty' }
  /** Letters, signs or separators that no plain number has: 1e5, 0x1F, 1/2. */
  | { why: 'unreadable' }
  | { why: 'negative' }
  /** `+5` can mean "five more". */
  | { why: 'signed' }
  /** Thousands, or more decimals than there are: both readings as plain decimal text. */
  | { why: 'two readings'; grouped: string; decimal: string }
  | { why: 'too many decimals'; decimals: number }
  /** Separators that stand where no thousands separator stands: 1,23,4. */
  | { why: 'grouping' };

export type Reading = { units: bigint } | Doubt;
export const isDoubt = (r: Reading): r is Doubt => 'why' in r;

/** Marks of writing direction and joiners: they are in what `Intl` writes for Arabic and Persian, and mean nothing. */
const INVISIBLE = /[\u061C\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu;
const DIGIT = /\p{Nd}/u;
const SPACES = /[\u0020\u00A0\u2007\u2009\u202F\u3000]/gu;
/** One sign for each kind of separator, whatever the script or keyboard. */
const KINDS: [RegExp, string][] = [
  [SPACES, ' '],
  [/[\u2018\u2019\u02BC\uFF07]/gu, "'"],
  [/[\uFF0E\uFE52]/gu, '.'],
  [/[\uFF0C\u060C\uFE50\u2E41]/gu, ','],
];
/** U+066B and U+066C say themselves what they are. */
const ARABIC_DECIMAL = '\u066B';
const ARABIC_GROUP = '\u066C';
const CORE = new RegExp(`^\\d*(?:[.,' ${ARABIC_DECIMAL}${ARABIC_GROUP}]\\d+)*[.,${ARABIC_DECIMAL}]?$`);

/** Every script has its ten digits in a row, and rows side by side begin at a multiple of ten (Unicode, 4.6). */
function digitValue(c: string): number {
  const at = c.codePointAt(0)!;
  let below = 0;
  while (DIGIT.test(String.fromCodePoint(at - below - 1))) below++;
  return below % 10;
}

/** The same text in ASCII digits and one sign for each kind of separator. */
export function plainText(text: string): string {
  let plain = text.replace(INVISIBLE, '');
  for (const [pattern, sign] of KINDS) plain = plain.replace(pattern, sign);
  return plain.replace(/(?![0-9])\p{Nd}/gu, (c) => String(digitValue(c))).trim();
}

/** Whether these groups are those of one whole number: by threes, or 12,34,567. */
function isGrouped(groups: readonly string[], signs: readonly string[]): boolean {
  if (groups.length === 1) return true;
  const [first, ...rest] = groups as [string, ...string[]];
  if (new Set(signs).size > 1 || first === '' || first.startsWith('0')) return false;
  const indian = first.length <= 2 && rest.slice(0, -1).every((g) => g.length === 2);
  const western = first.length <= 3 && rest.slice(0, -1).every((g) => g.length === 3);
  return rest.at(-1)!.length === 3 && (western || indian);
}

/**
 * The `.` or `,` that is the only sign in a number and has exactly three digits behind it. Numbers of one column that
 * differ in it do not say which of the two parts thousands.
 */
export const loneSign = (text: string) => /^\D*\d{1,3}([.,])\d{3}\D*$/.exec(plainText(text))?.[1];

/** What the reader's locale writes between thousands, and before decimals: one sign or more of each. */
export interface Signs {
  group: string;
  decimal: string;
}

/**
 * `text` in units of 10^-decimals. Where the signs of the reader are not known, three digits behind a single sign always
 * have two readings.
 */
export function readDecimal(text: string, decimals: number, reader?: Signs): Reading {
  const plain = plainText(text)
    // "19,-" and "19.–" are how a price without cents is written.
    .replace(/(?<=\d[.,])[-\u2010-\u2015\u2212]+$/u, '');
  if (!/\d/.test(plain)) return { why: plain === '' ? 'empty' : 'unreadable' };
  if (/^[-\u2010-\u2015\u2212\uFF0D].*\d$|^\d.*[-\u2212]$|^\(.*\)$/u.test(plain)) return { why: 'negative' };
  if (/^\+/.test(plain)) return { why: 'signed' };
  if (!CORE.test(plain)) return { why: 'unreadable' };

  const groups = plain.split(/\D/);
  const signs = [...plain.matchAll(/\D/g)].map(([sign]) => sign);
  const last = signs.at(-1);
  const whole = groups.slice(0, -1);
  const tail = groups.at(-1)!;
  const units = (integer: string, fraction = '') => ({
    units: BigInt((integer || '0') + fraction.padEnd(decimals, '0')),
  });

  if (last === undefined) return units(plain);
  const others = signs.slice(0, -1);
  const mayBeDecimal =
    ('.,'.includes(last) || last === ARABIC_DECIMAL) && !others.includes(last) && isGrouped(whole, others);
  const grouped = !signs.includes(ARABIC_DECIMAL) && isGrouped(groups, signs);
  const fits = mayBeDecimal && tail.length <= decimals;
  const isThousands = reader?.group.includes(last);
  const isClear = decimals === 0 ? isThousands : fits && !isThousands && reader?.decimal.includes(last);
  if (grouped && mayBeDecimal && !isClear)
    return { why: 'two readings', grouped: groups.join(''), decimal: `${whole.join('')}.${tail}` };
  if (fits) return units(whole.join(''), tail);
  if (grouped) return units(groups.join(''));
  return mayBeDecimal ? { why: 'too many decimals', decimals: tail.length } : { why: 'grouping' };
}

/** Units of 10^-decimals as plain decimal text, "1999.00": exact, and what `Intl.NumberFormat` takes as a number. */
export function decimalText(units: bigint | number, decimals: number): `${number}` {
  const whole = BigInt(units);
  const digits = (whole < 0n ? -whole : whole).toString().padStart(decimals + 1, '0');
  const cut = digits.length - decimals;
  const sign = whole < 0n ? '-' : '';
  return `${sign}${decimals ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits}` as `${number}`;
}
