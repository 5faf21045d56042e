// Round axes, and numbers and dates that keep their places beside English words.
import { describe, expect, it, vi } from 'vitest';
import { roundTicks } from '@/lib/ticks';

describe('round ticks', () => {
  const S = 1_000;
  const DAY = 86_400 * S;
  it.each([
    [601, [0, 200, 400, 600]],
    [2_403, [0, 500, 1_000, 1_500, 2_000]],
    [15_000, [0, 5_000, 10_000, 15_000]],
    [20_001, [0, 5_000, 10_000, 15_000, 20_000]],
    [61_000, [0, 15_000, 30_000, 45_000, 60_000]],
    [47 * 60 * S, [0, 10, 20, 30, 40].map((m) => m * 60 * S)],
    [2 * DAY + 1, [0, DAY / 2, DAY, 1.5 * DAY, 2 * DAY]],
    [30 * DAY, [0, 8, 16, 24].map((d) => d * DAY)],
  ])('over %i ms', (span, ticks) => expect(roundTicks(span)).toEqual(ticks));
});

describe('what the locale writes from the right', () => {
  it('is set apart, so that it does not change places with its neighbours', async () => {
    const { DateTimeFormat, NumberFormat, RelativeTimeFormat } = Intl;
    vi.stubGlobal('Intl', {
      DateTimeFormat: class extends DateTimeFormat {
        constructor(_: unknown, options: Intl.DateTimeFormatOptions) {
          super('ar-EG', options);
        }
      },
      NumberFormat: class extends NumberFormat {
        constructor(locale: string | undefined, options?: Intl.NumberFormatOptions) {
          super(locale ?? 'ar-EG', options);
        }
      },
      RelativeTimeFormat: class extends RelativeTimeFormat {
        constructor(_: unknown, options: Intl.RelativeTimeFormatOptions) {
          super('ar-EG', options);
        }
      },
    });
    vi.resetModules();
    const f = await import('@/lib/format');
    const at = '2026-11-27T07:32:47.714Z';
    const written = [
      f.dateTime(at),
      f.shortDateTime(at),
      f.clockTime(at),
      f.ago(at, Date.parse(at) + 5_000),
      f.count(51),
    ];
    for (const text of [...written, f.money({ amount_minor: 1250, currency: 'EUR' })])
      expect(text).toMatch(/^\u2068[^\u2068\u2069]+\u2069$/);
    expect(f.plural(2, 'order')).toBe('\u2068٢\u2069 orders');
    expect(f.money({ amount_minor: 1250, currency: 'EUR' }, 'en')).toBe('€12.50');
  });
});
