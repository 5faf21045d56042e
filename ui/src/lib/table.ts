// What a DataList column is, and sorting rows that are all at hand.
export interface Column<T> {
  key: string;
  label: string;
  align?: 'right';
  /** Can be sorted by. */
  sortable?: boolean;
  /** What to sort by, for lists sorted in the browser. */
  value?: (row: T) => string | number;
  /** Heads the card on a narrow screen instead of being a labelled line in it. */
  title?: boolean;
}

export interface Sort {
  key: string;
  desc: boolean;
}

export function sortRows<T>(rows: readonly T[], columns: readonly Column<T>[], sort: Sort): T[] {
  const value = columns.find((c) => c.key === sort.key)?.value;
  if (!value) return [...rows];
  const sign = sort.desc ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
  });
}

/** `-price` and back: how the API and the address write a sort. */
export const sortToText = (s: Sort) => (s.desc ? `-${s.key}` : s.key);
export const sortFromText = (text: string): Sort =>
  text.startsWith('-') ? { key: text.slice(1), desc: true } : { key: text, desc: false };
