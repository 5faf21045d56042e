import { shallowRef, watch, type Ref } from 'vue';

/** Two minutes at one sample per status poll. */
const SAMPLES = 60;

/** The recent values of a number, one per change of `beat`. */
export function useTrend(read: () => number, beat: Ref<unknown>) {
  const values = shallowRef<number[]>([]);
  watch(beat, () => (values.value = [...values.value, read()].slice(-SAMPLES)), { immediate: true });
  return values;
}
