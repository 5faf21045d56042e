import { describe, expect, it } from 'vitest';
import { decimalText, isDoubt, loneSign, plainText, readDecimal } from '@/lib/decimal';
import { AMOUNT_MAX, STOCK_MAX, countKind, moneyKind, secondsKind, writeDecimal } from '@/lib/typedNumber';

const value = (kind: { read(text: string): { ok: boolean } }, text: string) => {
  const typed = kind.read(text) as { ok: boolean; value?: number; reason?: string };
  return typed.ok ? typed.value : typed.reason;
};
const kinds = {
  EUR: moneyKind('EUR', { locale: 'en-IE' }),
  JPY: moneyKind('JPY', { locale: 'en-IE' }),
  KWD: moneyKind('KWD', { locale: 'en-IE' }),
  CHF: moneyKind('CHF', { locale: 'de-CH' }),
  INR: moneyKind('INR', { locale: 'en-IN' }),
};

describe('money as people write it', () => {
  it.each<[keyof typeof kinds, string, number]>([
    ['EUR', '19.99', 1999],
    ['EUR', '19,99', 1999],
    ['EUR', '19', 1900],
    ['EUR', '19.9', 1990],
    ['EUR', ' 19.99 ', 1999],
    ['EUR', '19.', 1900],
    ['EUR', '.5', 50],
    ['EUR', '0', 0],
    ['EUR', '007', 700],
    ['EUR', '1.234,56', 123456],
    ['EUR', '1,234.56', 123456],
    ['EUR', '1 234,56', 123456],
    ['EUR', '1\u00a0234,56', 123456],
    ['EUR', '1\u202f234,56', 123456],
    ['EUR', "1'234.56", 123456],
    ['EUR', '1’234.56', 123456],
    ['EUR', '12,34,567.50', 123456750],
    ['EUR', '12,34,567', 123456700],
    ['EUR', '1.234.567', 123456700],
    ['EUR', '1.234.567,8', 123456780],
    ['EUR', '1 999', 199900],
    ['EUR', "1'999", 199900],
    ['EUR', '1.234,5', 123450],
    ['EUR', '€19.99', 1999],
    ['EUR', '19,99 €', 1999],
    ['EUR', '19,99€', 1999],
    ['EUR', 'EUR 19.99', 1999],
    ['EUR', '19.99 eur', 1999],
    ['EUR', '19,99 Euro', 1999],
    ['EUR', '€.50', 50],
    ['EUR', '19,-', 1900],
    ['EUR', '19,– €', 1900],
    ['EUR', '١٩٫٩٩', 1999],
    ['EUR', '١٬٢٣٤٫٥٦', 123456],
    ['EUR', '١٬٩٩٩', 199900],
    ['EUR', '۱۹', 1900],
    ['EUR', '\u200f۱۹٫۹۹\u00a0€', 1999],
    ['EUR', '१२,३४,५६७.८९', 123456789],
    ['EUR', '１９．９９', 1999],
    ['EUR', '１，２３４．５０', 123450],
    ['EUR', '𝟏𝟗.𝟗𝟗', 1999],
    ['EUR', '90071992547409.91', AMOUNT_MAX],
    ['JPY', '1999', 1999],
    ['JPY', '1,999', 1999],
    ['JPY', '￥1,234,567', 1234567],
    ['JPY', 'JP¥500', 500],
    ['JPY', '500円', 500],
    ['KWD', '1.999', 1999],
    ['KWD', '0,999', 999],
    ['KWD', '1', 1000],
    ['KWD', '1,234.567', 1234567],
    ['KWD', '1.234.567', 1234567000],
    ['KWD', '12.5', 12500],
    ['KWD', '0.004', 4],
    ['KWD', '٠٫٠٠٤ د.ك.', 4],
    ['KWD', 'د.ك.5', 5000],
    ['CHF', 'CHF 1’234.50', 123450],
    ['INR', '₹12,34,567.50', 123456750],
  ])('%s %s is %i', (currency, text, minor) => expect(value(kinds[currency], text)).toBe(minor));

  it.each<[keyof typeof kinds, string, RegExp]>([
    ['EUR', '1.999', /^"1.999" can mean 1999 or 1.999; EUR has 2 decimals/],
    ['EUR', '1,999', /can mean 1999 or 1.999/],
    ['EUR', '0.004', /^"0.004" has 3 decimals, EUR has 2$/],
    ['EUR', '19.995', /can mean 19995 or 19.995/],
    ['EUR', '12.345,678', /has 3 decimals, EUR has 2/],
    ['EUR', '1.2345', /has 4 decimals/],
    ['EUR', '1,23,4', /neither thousands nor decimals/],
    ['EUR', '1,234,56', /neither thousands/],
    ['EUR', "1'234,567.00", /neither thousands/],
    ['EUR', '1.234.5', /neither thousands/],
    ['EUR', '12 50', /neither thousands/],
    ['EUR', '1٫2٫3', /neither thousands/],
    ['EUR', '0x1F', /is not a price/],
    ['EUR', '1e5', /is not a price/],
    ['EUR', '1E+05', /is not a price/],
    ['EUR', '1..5', /is not a price/],
    ['EUR', '1  234', /is not a price/],
    ['EUR', '5²', /is not a price/],
    ['EUR', '½', /is not a price/],
    ['EUR', '十', /is not a price/],
    ['EUR', '1_000', /is not a price/],
    ['EUR', '10%', /is not a price/],
    ['EUR', '1/2', /is not a price/],
    ['EUR', '3 for 5', /is not a price/],
    ['EUR', '.', /is not a price/],
    ['EUR', '', /^Enter a price$/],
    ['EUR', '19.990', /^"19.990" can mean 19,990.00 or 19.99: write one of them$/],
    ['EUR', 'NaN', /is not a price/],
    ['EUR', 'Infinity', /is not a price/],
    ['EUR', '-5', /is below zero/],
    ['EUR', '−5', /is below zero/],
    ['EUR', '-€5', /is below zero/],
    ['EUR', '€-5', /is below zero/],
    ['EUR', '5-', /is below zero/],
    ['EUR', '(5.00)', /is below zero/],
    ['EUR', '+5', /more by/],
    ['EUR', '$19.99', /is in \$, the mall trades in EUR/],
    ['EUR', '19.99 USD', /is in USD, the mall trades in EUR/],
    ['EUR', '90071992547409.92', /more than the largest price, €90,071,992,547,409.91/],
    ['EUR', '9'.repeat(70), /more than the largest price/],
    ['EUR', 'kr'.repeat(50), /^a text of 100 characters is not a price$/],
    ['EUR', '9'.repeat(5000), /a text of 5,000 characters/],
    ['JPY', '1.999', /^"1.999" can mean 1999 or 1.999; JPY has no decimals. Write 1999$/],
    ['JPY', '500.000', /^"500.000" can mean 500,000 or 500: write one of them$/],
    ['JPY', '1.234,56', /has 2 decimals, JPY has none/],
    ['JPY', '19.99', /has 2 decimals, JPY has none/],
    ['JPY', '0.5', /has 1 decimal, JPY has none/],
    ['JPY', '1.9999', /has 4 decimals, JPY has none/],
    ['KWD', '1,999', /^"1,999" can mean 1,999.000 or 1.999: write one of them$/],
    ['KWD', '1.2345', /has 4 decimals, KWD has 3/],
  ])('%s %s is refused', (currency, text, reason) => expect(value(kinds[currency], text)).toMatch(reason));

  it('a dot behind letters is theirs, not a decimal sign', () => {
    expect(kinds.INR.read('Rs.50')).not.toEqual({ ok: true, value: 50 });
  });
});

