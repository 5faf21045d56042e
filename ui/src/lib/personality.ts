// How a store or the bank behaves: in words, and between the form that people fill in and what the server takes.
import type { Delay, Outage, OutageMode, ParticipantPersonality, Personality } from '@/api/types';
import { duration } from './format';

type Shape = Delay['distribution'];
/** `nominal` is no distribution: the delay of the store, or of the bank, as it is set. */
export type Answers = Shape | 'nominal';
type DelayField = 'ms' | 'mean_ms' | 'median_ms' | 'p99_ms' | 'min_ms' | 'max_ms';

/** The distributions in words, each with the numbers that people give it. */
export const ANSWERS: { value: Answers; label: string; fields: [DelayField, string][] }[] = [
  { value: 'nominal', label: 'after its usual delay', fields: [] },
  { value: 'fixed', label: 'always after the same time', fields: [['ms', 'After, seconds']] },
  {
    value: 'uniform',
    label: 'between two times',
    fields: [
      ['min_ms', 'From, seconds'],
      ['max_ms', 'To, seconds'],
    ],
  },
  { value: 'exponential', label: 'mostly soon (exponential)', fields: [['mean_ms', 'Mean, seconds']] },
  {
    value: 'lognormal',
    label: 'as services do (lognormal)',
    fields: [
      ['median_ms', 'Half within, seconds'],
      ['p99_ms', '99 of 100 within, seconds'],
    ],
  },
];
const KNOWN: readonly string[] = ANSWERS.map((a) => a.value);

export const SHARES = [
  ['refuse', 'Refuses', 'SERVICE_FAILED: the order is rejected, or loses the items of a store.'],
  ['silent', 'Never answers', 'The order waits until its time is up.'],
  ['lose_answer', 'Answer is lost once', 'It is asked again, and does nothing twice.'],
  ['repeat_answer', 'Answer comes twice', 'The second one changes nothing.'],
] as const;
export type ShareField = (typeof SHARES)[number][0];

/** What the form holds: shares in thousandths of a percent, times in milliseconds. */
export interface PersonalityForm {
  answers: Answers;
  delay: Record<DelayField, number | null>;
  shares: Record<ShareField, number | null>;
  seed: number | null;
}

const noDelay = (): PersonalityForm['delay'] => ({
  ms: null,
  mean_ms: null,
  median_ms: null,
  p99_ms: null,
  min_ms: null,
  max_ms: null,
});
const PERCENT = 100_000;
const unitsOf = (p: Personality, field: ShareField) => Math.round((p[field]?.share ?? 0) * PERCENT);

export function toForm(p: Personality): PersonalityForm {
  const delay = noDelay();
  for (const field of Object.keys(delay) as DelayField[]) delay[field] = p.delay?.[field] ?? null;
  const share = (field: ShareField) => unitsOf(p, field);
  return {
    answers: p.delay?.distribution ?? 'nominal',
    delay,
    shares: {
      refuse: share('refuse'),
      silent: share('silent'),
      lose_answer: share('lose_answer'),
      repeat_answer: share('repeat_answer'),
    },
    seed: p.seed ?? 0,
  };
}

/** Whether the form has fields for how long answers take; what it has none for is kept as it is. */
export const isEditable = (delay: Delay | null | undefined): boolean =>
  !delay || (KNOWN.includes(delay.distribution) && delay.sigma === undefined);

/** What is to be sent. What the form does not show (outages, bounds, odd distributions) stays as it `was`. */
export function fromForm(form: PersonalityForm, was: Personality): Personality {
  /** The form holds five decimals: a share that nobody has changed stays what it was. */
  const share = (field: ShareField) => {
    const units = form.shares[field];
    if (units === unitsOf(was, field)) return was[field] ?? null;
    return units ? { share: units / PERCENT } : null;
  };
  return {
    delay: delayOf(form, was),
    refuse: share('refuse'),
    silent: share('silent'),
    lose_answer: share('lose_answer'),
    repeat_answer: share('repeat_answer'),
    outages: was.outages ?? [],
    seed: form.seed ?? 0,
  };
}

function delayOf({ answers, delay }: PersonalityForm, was: Personality): Delay | null {
  if (answers === 'nominal') return null;
  const before = was.delay?.distribution === answers ? was.delay : undefined;
  if (before && !isEditable(before)) return before;
  const fields = ANSWERS.find((a) => a.value === answers)?.fields ?? [];
  const own = Object.fromEntries(fields.map(([field]) => [field, delay[field]]));
  const bounds = before ? { min_ms: before.min_ms, max_ms: before.max_ms } : {};
  return { ...bounds, ...own, distribution: answers };
}

export const OUTAGE_MODES: { value: OutageMode; label: string }[] = [
  { value: 'hold', label: 'answers wait for its end' },
  { value: 'refuse', label: 'refuses at once' },
  { value: 'silent', label: 'never answers' },
];

const OUT: Record<OutageMode, string> = { hold: 'answers wait', refuse: 'refuses', silent: 'does not answer' };
export const outageWord = (o: Outage) => OUT[o.mode];

/** The outage that a participant is in. */
export const outageAt = (p: Personality, now: number): Outage | undefined =>
  p.outages?.find((o) => Date.parse(o.from) <= now && now < Date.parse(o.until));

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 4 });

function delayWords(d: Delay): string {
  const time = (ms: number | null | undefined) => duration(ms ?? 0);
  switch (d.distribution) {
    case 'fixed':
      return `answers after ${time(d.ms)}`;
    case 'uniform':
      return `answers after ${time(d.min_ms)} to ${time(d.max_ms)}`;
    case 'exponential':
      return `answers after ${time(d.mean_ms)} on average`;
    case 'lognormal':
      return `answers half within ${time(d.median_ms)}${d.p99_ms ? `, 99 of 100 within ${time(d.p99_ms)}` : ''}`;
    case 'pareto':
      return `answers after ${time(d.min_ms)} or much longer`;
    case 'quantiles':
      return 'answers as was measured';
  }
}

/** A personality in a line, for lists. */
export function personalityWords(p: Personality): string {
  const said = p.delay ? [delayWords(p.delay)] : [];
  for (const [field, label] of SHARES) {
    const share = p[field]?.share;
    if (share) said.push(`${label.toLowerCase()} ${percent.format(share)}`);
  }
  return said.join(', ');
}

/** The one of a participant, by the id of a store, or none for the bank. */
export const personalityOf = (all: readonly ParticipantPersonality[], storeId?: string) =>
  all.find((p) => p.participant.id === storeId);
