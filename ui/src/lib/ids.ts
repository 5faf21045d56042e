/** A random UUID. `crypto.randomUUID` exists only on https and localhost; `getRandomValues` exists everywhere. */
export function randomId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

export const isId = (text: string) => new RegExp(`^${UUID.source}$`, 'i').test(text.trim());
/** The last UUID in a text such as `order/0197…`. */
export const lastId = (text: string | undefined): string | undefined => text?.match(UUID)?.at(-1)?.toLowerCase();
/** The end of a UUIDv7 is its random part; the beginning is the time, which neighbours share. */
export const shortId = (id: string) => `…${id.slice(-8)}`;
