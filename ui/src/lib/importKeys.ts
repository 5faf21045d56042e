// Which idempotency key each row of an import is sent with, and what came of it. An import lasts, per store and tab,
// until everything is done: until then the same row goes by the same key, also after a reload or from a corrected file,
// and the server answers a repeated one with the product it has. Afterwards the same rows are a new import, and mean new
// products.
import { randomId } from './ids';
import { session } from './storage';

/** An import that nobody continues is forgotten: the same rows, later, are meant as new products. */
const OPEN_MS = 30 * 60_000;
/** How often the results are saved while rows are sent: each time all are written, and a file has thousands of rows. */
const SAVE_MS = 1_000;

/** FNV-1a over UTF-16 units, twice with different starts: tells the rows of one import apart, no more. */
function fingerprint(text: string): string {
  return [0x811c9dc5, 0x01000193]
    .map((start) => {
      let hash = start;
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
      return (hash >>> 0).toString(36);
    })
    .join('');
}

/** The id of the product that a row made; `lost` when it was sent and no answer came. */
export type SentResult = { made: string } | 'lost';

export interface OpenImport {
  /**
   * One key for each body, and another for each time the file holds the same again. What was made and is no longer in the
   * store was taken out on purpose: the same row means another product then, and gets another key.
   */
  keysFor(bodies: readonly unknown[], isThere: (productId: string) => boolean): string[];
  /** The key of a row once the product is gone that it made under `key`. */
  after(key: string, gone: string): string;
  /** The result of sending a key; nothing when it was not sent, or was refused. */
  resultOf(key: string): SentResult | undefined;
  note(key: string, result: SentResult | undefined, now?: number): void;
  /** The ids of the products it has made. */
  made(): Set<string>;
  /** Everything is done: the same rows mean new products from now on. */
  close(): void;
  /** Keeps what was noted for the next time the import is opened. */
  save(): void;
}

interface Saved {
  id: string;
  /** When it was begun, or last came to something. */
  at: number;
  /** Results by key. */
  came?: [string, SentResult][];
}

export function openImport(storeId: string, now = Date.now()): OpenImport {
  const name = `import.${storeId}`;
  const saved = session.get<Saved>(name);
  const going: Saved = saved && now - saved.at < OPEN_MS ? saved : { id: randomId(), at: now };
  const results = new Map(going.came);
  let { at } = going;
  let savedAt = at;
  const save = () => {
    savedAt = at;
    session.set(name, { id: going.id, at, came: [...results] } satisfies Saved);
  };
  save();
  return {
    keysFor(bodies, isThere) {
      const seen = new Map<string, number>();
      return bodies.map((body) => {
        const mark = fingerprint(JSON.stringify(body));
        const times = (seen.get(mark) ?? 0) + 1;
        seen.set(mark, times);
        let key = `${going.id}-${mark}-${times}`;
        for (let sent = results.get(key); sent && sent !== 'lost' && !isThere(sent.made); sent = results.get(key))
          key = this.after(key, sent.made);
        return key;
      });
    },
    after: (key, gone) => `${going.id}-${fingerprint(key + gone)}`,
    resultOf: (key) => results.get(key),
    note(key, result, now = Date.now()) {
      if (result) results.set(key, result);
      else results.delete(key);
      at = now;
      if (at - savedAt >= SAVE_MS) save();
    },
    made: () => new Set([...results.values()].flatMap((sent) => (sent === 'lost' ? [] : [sent.made]))),
    close: () => session.remove(name),
    save,
  };
}
