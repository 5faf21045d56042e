import { computed, shallowRef } from 'vue';
import { isSuperseded } from '@/api/problem';
import { ChangedMeanwhile, differences, same, type Difference, type Fields, type Value } from '@/lib/conflict';

/** A thing that moves with every order may be changed again while it is looked at. */
const TRIES = 5;

/**
 * The edit of something that others edit too. It is saved over the version the person has seen; when there is a newer
 * one, what they did not touch is taken over, and what both changed waits for their choice. Nothing typed is lost.
 */
export function useConflict<T, F extends Record<string, Value>>(form: F, fields: Fields<T, F>) {
  const keys = Object.keys(fields) as (keyof F & string)[];
  /** What the person has seen: the fields were filled from it, or it was shown beside them since. */
  const seen = shallowRef<T>();
  const met = shallowRef<Difference[]>([]);
  /** What was typed into the fields that both changed. */
  let typed = { ...form };

  /** Begins an edit of what is on the page now; of nothing, when something new is made. */
  function begin(thing: T | undefined) {
    seen.value = thing;
    met.value = [];
    if (thing) adopt(keys, thing);
  }

  function adopt(keys: readonly (keyof F)[], thing: T) {
    for (const key of keys) form[key] = fields[key].of(thing) as F[keyof F];
  }
  const changed = (key: keyof F) => !seen.value || !same(form[key], fields[key].of(seen.value));

  const take = (key: string) => adopt([key], seen.value!);
  function keep(key: string) {
    form[key as keyof F] = typed[key as keyof F];
  }
  const rows = computed<Difference[]>(() => met.value.map((d) => ({ ...d, taken: !changed(d.key) })));
  const overwrites = computed(() => rows.value.some((d) => d.yours !== undefined && !d.taken));

  function meet(theirs: T): boolean {
    const base = seen.value!;
    const found = differences(fields, base, theirs, form);
    typed = { ...form };
    const untouched = keys.filter((key) => !changed(key));
    seen.value = theirs;
    adopt(untouched, theirs);
    if (found.length) met.value = found;
    return found.length > 0;
  }

  /** Sends what `changed` says of the fields; `load` gets the newest version once the one seen is not. */
  async function save(send: (seen: T) => Promise<T>, load: () => Promise<T>) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(seen.value!);
      } catch (e) {
        if (!isSuperseded(e) || attempt === TRIES) throw e;
        if (meet(await load())) throw new ChangedMeanwhile();
      }
    }
  }
  return { begin, changed, save, rows, overwrites, take, keep };
}
