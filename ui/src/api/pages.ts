// Lists come in pages: the server names the cursor of the next one, until there is none.
import type { Page } from './types';

export type LoadPage<T> = (paging: { limit: number; cursor?: string }) => Promise<Page<T>>;

/** The server answers at most this many rows at once. */
const PAGE_MAX = 200;

/** The rows of a list up to `max`, and whether there are more. */
export async function readPages<T>(load: LoadPage<T>, max = Infinity): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await load({ limit: Math.min(PAGE_MAX, max - items.length), cursor });
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && items.length < max);
  return { items, more: cursor !== undefined };
}
