import { watch, type Ref } from 'vue';
import { useForm } from './useForm';
import { useNotify } from './useNotify';

/** A form in a dialog: `fill` gives its fields their values each time it opens, and saving closes it. */
export function useDialogForm(visible: Ref<boolean>, fields: readonly string[], fill: () => void) {
  const form = useForm(fields);
  const notify = useNotify();
  watch(visible, (open) => {
    if (!open) return;
    form.reset();
    fill();
  });
  /** Submits `work`, closes the dialog and says what was done; whether it was. */
  async function save(work: () => Promise<unknown>, said: string, detail: string): Promise<boolean> {
    if (!(await form.submit(work))) return false;
    visible.value = false;
    notify.ok(said, detail);
    return true;
  }
  return { ...form, save };
}
