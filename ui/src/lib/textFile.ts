// The text of a file whose encoding nobody states: Unicode by its mark, UTF-8 when it is valid UTF-8, else Windows-1252
// (what Excel writes in western Europe), which is said; a person can name another. Files that are not text are refused.

export const ENCODINGS: Record<string, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16, big-endian',
  'windows-1252': 'Windows-1252, western Europe',
  'windows-1250': 'Windows-1250, central Europe',
  'windows-1251': 'Windows-1251, Cyrillic',
  'windows-1253': 'Windows-1253, Greek',
  'windows-1254': 'Windows-1254, Turkish',
  'windows-1255': 'Windows-1255, Hebrew',
  'windows-1256': 'Windows-1256, Arabic',
  macintosh: 'Mac OS Roman',
  shift_jis: 'Shift JIS, Japanese',
  gb18030: 'GB 18030, Chinese',
  big5: 'Big5, Chinese',
  'euc-kr': 'EUC-KR, Korean',
};

export type TextFile = { text: string; encoding: string; guessed: boolean } | { refused: string };

const startsWith = (bytes: Uint8Array, ...mark: number[]) => mark.every((byte, i) => bytes[i] === byte);
/** UTF-16 without a mark: half the bytes of plain letters are zero, and always the same half. */
function zeros(bytes: Uint8Array, odd: 0 | 1): number {
  const sample = bytes.subarray(0, 2_000);
  return sample.filter((byte, i) => byte === 0 && i % 2 === odd).length / Math.max(1, sample.length / 2);
}

function notText(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, 0x50, 0x4b, 3, 4))
    return 'This is a workbook or a zip archive (.xlsx, .ods), not CSV: save it as "CSV UTF-8" first.';
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0))
    return 'This is an Excel workbook (.xls), not CSV: save it as "CSV UTF-8" first.';
  if (startsWith(bytes, 0xff, 0xfe, 0, 0) || startsWith(bytes, 0, 0, 0xfe, 0xff))
    return 'This file is UTF-32, which is not read here: save it as "CSV UTF-8".';
  return undefined;
}

function guess(bytes: Uint8Array): { encoding: string; guessed: boolean } {
  if (startsWith(bytes, 0xff, 0xfe)) return { encoding: 'utf-16le', guessed: false };
  if (startsWith(bytes, 0xfe, 0xff)) return { encoding: 'utf-16be', guessed: false };
  if (zeros(bytes, 1) > 0.4) return { encoding: 'utf-16le', guessed: true };
  if (zeros(bytes, 0) > 0.4) return { encoding: 'utf-16be', guessed: true };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { encoding: 'utf-8', guessed: false };
  } catch {
    return { encoding: 'windows-1252', guessed: true };
  }
}

/** Decodes in the encoding named, or in the one found. */
export function decodeFile(bytes: Uint8Array, named?: string): TextFile {
  const wrong = notText(bytes);
  if (wrong) return { refused: wrong };
  const { encoding, guessed } = named ? { encoding: named, guessed: false } : guess(bytes);
  const name = ENCODINGS[encoding] ?? encoding;
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    // Bytes without a letter in Windows-1252 decode to control characters: it is another encoding, or no text.
    if (/[\u0000-\u0008\u000E-\u001F\u007F-\u009F]/.test(text))
      return {
        refused: `Read as ${name}, this file holds characters that are no text. Choose its encoding, or save it as "CSV UTF-8".`,
      };
    return { text, encoding, guessed };
  } catch {
    return { refused: `This file is not valid ${name}. Choose its encoding, or save it as "CSV UTF-8".` };
  }
}
