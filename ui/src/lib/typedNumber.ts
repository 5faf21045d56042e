// What a person types or pastes as money, as a count or as seconds: the value in whole minor units, or why it is not
// taken, in words. The reading itself is `decimal.ts`; writing is `Intl` in the person's locale, and reads back.
import { withoutMarks } from './currencyMarks';
import { decimalText, isDoubt, plainText, readDecimal, type Doubt, type Signs } from './decimal';
import { decimals, money } from './format';

/** The server's limits: 2^53 - 1 minor units, and 10^9 pieces. */
export const AMOUNT_MAX = Number.MAX_SAFE_INTEGER;
export const STOCK_MAX = 1_000_000_000;
/** Longer texts are no number; also keeps a pasted file out of the patterns. */
const LENGTH_MAX = 80;

export type Typed = { ok: true; value: number } | { ok: false; reason: string };
const refuse = (reason: string): Typed => ({ ok: false, reason });

/** How one kind of number is read and written. */
export interface NumberKind {
  read(text: string): Typed;
  write(value: number): string;
  /** What was understood, as a person would say it: with the currency or the unit. */
  say(value: number): string;
  /** Whether the person's locale writes the value like this too: with or without thousands signs and zeros at the end. */
  isOwnWriting(text: string, value: number): boolean;
  /** Which keyboard a phone shows. */
  inputmode: 'decimal' | 'numeric';
}

/** What a text was read as, where the person's own locale would write it otherwise; else nothing. */
export function understood(kind: NumberKind, text: string): string {
  const read = kind.read(text);
  return read.ok && !kind.isOwnWriting(text, read.value) ? kind.say(read.value) : '';
}

