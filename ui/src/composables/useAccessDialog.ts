import { ref } from 'vue';

const visible = ref(false);
/** Whether somebody who is signed in wants to be somebody else, who may do more. */
const another = ref(false);

/** The dialog for a token of the staff: opened from the top bar and wherever the server refuses. */
export function useAccessDialog() {
  function open(asAnother = false) {
    another.value = asAnother;
    visible.value = true;
  }
  return { visible, another, open };
}
