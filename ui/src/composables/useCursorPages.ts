import { computed, watch } from 'vue';
import type { LoadPage } from '@/api/pages';
import type { Page } from '@/api/types';
import { NO_NEWS, hold, type News } from '@/lib/steady';
import { usePlace } from './usePlace';
import { useResource } from './useResource';

interface Options<T> {
  load: LoadPage<T>;
  key: (row: T) => string;
  /** Rows on one page. */
  size?: number;
  /**
   * For a list that begins with its newest rows and whose rows change: how to load the rows from one on, and those
   * before it, so that what is shown stays up to date however many have come before it.
   */
  around?: () => { from: (row: T) => LoadPage<T>; before: (row: T) => LoadPage<T> } | undefined;
}
interface Shown<T> extends Page<T> {
  news: News;
}

/** A keyset-paged list, one page on screen: the table stays small however many rows there are, and its rows stay put. */
export function useCursorPages<T>({ load, key, size = 50, around }: Options<T>) {
  const { place, go } = usePlace();
  /** The cursors of the pages before the one shown, as far as this tab has come by them. */
  const trail: string[] = ((history.state ?? {}) as { trail?: string[] }).trail ?? [];
  /** Until an answer is taken: one that was overtaken changes nothing. */
  let renewing = true;
  const { data, error, busy, loading, reload, clear } = useResource(async (): Promise<Shown<T>> => {
    const shown: Shown<T> | undefined = data.value;
    if (!renewing && shown?.items.length) return follow(shown);
    const fresh = await load({ limit: size, cursor: place.value.cursor || undefined });
    return { ...fresh, news: NO_NEWS };
  });

  /** The rows that are shown, as they are now, and how many others there would be. */
  async function follow(shown: Shown<T>): Promise<Shown<T>> {
    const cursor = place.value.cursor || undefined;
    const first = shown.items[0]!;
    const sides = cursor ? undefined : around?.();
    const [fresh, newer] = await Promise.all([
      (sides?.from(first) ?? load)({ limit: size, cursor }),
      sides?.before(first)({ limit: size }),
    ]);
    const { rows, news, next } = hold(shown.items, fresh.items, key, !fresh.next_cursor);
    // At the end of the list, what follows is new as well.
    const arrived = news.arrived + (newer?.items.length ?? 0) + (shown.next_cursor ? 0 : next.length);
    const more = news.more || !!newer?.next_cursor;
    return { ...shown, items: rows, news: { ...news, arrived, more } };
  }

  const items = computed(() => data.value?.items ?? []);
  const news = computed(() => data.value?.news ?? NO_NEWS);
  const page = computed(() => place.value.page);
  const nextCursor = computed(() => data.value?.next_cursor ?? undefined);
  /** What `CursorPager` shows. */
  const pager = computed(() => ({
    page: page.value,
    from: (page.value - 1) * size + 1,
    shown: items.value.length,
    hasNext: !!nextCursor.value,
    isWayKnown: trail.length >= page.value - 1,
  }));

  /** Loads the page anew: rows may come, go and change places. */
  function renew() {
    renewing = true;
    return reload();
  }
  watch(data, () => (renewing = false), { flush: 'sync' });
  watch(place, () => void renew(), { flush: 'sync' });
  function next() {
    const cursor = nextCursor.value;
    // A second click before the answer is still the same step.
    if (!cursor || cursor === place.value.cursor) return;
    trail.splice(page.value - 1, Infinity, place.value.cursor);
    go({ page: page.value + 1, cursor }, [...trail]);
  }
  /** To the page before, or to the first one where a link led into the middle. */
  function previous() {
    if (page.value === 1) return;
    const at = page.value - 2;
    if (trail.length > at) go({ page: at + 1, cursor: trail[at]! }, trail.slice(0, at));
    else go({ page: 1, cursor: '' });
  }

  return { items, news, error, busy, loading, page, pager, next, previous, renew, reload, clear };
}
