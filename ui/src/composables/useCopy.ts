import { ref } from 'vue';

const SHOWN_MS = 1_400;

/** The clipboard API exists only on https and localhost; elsewhere the selection of a hidden field is copied. */
async function write(text: string) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement('textarea'), { value: text, className: 'sr-only' });
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

/** Copies text; `copied` is true for a moment afterwards. */
export function useCopy() {
  const copied = ref(false);
  async function copy(text: string) {
    try {
      await write(text);
      copied.value = true;
      setTimeout(() => (copied.value = false), SHOWN_MS);
    } catch {
      copied.value = false;
    }
  }
  return { copied, copy };
}
