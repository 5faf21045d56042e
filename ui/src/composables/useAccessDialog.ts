import { ref } from 'vue';

const visible = ref(false);
/** Whether someone who is signed in wants to use another token, one that allows more. */
const another = ref(false);

/** The dialog where staff enter their token; opened from the top bar and wherever the server refuses. */
export function useAccessDialog() {
  function open(asAnother = false) {
    another.value = asAnother;
    visible.value = true;
  }
  return { visible, another, open };
}
