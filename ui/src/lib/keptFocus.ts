// Where the focus goes when what had it is gone.

export const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select, textarea, [tabindex]';
/** What lies over the page, and goes away again. */
export const OVERLAY = '[role=dialog], [role=alertdialog], .p-toast';

/** Something that has the focus, and where it stands. */
export interface Trace {
  element: HTMLElement;
  /** Its ancestors, and what followed each of them, from the inside out. */
  path: { node: Element; next: Element | null }[];
}

export function trace(element: HTMLElement): Trace {
  const path: Trace['path'] = [];
  const top = element.closest(`main, header, aside, ${OVERLAY}`)?.parentElement;
  for (let node: Element | null = element; node && node !== top; node = node.parentElement)
    path.push({ node, next: node.nextElementSibling });
  return { element, path };
}

export const isShown = (element: Element) => element.getClientRects().length > 0;

const isBefore = (a: Element | null | undefined, b: Element) =>
  !!a && !!(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

/** What comes next after something that is gone: in what is left of its surroundings, the nearest first. */
export function successor({ path }: Trace): HTMLElement | undefined {
  for (const [i, { node }] of path.entries()) {
    if (!node.isConnected) continue;
    const inside = [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isShown);
    const lost = path[i - 1];
    const from = [lost?.next, lost?.node].find((e) => e?.isConnected);
    const follows = (e: Element) => !lost || e === from || isBefore(from, e);
    const found = inside.find(follows) ?? inside.at(-1);
    if (found) return found;
  }
  return undefined;
}
