import { ref } from 'vue';
import { local } from '@/lib/storage';

// theme-init.js has set the class before the first paint.
const dark = ref(document.documentElement.classList.contains('app-dark'));

/** Paper is light. */
const paper = (isPrinting: boolean) => document.documentElement.classList.toggle('app-dark', dark.value && !isPrinting);
addEventListener('beforeprint', () => paper(true));
addEventListener('afterprint', () => paper(false));

export function useTheme() {
  function toggle() {
    dark.value = document.documentElement.classList.toggle('app-dark');
    local.set('theme', dark.value ? 'dark' : 'light');
  }
  return { dark, toggle };
}
