// CSV as people's programs write it, read by Papa Parse: any delimiter, quoted line breaks, true line numbers.
import Papa from 'papaparse';

export const DELIMITERS: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

export interface CsvRow {
  /** Where it begins and ends in the file, from 1: what an editor shows, blank lines and breaks in cells counted. */
  line: number;
  lastLine: number;
  cells: string[];
  /** Why its quotes do not match up: the cells are then not what was meant. */
  broken?: string;
}

/** "Line 3", or the lines that a row takes up. */
export const place = ({ line, lastLine }: { line: number; lastLine?: number }) =>
  lastLine !== undefined && lastLine > line ? `Lines ${line} to ${lastLine}` : `Line ${line}`;

const FAULTS: Record<string, string> = {
  MissingQuotes: 'a quote (") is opened here and never closed, so that everything after it is one cell',
  InvalidQuotes: 'a quote (") is closed in the middle of a cell; a quote inside a quoted cell is written twice ("")',
};

/** A first line `sep=;` is how a file tells Excel its delimiter. */
function statedDelimiter(text: string): string | undefined {
  return /^sep=(.)(?:\n|$)/i.exec(text)?.[1];
}

/**
 * Without a byte order mark, and with one kind of line end: files mix `\r`, `\n` and both, whether by an old program,
 * by a cell pasted from another system, or put together from two.
 */
const plainLines = (text: string) => text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');

/** Rows with true line numbers; blank rows are left out, and counted. */
export function parseCsv(input: string, delimiter: string, rowsMax = Infinity): CsvRow[] {
  const text = plainLines(input);
  const rows: CsvRow[] = [];
  let line = 1;
  let from = 0;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    fastMode: false,
    step({ data: cells, errors, meta }, parser) {
      const taken = text.slice(from, meta.cursor);
      const next = line + taken.split('\n').length - 1;
      const lastLine = taken.endsWith('\n') ? next - 1 : next;
      const fault = errors.find((e) => e.code === 'MissingQuotes') ?? errors.find((e) => e.code in FAULTS);
      const isMarker = line === 1 && statedDelimiter(text) !== undefined;
      if (!isMarker && (fault || cells.some((cell) => cell.trim() !== '')))
        rows.push({ line, lastLine, cells, ...(fault && { broken: FAULTS[fault.code] }) });
      line = next;
      from = meta.cursor;
      if (rows.length >= rowsMax) parser.abort();
    },
  });
  return rows;
}

/** The delimiter the file states, else the one whose header says most to `known`; among equals the one with most columns. */
export function findDelimiter(input: string, known: (header: readonly string[]) => number): string {
  const text = plainLines(input);
  const stated = statedDelimiter(text);
  if (stated) return stated;
  const found = Object.keys(DELIMITERS).map((delimiter) => {
    const header = parseCsv(text, delimiter, 1)[0]?.cells ?? [];
    return { delimiter, worth: known(header) * 1_000 + header.length };
  });
  return found.reduce((best, next) => (next.worth > best.worth ? next : best)).delimiter;
}
