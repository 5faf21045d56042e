// Two people edit the same thing: what each of them changed, told field by field.

/** Somebody else was faster, and the page shows what they changed: no other message is needed. */
export class ChangedMeanwhile extends Error {}

export type Value = string | number | boolean | null;

/** How one field of a form is found in the thing it edits, and written for a person. */
export interface Field<T> {
  label: string;
  of: (thing: T) => Value;
  write?: (value: Exclude<Value, null>) => string;
  /** Changes by itself, as stock does with every order: worth a word only to somebody who changed it too. */
  moves?: boolean;
}
export type Fields<T, F> = Record<keyof F, Field<T>>;

/** A field that somebody else changed meanwhile, in words. */
export interface Difference {
  key: string;
  label: string;
  was: string;
  now: string;
  /** What this person wants instead; absent when they had not touched the field. */
  yours?: string;
  /** Whether the other's value is the one that stays; absent where a choice is carried out at once. */
  taken?: boolean;
}

const plain = (value: unknown) => (typeof value === 'string' ? value.trim() : value);
export const same = (a: unknown, b: unknown) => plain(a) === plain(b);

function words<T>({ write }: Field<T>, value: Value): string {
  if (write && value !== null) return write(value);
  return value === null || plain(value) === '' ? 'nothing' : String(value);
}

/** What changed between `base` and `theirs`, beside what `yours` makes of it. */
export function differences<T, F extends Record<string, Value>>(
  fields: Fields<T, F>,
  base: T,
  theirs: T,
  yours: F,
): Difference[] {
  return Object.keys(fields).flatMap((key) => {
    const field = fields[key]!;
    const [was, now, mine] = [field.of(base), field.of(theirs), yours[key] ?? null];
    const isMine = !same(mine, was);
    if (same(was, now) || same(mine, now) || (field.moves && !isMine)) return [];
    const said = { key, label: field.label, was: words(field, was), now: words(field, now) };
    return [isMine ? { ...said, yours: words(field, mine), taken: false } : { ...said, taken: true }];
  });
}
