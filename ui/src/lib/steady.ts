// A list that somebody reads does not move under them: what changed shows in its rows, what came or went is counted.

/** What a list would show otherwise, were it loaded anew. */
export interface News {
  /** New rows among those shown or before them. */
  arrived: number;
  /** There are more new rows than were counted. */
  more: boolean;
  /** Keys of rows that are shown and no longer belong to the list; they are as they last were in it. */
  gone: ReadonlySet<string>;
  /** The rows would stand in another order. */
  moved: boolean;
}
export const NO_NEWS: News = { arrived: 0, more: false, gone: new Set(), moved: false };

export interface Held<T> {
  /** What is shown, in its order, each row as it is now. */
  rows: T[];
  news: News;
  /** What follows the last row shown. */
  next: T[];
}

/**
 * The rows shown, brought up to date from a fresh answer. `whole`: the answer goes to the end of the list, so that a row
 * it does not have is gone; otherwise that is known only of rows before others that it has.
 */
export function hold<T>(shown: readonly T[], fresh: readonly T[], key: (row: T) => string, whole: boolean): Held<T> {
  const now = new Map(fresh.map((row) => [key(row), row]));
  const before = new Set(shown.map(key));
  const isNew = (row: T) => !before.has(key(row));
  const end = fresh.findLastIndex((row) => !isNew(row)) + 1;
  const lastPresent = shown.findLastIndex((row) => now.has(key(row)));
  const known = whole ? shown : shown.slice(0, lastPresent + 1);
  // Nothing that is shown is in the answer: all of it comes before.
  const lost = !whole && end === 0 && shown.length > 0;
  const common = fresh.filter((row) => !isNew(row)).map(key);
  const kept = shown.map(key).filter((k) => now.has(k));
  return {
    rows: shown.map((row) => now.get(key(row)) ?? row),
    news: {
      arrived: (lost ? fresh : fresh.slice(0, end)).filter(isNew).length,
      more: lost,
      gone: new Set(known.map(key).filter((k) => !now.has(k))),
      moved: common.some((k, i) => k !== kept[i]),
    },
    next: lost ? [] : fresh.slice(end),
  };
}

/** The moment right after one that the server wrote, a microsecond later: dates of the browser are coarser. */
export function justAfter(iso: string): string {
  const [, second = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(iso) ?? [];
  const micros = Number(fraction.padEnd(6, '0').slice(0, 6)) + 1;
  if (micros < 1_000_000) return `${second}.${String(micros).padStart(6, '0')}Z`;
  return new Date(Date.parse(`${second}Z`) + 1_000).toISOString();
}
