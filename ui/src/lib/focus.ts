import { nextTick } from 'vue';

/** Gives the focus to the first of these that is on the page, once the page shows what has just changed. */
export async function focusOn(...selectors: string[]) {
  await nextTick();
  for (const selector of selectors) {
    const found = document.querySelector<HTMLElement>(selector);
    if (found) return found.focus();
  }
}
