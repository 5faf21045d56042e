// The sign, code or name of a currency beside a number: "€", "EUR", "euros", "د.ك.". Takes away the mall's own, names any other.
import { plainText } from './decimal';

/** Where a currency's mark is looked up: how it is written differs by language ("€", "EUR", "euros", "يورو"). */
const MARK_LOCALES = 'en de fr es it pt nl sv pl ru tr hi ar ar-EG fa he ja ko zh th'.split(' ');
const bare = (mark: string) => plainText(mark).normalize('NFKC').toLowerCase().replace(/[\s.]/g, '');
const marks = new Map<string, Set<string>>();

/** Every way of writing the currency beside a number: code, sign and name. */
function marksOf(currency: string): Set<string> {
  let found = marks.get(currency);
  if (found) return found;
  found = new Set([bare(currency)]);
  for (const locale of [undefined, ...MARK_LOCALES])
    for (const currencyDisplay of ['symbol', 'narrowSymbol', 'name'] as const)
      for (const amount of [1, 2]) {
        const parts = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay }).formatToParts(
          amount,
        );
        for (const part of parts) if (part.type === 'currency') found.add(bare(part.value));
      }
  if (currency === 'JPY') found.add('円').add('yen');
  marks.set(currency, found);
  return found;
}

/** A number with what may stand before and behind it. A dot behind a letter belongs to the letters: "Rs.500" is no .500. */
const SHAPE = /^(?<before>\D*?)(?<number>[-\u2212(+]?\s*(?:(?<!\p{L})[.,\u066B])?\d.*?)(?<after>\D*)$/su;
/** The end of a number belongs to it ("19,-", "5)", "5."); signs and letters of money behind it do not. */
const END = /^[.,\u066B]?(?:[-\u2010-\u2015\u2212]+|\))?(?=\s|$|[\p{L}\p{Sc}])/u;
const SIGN = /^\s*[-\u2212(+]|[-\u2212(+]\s*$/u;

/** The number without marks, and the first mark that is not the currency's own. */
export function withoutMarks(text: string, currency: string): { number: string; mark?: string } {
  const { before = '', number = text, after = '' } = SHAPE.exec(plainText(text))?.groups ?? {};
  const end = END.exec(after)?.[0] ?? '';
  const sign = SIGN.exec(before)?.[0] ?? '';
  const around = [before.replace(sign, ''), after.slice(end.length)].map((m) => m.trim()).filter(Boolean);
  const mark = around.find((m) => !marksOf(currency).has(bare(m)));
  return { number: `${sign.trim()}${number}${end}`, mark };
}
