import { ref } from 'vue';

const visible = ref(false);

/** The dialog for the admin token: opened from the top bar and wherever the server refuses. */
export function useAccessDialog() {
  return { visible, open: () => (visible.value = true) };
}
