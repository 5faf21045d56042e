import { shallowRef, watch, type Ref } from 'vue';

/** Two minutes at one sample per status poll. */
const SAMPLES = 60;

/** The recent values of a number, one per change of `beat`; what is not known is no value. */
export function useTrend(read: () => number | undefined, beat: Ref<unknown>) {
  const values = shallowRef<number[]>([]);
  const take = () => {
    const value = read();
    if (value !== undefined) values.value = [...values.value, value].slice(-SAMPLES);
  };
  watch(beat, take, { immediate: true });
  return values;
}
