// Which idempotency key each row of an import is sent with. An import lasts, per store and tab, until everything is
// done: until then the same row goes by the same key, also after a reload or from a corrected file, and the server
// answers a repeated one with the product it has. Afterwards the same rows are a new import, and mean new products.
import { randomId } from './ids';
import { session } from './storage';

/** An import that nobody finished is forgotten: whoever comes back later means it again. */
const OPEN_MS = 30 * 60_000;

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

export interface OpenImport {
  /** One key for each body, and another for each time the file holds the same again. */
  keysFor(bodies: readonly unknown[]): string[];
  /** Everything is done: the same rows mean new products from now on. */
  close(): void;
}

export function openImport(storeId: string, now = Date.now()): OpenImport {
  const name = `import.${storeId}`;
  const open = session.get<{ id: string; at: number }>(name);
  const id = open && now - open.at < OPEN_MS ? open.id : randomId();
  session.set(name, { id, at: now });
  return {
    keysFor(bodies) {
      const seen = new Map<string, number>();
      return bodies.map((body) => {
        const mark = fingerprint(JSON.stringify(body));
        const times = (seen.get(mark) ?? 0) + 1;
        seen.set(mark, times);
        return `${id}-${mark}-${times}`;
      });
    },
    close: () => session.remove(name),
  };
}
