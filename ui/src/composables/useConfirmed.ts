import { useConfirm } from 'primevue/useconfirm';
import { useNotify } from './useNotify';

interface Question {
  header: string;
  message: string;
  /** What the two buttons are called. */
  accept: string;
  reject?: string;
  /** Marks an action that loses something. */
  severity?: 'danger';
  icon?: string;
}

/** Asks before it does something; when that fails, offers to do it again without asking. */
export function useConfirmed() {
  const confirm = useConfirm();
  const { attempt } = useNotify();
  return (
    { accept, reject = 'Keep', severity, icon = 'pi-exclamation-triangle', ...said }: Question,
    work: () => Promise<unknown>,
  ) =>
    confirm.require({
      ...said,
      icon: `pi ${icon}`,
      // An Enter that was meant for something else loses nothing.
      defaultFocus: 'reject',
      acceptProps: { label: accept, severity },
      rejectProps: { label: reject, severity: 'secondary', outlined: true },
      accept: () => void attempt(work),
    });
}
