// Money, time and numbers in the reader's locale.
import type { Money } from '@/api/types';
import { decimalText } from './decimal';

const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/;
/**
 * What the locale writes from the right, or in digits that take part in it, is set apart from the English around it:
 * side by side, two numbers would change places, and so would the parts of a date.
 */
const apart = (text: string) => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

const formats = new Map<string, Intl.NumberFormat>();

function currencyFormat(currency: string, locale?: string): Intl.NumberFormat {
  const key = `${locale ?? ''}|${currency}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, { style: 'currency', currency })));
  return format;
}

/** How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD. */
export const decimals = (currency: string) => currencyFormat(currency).resolvedOptions().maximumFractionDigits ?? 2;

/** Exact to the largest amount: `Intl` is given the decimals as text. */
export const money = (m: Money, locale?: string) =>
  apart(currencyFormat(m.currency, locale).format(decimalText(m.amount_minor, decimals(m.currency))));

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
/** A moment of this day, ms since the epoch. */
export const timeOfDay = (ms: number) => apart(time.format(ms));
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
/** The same to the minute, for the axis of a chart. */
export const hourAndMinute = (ms: number) => apart(minute.format(ms));
const valid = (iso: string) => !Number.isNaN(Date.parse(iso));
export const dateTime = (iso: string) => (valid(iso) ? apart(full.format(new Date(iso))) : '–');
export const shortDateTime = (iso: string) => (valid(iso) ? apart(day.format(new Date(iso))) : '–');
export const clockTime = (iso: string) => (valid(iso) ? apart(clock.format(new Date(iso))) : '–');

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });
const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [30, 'day'],
  [12, 'month'],
  [Infinity, 'year'],
];
export function ago(iso: string, now: number): string {
  if (!valid(iso)) return '–';
  let value = (Date.parse(iso) - now) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(value) < size) return apart(relative.format(Math.round(value), unit));
    value /= size;
  }
  return dateTime(iso);
}

const integer = new Intl.NumberFormat();
const whole = { format: (n: number) => apart(integer.format(n)) };
/** A count, or a dash when the server does not report it. */
export const count = (n: number | null | undefined) => (n == null ? '–' : whole.format(n));
export const plural = (n: number, one: string, many = `${one}s`) => `${whole.format(n)} ${n === 1 ? one : many}`;

/** 850 ms, 5 s, 1.5 s, 2 min 5 s, 30 min, 3 h 20 min: for delays, lateness and uptime. */
export function duration(ms: number): string {
  if (ms !== 0 && ms < 1_000) return `${whole.format(Math.round(ms))} ms`;
  if (ms < 60_000) return `${whole.format(Math.round(ms / 100) / 10)} s`;
  const pair = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    `${whole.format(big)} ${bigUnit}${small ? ` ${whole.format(small)} ${smallUnit}` : ''}`;
  const s = Math.round(ms / 1000);
  if (s < 3_600) return pair(Math.floor(s / 60), 'min', s % 60, 's');
  if (s < 86_400) return pair(Math.floor(s / 3_600), 'h', Math.floor((s % 3_600) / 60), 'min');
  return pair(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3_600), 'h');
}
