// CSV out (RFC 4180). Reading it is `csvFile.ts`.

const FORMULA = String.raw`['"]*[=+\-@\t\r]`;
const BEGINS = String.raw`(?<=^|[;\t\n\r])`;
const OPEN = new RegExp(`${BEGINS}(?=${FORMULA})`, 'g');
const GUARD = new RegExp(`${BEGINS}'(?=${FORMULA})`, 'g');
/**
 * Puts an apostrophe wherever a spreadsheet could start a cell, also when it splits at semicolons or tabs, and run it
 * as a formula; and one more where there is one already, so that `unguarded` restores the text. The server does the same.
 */
export const guarded = (text: string) => text.replace(OPEN, "'");
/** A text as it was before `guarded`. */
export const unguarded = (text: string) => text.replace(GUARD, '');

/** Texts are quoted, and safe to open in a spreadsheet. */
export function toCsv(rows: readonly Record<string, unknown>[], columns: readonly string[]): string {
  const cell = (value: unknown) => {
    if (typeof value !== 'string') return value == null ? '' : String(value);
    return `"${guarded(value).replaceAll('"', '""')}"`;
  };
  const lines = [columns.join(','), ...rows.map((row) => columns.map((c) => cell(row[c])).join(','))];
  return `${lines.join('\r\n')}\r\n`;
}

export function download(name: string, content: Blob | string, type = 'text/csv;charset=utf-8') {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  // The click only queues the download; revoking at once can cancel it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
