import { describe, expect, it, vi } from 'vitest';
import { coalesce } from '@/lib/coalesce';
import { guarded, toCsv, unguarded } from '@/lib/csv';
import { eventTypes, look, orderOf, parseType, summary } from '@/lib/events';
import { ago, duration, money } from '@/lib/format';
import { isId, lastId, randomId } from '@/lib/ids';
import { whyNot } from '@/lib/orderWords';
import { sortFromText, sortRows, sortToText } from '@/lib/table';
import { eur, event, order, uuid } from './support';

describe('money', () => {
  it('is shown from minor units in the locale', () => {
    expect(money(eur(123456), 'en-IE')).toBe('€1,234.56');
    expect(money({ amount_minor: 500, currency: 'JPY' }, 'en-IE')).toContain('500');
  });
  it('is exact up to the largest amount', () => {
    expect(money(eur(Number.MAX_SAFE_INTEGER), 'en-IE')).toBe('€90,071,992,547,409.91');
    expect(money(eur(-5), 'en-IE')).toBe('-€0.05');
  });
});

describe('time', () => {
  it('reads as a person says it', () => {
    expect([0, 850, 1_500, 15_000, 125_000, 1_800_000, 12_000_000].map(duration)).toEqual([
      '0 s',
      '850 ms',
      '1.5 s',
      '15 s',
      '2 min 5 s',
      '30 min',
      '3 h 20 min',
    ]);
  });
  it('of nothing is a dash', () => {
    expect(ago('', 0)).toBe('–');
  });
});

describe('csv', () => {
  it('quotes, and defuses formulas but not numbers', () => {
    expect(toCsv([{ a: '=1+1', b: 'x,"y"', c: -5 }], ['a', 'b', 'c'])).toBe('a,b,c\r\n"\'=1+1","x,""y""",-5\r\n');
  });
  it('defuses wherever a spreadsheet could begin a cell, and reads it back as it was', () => {
    for (const [text, safe] of [
      ['plain; text', 'plain; text'],
      ["'=1", "''=1"],
      ['a;=1', "a;'=1"],
      ['a;"=1"', `a;'"=1"`],
      ['\t=1', "'\t'=1"],
      ['a\n-b', "a\n'-b"],
    ] as const) {
      expect(guarded(text)).toBe(safe);
      expect(unguarded(safe)).toBe(text);
    }
  });
});

describe('ids', () => {
  it('are found at the end of a subject', () => {
    expect(lastId(`order/${uuid(7)}`)).toBe(uuid(7));
    expect(lastId(uuid(7).toUpperCase())).toBe(uuid(7));
    expect(lastId('nothing')).toBeUndefined();
    expect(isId(` ${uuid(7)} `)).toBe(true);
    expect(isId(`${uuid(7)}0`)).toBe(false);
  });
  it('are random also where randomUUID does not exist', () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    expect(isId(randomId())).toBe(true);
    expect(randomId()).not.toBe(randomId());
  });
});

describe('events', () => {
  it('are named by stream and event', () => {
    expect(parseType('plaza.order.store_confirmed.v1')).toEqual({ stream: 'order', name: 'store_confirmed' });
    expect(new Set(eventTypes.map((t) => t.type)).size).toBe(eventTypes.length);
  });
  it('of an unknown type still read', () => {
    expect(look(event(1, 'store.roof_painted')).label).toBe('Store roof painted');
  });
  it('say what they are about', () => {
    const e = event(1, 'order.rejected', { reasons: ['OUT_OF_STOCK'] });
    expect(summary(e)).toBe('OUT_OF_STOCK');
    expect(orderOf(e)).toBe(uuid(1));
    expect(orderOf(event(2, 'payment.held', { order_id: uuid(5) }))).toBe(uuid(5));
    expect(orderOf(event(3, 'customer.registered'))).toBeUndefined();
    expect(look(event(5, 'order.obligation_met', { kind: 'void_hold' })).label).toBe('Hold given back');
    expect(summary(event(4, 'order.store_confirmed', { store_id: uuid(10) }), () => 'Books')).toBe('Books');
  });
});

describe('an order action', () => {
  it('is explained when it is not allowed', () => {
    expect(whyNot(order(), 'cancel')).toBe('');
    expect(whyNot(order(), 'pay')).toContain('confirmation');
    expect(whyNot(order({ status: 'expired', allowed_actions: [] }), 'pay')).toContain('passed');
  });
});

describe('table', () => {
  it('sorts numbers as numbers and text as people do', () => {
    const columns = [{ key: 'n', label: 'N', value: (r: { n: string | number }) => r.n }];
    const by = (rows: (string | number)[], desc: boolean) =>
      sortRows(
        rows.map((n) => ({ n })),
        columns,
        { key: 'n', desc },
      ).map((r) => r.n);
    expect(by([10, 9, 2], false)).toEqual([2, 9, 10]);
    expect(by(['b', 'A', 'item 10', 'item 9'], true)).toEqual(['item 10', 'item 9', 'b', 'A']);
    expect(sortToText(sortFromText('-price'))).toBe('-price');
  });
});

describe('coalesce', () => {
  it('runs soon, then seldom, and always once after the last call', async () => {
    vi.useFakeTimers();
    const work = vi.fn(async () => undefined);
    const job = coalesce(work, 500);
    for (let i = 0; i < 10; i++) job.schedule();
    await vi.advanceTimersByTimeAsync(30);
    expect(work).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 10; i++) job.schedule();
    await vi.advanceTimersByTimeAsync(400);
    expect(work).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(work).toHaveBeenCalledTimes(2);
    job.schedule();
    job.stop();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(work).toHaveBeenCalledTimes(2);
  });
  it('does not run twice at a time', async () => {
    vi.useFakeTimers();
    let running = 0;
    let most = 0;
    const job = coalesce(async () => {
      most = Math.max(most, ++running);
      await new Promise((r) => setTimeout(r, 300));
      running--;
    }, 50);
    for (let i = 0; i < 20; i++) {
      job.schedule();
      await vi.advanceTimersByTimeAsync(40);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    expect([most, running]).toEqual([1, 0]);
  });
});