describe('KWD', () => {
  it.each([
    ['en', '1.999', 1999],
    ['en', '1,999', '"1,999" can mean 1,999.000 or 1.999: write one of them'],
    ['de', '1,999', 1999],
    ['de', '1.999', '"1.999" can mean 1.999,000 or 1,999: write one of them'],
    ['fr', '1.999', '"1.999" can mean 1\u202f999,000 or 1,999: write one of them'],
    ['fr', '1,999', 1999],
    ['de-CH', '1.999', 1999],
    ['de-CH', '1,999', '"1,999" can mean 1\'999.000 or 1.999: write one of them'],
    ['ar-EG', '1.999', 1999],
    ['ar-EG', '1,999', '"1,999" can mean ١٬٩٩٩٫٠٠٠ or ١٫٩٩٩: write one of them'],
    ['ar-EG', '١٫٩٩٩', 1999],
    ['de-AT', '1.999', '"1.999" can mean 1\u00a0999,000 or 1,999: write one of them'],
  ])('%s %s is %s', (locale, text, right) => expect(value(moneyKind('KWD', { locale }), text)).toBe(right));
});

describe('counts', () => {
  const stockIn = (locale: string) => countKind({ max: STOCK_MAX }, { locale, noun: 'a stock count' });
  const stock = stockIn('en-IE');
  it.each([
    ['7', 7],
    ['1,000', 1000],
    ['1.000.000', 1000000],
    ['1\u2009000', 1000],
    ['1’000', 1000],
    ['١٬٠٠٠', 1000],
    ['1 000', 1000],
    ['12,34,567', 1234567],
    ['٢٠', 20],
    ['۱٬۲۳۴', 1234],
    ['１２', 12],
    ['1000000000', STOCK_MAX],
  ])('%s is %i', (text, n) => expect(value(stock, text)).toBe(n));
  it.each([
    ['', 'Enter a stock count'],
    ['5.0', '"5.0" has 1 decimal, a stock count has none'],
    ['5.00', '"5.00" has 2 decimals, a stock count has none'],
    ['0.500', '"0.500" has 3 decimals, a stock count has none'],
    ['1.5', '"1.5" has 1 decimal, a stock count has none'],
    ['0x1F', '"0x1F" is not a stock count'],
    ['1e3', '"1e3" is not a stock count'],
    ['-1', '"-1" is below zero; a stock count is not'],
    ['1000000001', '"1000000001" is more than the largest stock count, 1,000,000,000'],
    ['5 pcs', '"5 pcs" is not a stock count'],
  ])('%s is refused', (text, reason) => expect(value(stock, text)).toBe(reason));
  it.each([
    ['en-IE', '5,000', 5000],
    ['en-IE', '5.000', '"5.000" can mean 5,000 or 5: write one of them'],
    ['en-IE', '12.500', '"12.500" can mean 12500 or 12.5; a stock count has no decimals. Write 12500'],
    ['de', '5.000', 5000],
    ['de', '5,000', '"5,000" can mean 5.000 or 5: write one of them'],
    ['fr', '5 000', 5000],
    ['fr', '5.000', '"5.000" can mean 5\u202f000 or 5: write one of them'],
    ['fr', '5,000', '"5,000" can mean 5\u202f000 or 5: write one of them'],
    ['de-CH', '5’000', 5000],
    ['hi', '5,000', 5000],
    ['ja', '５，０００', 5000],
    ['ar-EG', '٥٬٠٠٠', 5000],
    ['ar-EG', '12.500', '"12.500" can mean ١٢٥٠٠ or ١٢٫٥; a stock count has no decimals. Write ١٢٥٠٠'],
  ])('in %s %s is %s', (locale, text, right) => expect(value(stockIn(locale), text)).toBe(right));
  it('of a column that has both 1.000 and 1,000 are not told apart by the locale', () => {
    const kind = countKind({ max: STOCK_MAX }, { locale: 'de', mixed: true });
    const why = 'this column has both "." and "," before three digits';
    for (const text of ['5.000', '5,000']) expect(value(kind, text)).toBe(`"${text}" can mean 5.000 or 5: ${why}`);
    expect(value(kind, '5 000')).toBe(5000);
  });
  it('has a least as well', () => {
    expect(value(countKind({ min: 1, max: 9 }, { locale: 'en', noun: 'a quantity' }), '0')).toBe(
      '"0" is less than the smallest quantity, 1',
    );
  });
});

