import { watchEffect } from 'vue';

/** Names the tab after what the page shows, once that is known. */
export function useTitle(title: () => string | undefined) {
  watchEffect(() => {
    const text = title();
    if (text) document.title = `${text} · Plaza`;
  });
}
