// What the server trims from texts: Unicode's White_Space (Rust's `str::trim`). JavaScript's `trim` also takes U+FEFF,
// which the server keeps, and leaves U+0085, which it takes: a name would come back from a file as another.

/** All of White_Space is in the first plane, so that code units are enough. */
const isWhiteSpace = (text: string, at: number) => /\p{White_Space}/u.test(text.charAt(at));

/** A text as the server keeps it. */
export function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isWhiteSpace(text, from)) from++;
  while (to > from && isWhiteSpace(text, to - 1)) to--;
  return text.slice(from, to);
}