describe('the words about a number', () => {
  it('have the article of the noun', () => {
    expect(value(moneyKind('EUR', { noun: 'an amount' }), '-5')).toBe('"-5" is below zero; an amount is not');
    expect(value(moneyKind('EUR', { noun: 'an amount' }), 'x')).toBe('"x" is not an amount');
    expect(value(countKind({ max: 9 }, { noun: 'an hour' }), '1.5')).toBe('"1.5" has 1 decimal, an hour has none');
    expect(value(moneyKind('EUR', { noun: 'an amount' }), '+5')).toBe(
      '"+5" may mean "more by"; write the amount itself',
    );
  });
  it.each([
    ['EUR', '5 kr'],
    ['EUR', '5:-'],
    ['EUR', 'kr 1 999,50'],
    ['CHF', 'Fr. 5.50'],
    ['CHF', '5.50 SFr.'],
  ])('say that the sign of money can be left out: %s %s', (currency, text) =>
    expect(value(moneyKind(currency, { locale: 'en' }), text)).toBe(
      `"${text}" is not a price; the currency sign can be left out`,
    ),
  );
  it.each(['5²', '10%', '0x1F', '1e5', 'kr', '3 for 5', 'kr 1,23,4'])('but not where no money is: %s', (text) =>
    expect(value(moneyKind('EUR', { locale: 'en' }), text)).toBe(`"${text}" is not a price`),
  );
  /** Texts in Latin digits, each of which is refused for another reason. */
  const REFUSED = ['1.9999', '1.999', '19.990', '9'.repeat(30), '0.5', '1'.repeat(100), '12.500'];
  it.each([
    ['ar-EG', /[0-9]/],
    ['fa', /[0-9]/],
    ['en', /[٠-٩۰-۹]/],
  ])('have one kind of digits beside what is quoted, in %s', (locale, others) => {
    const kinds = [
      ...['EUR', 'JPY', 'KWD'].map((currency) => moneyKind(currency, { locale })),
      countKind({ min: 1, max: 9 }, { locale }),
      secondsKind(0, locale),
    ];
    for (const kind of kinds)
      for (const text of REFUSED) {
        const typed = kind.read(text);
        if (!typed.ok) expect(typed.reason.replace(/"[^"]*"/g, '')).not.toMatch(others);
      }
  });
});

describe('seconds', () => {
  it('are kept to the millisecond, and written so that they read back', () => {
    const kind = secondsKind(86_400_000, 'de');
    expect(value(kind, '1,5')).toBe(1500);
    expect(value(kind, '0.25')).toBe(250);
    for (const ms of [0, 1, 1_500, 1_234_000, 86_400_000]) expect(value(kind, kind.write(ms))).toBe(ms);
    expect(value(kind, '86401')).toMatch(/more than the largest/);
  });
});

describe('the only sign before three digits', () => {
  it.each([
    ['1.999', '.'],
    ['1,999', ','],
    ['0.999', '.'],
    ['€ 1،999', ','],
    ['١.٩٩٩ د.ك', '.'],
    ['1.99', undefined],
    ['1 999', undefined],
    ['1.999.999', undefined],
    ['1,999.000', undefined],
    ['1999', undefined],
    ['', undefined],
  ])('of %s is %s', (text, sign) => expect(loneSign(text)).toBe(sign));
});

/** The same amounts on every run (mulberry32). */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const next = random(20261126);
/** Every size alike, from nothing to the limit. */
const amounts = Array.from({ length: 60 }, () => Math.floor(next() * 10 ** (next() * 15.95)));
amounts.push(0, 1, 99, 100, 999, 1000, 1999, 999_999, 1_000_000, AMOUNT_MAX);
const LOCALES = 'de fr hi hi-u-nu-deva ar ar-EG fa ja en en-IN de-CH'.split(' ');

describe('what Intl writes', () => {
  describe.each(LOCALES)('in %s', (locale) => {
    it.each([
      ['EUR', 2],
      ['JPY', 0],
      ['KWD', 3],
    ] as const)('means the same amount of %s', (currency, digits) => {
      const kind = moneyKind(currency, { locale });
      for (const amount of amounts) {
        expect(kind.read(kind.write(amount))).toEqual({ ok: true, value: amount });
        for (const currencyDisplay of ['symbol', 'narrowSymbol', 'code', 'name'] as const) {
          const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay });
          const text = format.format(decimalText(amount, digits));
          expect([text, kind.read(text)]).toEqual([text, { ok: true, value: amount }]);
        }
        // Without all its decimals a number can be doubtful, but it is never read as another number.
        for (const options of [{}, { useGrouping: false }, { minimumFractionDigits: digits }] as const) {
          const text = new Intl.NumberFormat(locale, { maximumFractionDigits: digits, ...options }).format(
            decimalText(amount, digits),
          );
          const typed = kind.read(text);
          if (typed.ok) expect([text, typed.value]).toEqual([text, amount]);
        }
        const count = countKind({ max: AMOUNT_MAX }, { locale });
        expect(count.read(count.write(amount))).toEqual({ ok: true, value: amount });
      }
    });
  });
});