const formats = new Map<string, Intl.NumberFormat>();
function decimalFormat(digits: number, locale?: string): Intl.NumberFormat {
  const key = `${locale ?? ''}|${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format;
}
/** Digits, grouping and signs of the locale, with exactly so many decimals and nothing else. */
export const writeDecimal = (units: number | bigint, digits: number, locale?: string) =>
  decimalFormat(digits, locale).format(decimalText(units, digits));

/** Digits and decimal sign of the locale, without thousands signs: reads back whatever sign a doubt was about. */
const writeUngrouped = (number: string, locale?: string) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 20, useGrouping: false }).format(number as `${number}`);

/** What the locale writes between thousands, before decimals, and for nothing. */
function signsOf(locale?: string) {
  const parts = decimalFormat(1, locale).formatToParts(1_234_567.5);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { group: sign('group'), decimal: sign('decimal'), zero: decimalFormat(0, locale).format(0) };
}

/**
 * The signs of these formats, as `readDecimal` compares them. Locales that write neither `.` nor `,` (Arabic and
 * Persian have signs of their own) read them as English does.
 */
function signsIn(...formats: Intl.NumberFormat[]): Signs {
  const parts = formats.flatMap((format) => format.formatToParts(1_234_567.5));
  const all = (type: string) => parts.map((part) => (part.type === type ? plainText(part.value) : '')).join('');
  const [group, decimal] = [all('group'), all('decimal')];
  return /[.,]/.test(group + decimal) ? { group, decimal } : { group: `${group},`, decimal: `${decimal}.` };
}

function isOwnWriting(typed: string, written: string, locale?: string): boolean {
  const { group, decimal, zero } = signsOf(locale);
  const bare = (text: string) => {
    const digits = text.replace(/\s/g, '').replaceAll(group.trim(), '');
    return digits.includes(decimal) ? digits.replace(new RegExp(`${zero}+$`, 'u'), '').replace(/\P{Nd}$/u, '') : digits;
  };
  return bare(typed) === bare(written);
}

/** With its article: no letter says whether it is "a" or "an". */
export type Noun = `a ${string}` | `an ${string}`;
const bare = (noun: Noun) => noun.slice(noun.indexOf(' ') + 1);

interface KindOptions {
  /** The browser's when absent. */
  locale?: string;
  noun?: Noun;
  /** The text is of a column that has both 1.999 and 1,999: the locale does not say which of them are thousands. */
  mixed?: boolean;
}

interface Scale {
  decimals: number;
  min: number;
  max: number;
  /** Fills in "… is not a price". */
  noun: Noun;
  /** The unit in a sentence: "EUR has 2 decimals". */
  unit: string;
  /** Absent when the text is of a mixed column. */
  signs?: Signs;
  locale?: string;
  write: (units: bigint) => string;
  say: (value: number) => string;
}

/** Every number of a sentence in the digits of the locale, but for what is quoted. */
function inWords(doubt: Doubt, quoted: string, { decimals: n, noun, unit, signs, locale, write }: Scale): string {
  const number = (value: number) => writeDecimal(value, 0, locale);
  const decimalsOf = (count: number) =>
    count === 0 ? 'no decimals' : `${number(count)} ${count === 1 ? 'decimal' : 'decimals'}`;
  switch (doubt.why) {
    case 'empty':
      return `Enter ${noun}`;
    case 'unreadable':
      return `${quoted} is not ${noun}`;
    case 'negative':
      return `${quoted} is below zero; ${noun} is not`;
    case 'signed':
      return `${quoted} may mean "more by"; write the ${bare(noun)} itself`;
    case 'two readings': {
      const [whole, behind] = doubt.decimal.replace(/0+$/, '').split('.') as [string, string];
      const isWritable = behind.length <= n;
      const grouped = isWritable ? write(BigInt(doubt.grouped + '0'.repeat(n))) : writeUngrouped(doubt.grouped, locale);
      const decimal = isWritable ? write(BigInt(whole + behind.padEnd(n, '0'))) : writeUngrouped(doubt.decimal, locale);
      const both = `${quoted} can mean ${grouped} or ${decimal}`;
      if (!isWritable)
        return `${both}; ${unit} has ${decimalsOf(n)}. Write ${grouped}${n === 0 ? '' : `, or at most ${decimalsOf(n)}`}`;
      return signs === undefined
        ? `${both}: this column has both "." and "," before three digits`
        : `${both}: write one of them`;
    }
    case 'too many decimals':
      return `${quoted} has ${decimalsOf(doubt.decimals)}, ${unit} has ${n === 0 ? 'none' : number(n)}`;
    case 'grouping':
      return `${quoted} is not ${noun}: its separators are neither thousands nor decimals`;
  }
}

/** `typed` is what the person wrote, `number` the same without marks of money. */
function readScaled(number: string, typed: string, scale: Scale): Typed {
  if (typed.length > LENGTH_MAX)
    return refuse(`a text of ${writeDecimal(typed.length, 0, scale.locale)} characters is not ${scale.noun}`);
  const quoted = `"${typed.trim()}"`;
  const reading = readDecimal(number, scale.decimals, scale.signs);
  if (isDoubt(reading)) return refuse(inWords(reading, quoted, scale));
  if (reading.units > BigInt(scale.max))
    return refuse(`${quoted} is more than the largest ${bare(scale.noun)}, ${scale.say(scale.max)}`);
  if (reading.units < BigInt(scale.min))
    return refuse(`${quoted} is less than the smallest ${bare(scale.noun)}, ${scale.say(scale.min)}`);
  return { ok: true, value: Number(reading.units) };
}

/** Letters beside a number, as in "5 kr" and "Fr. 5.50", or the Swedish "5:-": a currency, for all that is known. */
const MAYBE_CURRENCY = /^(?:[\p{L}.\s]+|:-)$/u;

/** Money in minor units of the currency; its sign or code may stand before or behind. */
export function moneyKind(currency: string, { locale, noun = 'a price', mixed }: KindOptions = {}): NumberKind {
  const digits = decimals(currency);
  const write = (value: number | bigint) => writeDecimal(value, digits, locale);
  const say = (value: number) => money({ amount_minor: value, currency }, locale);
  // In Austria money is grouped by "." and other numbers by spaces.
  const formats = [decimalFormat(1, locale), new Intl.NumberFormat(locale, { style: 'currency', currency })];
  const scale: Scale = {
    decimals: digits,
    min: 0,
    max: AMOUNT_MAX,
    noun,
    unit: currency,
    signs: mixed ? undefined : signsIn(...formats),
    locale,
    write,
    say,
  };
  function refuseMark(text: string, mark: string, number: string): Typed {
    const quoted = `"${text.trim()}"`;
    if (/\p{Sc}|^[A-Z]{3}$/u.test(mark)) return refuse(`${quoted} is in ${mark}, the mall trades in ${currency}`);
    const hint = MAYBE_CURRENCY.test(mark) && readScaled(number, number, scale).ok;
    return refuse(`${quoted} is not ${noun}${hint ? '; the currency sign can be left out' : ''}`);
  }
  return {
    read(text) {
      // Too long for the pattern of marks; refused as such.
      if (text.length > LENGTH_MAX) return readScaled(text, text, scale);
      const { number, mark } = withoutMarks(text, currency);
      return mark ? refuseMark(text, mark, number) : readScaled(number, text, scale);
    },
    write,
    say,
    isOwnWriting: (text, value) => isOwnWriting(text, write(value), locale),
    inputmode: 'decimal',
  };
}

/** Whole pieces. */
export function countKind(
  limits: { min?: number; max: number },
  { locale, noun = 'a whole number', mixed }: KindOptions = {},
): NumberKind {
  const { min = 0, max } = limits;
  const write = (value: number | bigint) => writeDecimal(value, 0, locale);
  const signs = mixed ? undefined : signsIn(decimalFormat(1, locale));
  const scale: Scale = { decimals: 0, min, max, noun, unit: noun, signs, locale, write, say: write };
  return {
    read: (text) => readScaled(text, text, scale),
    write,
    say: write,
    isOwnWriting: (text, value) => isOwnWriting(text, write(value), locale),
    inputmode: 'numeric',
  };
}

interface Thousandths {
  max: number;
  noun: Noun;
  /** Stands behind the number when it is said. */
  sign: string;
  locale?: string;
}
/** Up to three decimals, held as thousandths; written without grouping, as 1,234 has two readings. */
function thousandthsKind({ max, noun, sign, locale }: Thousandths): NumberKind {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: false });
  const write = (units: number | bigint) => format.format(decimalText(units, 3));
  const say = (units: number) => `${write(units)}${sign}`;
  const signs = signsIn(decimalFormat(1, locale));
  const scale: Scale = { decimals: 3, min: 0, max, noun, unit: 'it', signs, locale, write, say };
  return {
    read: (text) => readScaled(text, text, scale),
    write,
    say,
    isOwnWriting: (text, value) => isOwnWriting(text, write(value), locale),
    inputmode: 'decimal',
  };
}

/** Seconds, held as milliseconds. */
export const secondsKind = (maxMs: number, locale?: string) =>
  thousandthsKind({ max: maxMs, noun: 'a number of seconds', sign: ' s', locale });

/** A share of a hundred, held as thousandths of a percent. */
export const percentKind = (locale?: string) =>
  thousandthsKind({ max: 100_000, noun: 'a percentage', sign: ' %', locale });

/** Shoppers a second, held as thousandths. */
export const rateKind = (locale?: string) =>
  thousandthsKind({ max: 1_000_000_000, noun: 'a number of shoppers', sign: '', locale });

/** How many times as fast as real time, held as thousandths. */
export const speedKind = (max: number, locale?: string) =>
  thousandthsKind({ max: max * 1_000, noun: 'a speed', sign: '×', locale });
