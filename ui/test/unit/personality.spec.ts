import { describe, expect, it } from 'vitest';
import type { Personality } from '@/api/types';
import { fromForm, isEditable, outageAt, personalityWords, toForm } from '@/lib/personality';

const odd: Personality = {
  delay: { distribution: 'lognormal', median_ms: 4_000, p99_ms: 20_000, min_ms: 200, max_ms: 120_000 },
  refuse: { share: 0.02 },
  silent: { share: 0.00001 },
  lose_answer: null,
  repeat_answer: { share: 1 },
  outages: [{ from: '2026-11-22T10:00:00.000000Z', until: '2026-11-22T10:10:00.000000Z', mode: 'hold' }],
  seed: 7,
};

describe('a personality in a form', () => {
  it('comes back as it was, with what the form does not show', () => {
    expect(fromForm(toForm(odd), odd)).toEqual(odd);
    const plain = fromForm(toForm({}), {});
    expect(plain).toEqual({
      delay: null,
      refuse: null,
      silent: null,
      lose_answer: null,
      repeat_answer: null,
      outages: [],
      seed: 0,
    });
  });

  it('keeps what is finer than the form, until somebody types another', () => {
    const fine: Personality = { refuse: { share: 0.000004 }, silent: { share: 0.123456 } };
    const form = toForm(fine);
    expect(fromForm(form, fine)).toMatchObject(fine);
    form.shares.silent = 12_345;
    expect(fromForm(form, fine)).toMatchObject({ refuse: { share: 0.000004 }, silent: { share: 0.12345 } });
    expect(personalityWords(fine)).toMatch(/refuses 0\.0004\s?%/);
  });

  it.each([
    { distribution: 'pareto' as const, alpha: 2.5, min_ms: 10 },
    { distribution: 'quantiles' as const, points: [[0.5, 4_000]] },
    { distribution: 'lognormal' as const, median_ms: 10, sigma: 1 },
  ])('keeps a distribution that it has no fields for: $distribution', (delay) => {
    expect(isEditable(delay)).toBe(false);
    expect(fromForm({ ...toForm({ delay }), seed: 3 }, { delay }).delay).toEqual(delay);
    expect(fromForm({ ...toForm({ delay }), answers: 'nominal' }, { delay }).delay).toBeNull();
  });

  it('sends the numbers of the distribution that was chosen, and no others', () => {
    const form = toForm(odd);
    form.answers = 'uniform';
    Object.assign(form.delay, { min_ms: 1, max_ms: 2, ms: 3 });
    expect(fromForm(form, odd).delay).toEqual({ distribution: 'uniform', min_ms: 1, max_ms: 2 });
  });
});

describe('a personality in words', () => {
  it('says what is unusual', () => {
    expect(personalityWords(odd)).toMatch(
      /^answers half within 4 s, 99 of 100 within 20 s, refuses 2\s?%, never answers/,
    );
    expect(personalityWords({})).toBe('');
    expect(personalityWords({ refuse: { share: 0 } })).toBe('');
  });

  it('knows when it is out', () => {
    const at = (time: string) => outageAt(odd, Date.parse(time));
    expect(at('2026-11-22T09:59:59Z')).toBeUndefined();
    expect(at('2026-11-22T10:00:00Z')?.mode).toBe('hold');
    expect(at('2026-11-22T10:10:00Z')).toBeUndefined();
  });
});
