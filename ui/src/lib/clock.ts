// The mall's time as this browser knows it: every countdown, every "3 s ago" and every due time follows it.
import { shallowRef } from 'vue';

/** What both clocks said at one moment, and how fast the mall's has gone since. */
export interface Course {
  mallMs: number;
  wallMs: number;
  /** The moment, as `performance.now()` has it: unlike the browser's date, nobody turns it back. */
  at: number;
  /** How many times as fast as real time the mall's time passes: 0 while it is paused or advanced. */
  rate: number;
}

/** Undefined until the server has said it. */
export const course = shallowRef<Course>();

const since = (c: Course) => performance.now() - c.at;
/** The time in the mall; the browser's until the server has said another. */
export const mallNow = () =>
  course.value ? course.value.mallMs + since(course.value) * course.value.rate : Date.now();
/** The time outside, by the server's clock. */
export const wallNow = () => (course.value ? course.value.wallMs + since(course.value) : Date.now());
/** How fast the mall's time passes. */
export const mallRate = () => course.value?.rate ?? 1;
