import { ref } from 'vue';
import { ApiError, describe } from '@/api/problem';
import { ChangedMeanwhile } from '@/lib/conflict';
import { randomId } from '@/lib/ids';

/**
 * What every form shares: one submit at a time, one idempotency key per attempt at the same content, and a problem's
 * `errors[].pointer` shown at the field it names. What names no known field is shown above the form.
 */
export function useForm(fields: readonly string[]) {
  const busy = ref(false);
  const errors = ref<Record<string, string>>({});
  const message = ref('');
  let sent = '';
  let key = '';

  function reset() {
    errors.value = {};
    message.value = '';
  }

  /** Sending the same again is a retry and keeps its key; sending something else is a new attempt. */
  function keyFor(content: unknown): string {
    const text = JSON.stringify(content);
    if (text !== sent) {
      sent = text;
      key = randomId();
    }
    return key;
  }

  function show(e: unknown) {
    if (e instanceof ChangedMeanwhile) return;
    const unknown: string[] = [];
    for (const fault of e instanceof ApiError ? e.fields : []) {
      // `/price/amount_minor` belongs to the field `price`.
      const name = fault.pointer.replace(/^#?\//, '').split('/')[0] ?? '';
      if (fields.includes(name)) errors.value[name] ??= fault.detail;
      else unknown.push(name ? `${name}: ${fault.detail}` : fault.detail);
    }
    const { title, detail } = describe(e);
    if (unknown.length) message.value = unknown.join(' ');
    else if (!Object.keys(errors.value).length) message.value = detail ? `${title}: ${detail}` : title;
  }

  /** Runs `work` unless a run is under way; whether it succeeded. */
  async function submit(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    reset();
    try {
      await work();
      sent = '';
      return true;
    } catch (e) {
      show(e);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, errors, message, reset, keyFor, submit };
}