describe('every locale', () => {
  const signsOf = (locale: string) => {
    const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
    const all = (type: string) => plainText(parts.find((part) => part.type === type)?.value ?? '');
    return { group: all('group'), decimal: all('decimal') };
  };
  const CODES =
    'af am ar-MA as az be bg bn bo bs ca cs cy da dz el es es-MX et eu fi fil ga gl gu he hr hu hy id is it ka kk km kn ko ks ky lo lt lv mk ml mn mr ms mt my nb ne nl or pa pl ps pt pt-PT ro ru sat sd si sk sl sq sr sv sw ta te th tr ug uk ur uz vi zh zh-TW zu en-ZA fr-CH de-AT de-LI gsw rm ff-Adlm ckb ccp nqo mni'.split(
      ' ',
    );
  it('reads back what the fields write', () => {
    for (const code of CODES)
      for (const digits of [0, 2, 3])
        for (const amount of [0, 5, 1234, 123456, 1234567890]) {
          const text = writeDecimal(amount, digits, code);
          const reading = readDecimal(text, digits, signsOf(code));
          expect([code, text, isDoubt(reading) ? reading.why : Number(reading.units)]).toEqual([code, text, amount]);
        }
  });
  it('has digits that are read: all of Unicode’s', () => {
    let sets = 0;
    for (let c = 0; c <= 0x10ffff; c++) {
      if (c >= 0xd800 && c <= 0xdfff) continue;
      if (!/\p{Nd}/u.test(String.fromCodePoint(c))) continue;
      const digits = Array.from({ length: 10 }, (_, i) => String.fromCodePoint(c + i)).join('');
      expect(readDecimal(digits, 0)).toEqual({ units: 123456789n });
      c += 9;
      sets++;
    }
    expect(sets).toBeGreaterThan(60);
  });
});
