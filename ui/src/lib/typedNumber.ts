// What a person types or pastes as money, as a count or as seconds: the value in whole minor units, or why it is not
// taken, in words. The reading itself is `decimal.ts`; writing is `Intl` in the person's locale, and reads back.
import { withoutMarks } from './currencyMarks';
import { decimalText, isDoubt, readDecimal, type Doubt } from './decimal';
import { decimals, money, plural } from './format';

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

/** What the locale writes between thousands, before decimals, and for nothing. */
function signsOf(locale?: string) {
  const parts = decimalFormat(1, locale).formatToParts(1_234_567.5);
  const sign = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return { group: sign('group'), decimal: sign('decimal'), zero: decimalFormat(0, locale).format(0) };
}

function isOwnWriting(typed: string, written: string, locale?: string): boolean {
  const { group, decimal, zero } = signsOf(locale);
  const bare = (text: string) => {
    const digits = text.replace(/\s/g, '').replaceAll(group.trim(), '');
    return digits.includes(decimal) ? digits.replace(new RegExp(`${zero}+$`, 'u'), '').replace(/\P{Nd}$/u, '') : digits;
  };
  return bare(typed) === bare(written);
}

interface Scale {
  decimals: number;
  min: number;
  max: number;
  /** "price", "count": fills in "… is not a …". */
  noun: string;
  /** The unit in a sentence: "EUR has 2 decimals". */
  unit: string;
  groupSign?: string;
  write: (units: bigint) => string;
  say: (value: number) => string;
}

function inWords(doubt: Doubt, quoted: string, { decimals: n, noun, unit, write }: Scale): string {
  const decimalsOf = (count: number) => (count === 0 ? 'no decimals' : plural(count, 'decimal'));
  switch (doubt.why) {
    case 'empty':
    case 'unreadable':
      return `${quoted} is not a ${noun}`;
    case 'negative':
      return `${quoted} is below zero; a ${noun} is not`;
    case 'signed':
      return `${quoted} may mean "more by"; write the ${noun} itself`;
    case 'two readings': {
      const behind = doubt.decimal.split('.')[1]!;
      if (behind.length > n)
        return `${quoted} can mean ${doubt.grouped} or ${doubt.decimal}; ${unit} has ${decimalsOf(n)}. Write ${doubt.grouped}, or at most ${decimalsOf(n)}`;
      const grouped = write(BigInt(doubt.grouped + '0'.repeat(n)));
      const decimal = write(BigInt(doubt.decimal.replace('.', '').concat('0'.repeat(n - behind.length))));
      return `${quoted} can mean ${grouped} or ${decimal}: write one of them`;
    }
    case 'too many decimals':
      return `${quoted} has ${decimalsOf(doubt.decimals)}, ${unit} has ${n === 0 ? 'none' : n}`;
    case 'grouping':
      return `${quoted} is not a ${noun}: its separators are neither thousands nor decimals`;
  }
}

/** `typed` is what the person wrote, `number` the same without marks of money. */
function readScaled(number: string, typed: string, scale: Scale): Typed {
  if (typed.length > LENGTH_MAX) return refuse(`a text of ${typed.length} characters is not a ${scale.noun}`);
  const quoted = `"${typed.trim()}"`;
  const reading = readDecimal(number, scale.decimals, scale.groupSign);
  if (isDoubt(reading)) return refuse(inWords(reading, quoted, scale));
  if (reading.units > BigInt(scale.max))
    return refuse(`${quoted} is more than the largest ${scale.noun}, ${scale.say(scale.max)}`);
  if (reading.units < BigInt(scale.min))
    return refuse(`${quoted} is less than the smallest ${scale.noun}, ${scale.say(scale.min)}`);
  return { ok: true, value: Number(reading.units) };
}

/** Money in minor units of the currency; its sign or code may stand before or behind. */
export function moneyKind(currency: string, { locale, noun = 'price', typed = true }: KindOptions = {}): NumberKind {
  const digits = decimals(currency);
  const write = (value: number | bigint) => writeDecimal(value, digits, locale);
  const say = (value: number) => money({ amount_minor: value, currency }, locale);
  const groupSign = typed ? signsOf(locale).group : undefined;
  const scale: Scale = { decimals: digits, min: 0, max: AMOUNT_MAX, noun, unit: currency, groupSign, write, say };
  return {
    read(text) {
      const found = text.length > LENGTH_MAX ? { number: '' } : withoutMarks(text, currency);
      if ('number' in found) return readScaled(found.number, text, scale);
      const isMoney = /\p{Sc}|^[A-Z]{3}$/u.test(found.mark);
      return refuse(
        isMoney
          ? `"${text.trim()}" is in ${found.mark}, the mall trades in ${currency}`
          : `"${text.trim()}" is not a ${noun}`,
      );
    },
    write,
    say,
    isOwnWriting: (text, value) => isOwnWriting(text, write(value), locale),
    inputmode: 'decimal',
  };
}

interface KindOptions {
  /** The browser's when absent. */
  locale?: string;
  noun?: string;
  /** Typed by a person whose locale says what separates thousands, and not read from a file. */
  typed?: boolean;
}

/** Whole pieces. */
export function countKind(limits: { min?: number; max: number; noun?: string }, locale?: string): NumberKind {
  const { min = 0, max, noun = 'whole number' } = limits;
  const write = (value: number | bigint) => writeDecimal(value, 0, locale);
  const scale: Scale = { decimals: 0, min, max, noun, unit: `a ${noun}`, write, say: write };
  return {
    read: (text) => readScaled(text, text, scale),
    write,
    say: write,
    isOwnWriting: (text, value) => isOwnWriting(text, write(value), locale),
    inputmode: 'numeric',
  };
}

/** Seconds with up to three decimals, held as milliseconds; written without grouping, as 1,234 s has two readings. */
export function secondsKind(maxMs: number, locale?: string): NumberKind {
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: false });
  const write = (ms: number | bigint) => format.format(decimalText(ms, 3));
  const say = (ms: number) => `${write(ms)} s`;
  const scale: Scale = {
    decimals: 3,
    min: 0,
    max: maxMs,
    noun: 'number of seconds',
    unit: 'it',
    groupSign: signsOf(locale).group,
    write,
    say,
  };
  return {
    read: (text) => readScaled(text, text, scale),
    write,
    say,
    isOwnWriting: (text, value) => isOwnWriting(text, write(value), locale),
    inputmode: 'decimal',
  };
}
