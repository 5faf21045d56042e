// The words for what the mall's clock does.
import type { Clock } from '@/api/types';
import { dateTime, duration } from './format';
import type { Tone } from './tone';

/** A mall this close to real time is not said to be ahead or behind. */
const APART_MS = 1_000;
export const isApart = (offsetMs: number) => Math.abs(offsetMs) >= APART_MS;

/** Whether there is nothing to say: the mall's time is real time. */
export const isPlain = (clock: Clock) => clock.speed === 1 && clock.status === 'running' && !isApart(clock.offset_ms);
export const isAdvancing = (clock: Clock) => clock.status === 'advancing' || clock.status === 'stalled';

const times = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
/** `10×`. */
export const speedText = (speed: number) => `${times.format(speed)}×`;
export const offsetText = (ms: number) =>
  `${duration(Math.round(Math.abs(ms) / 1_000) * 1_000)} ${ms < 0 ? 'behind' : 'ahead of'}`;

export interface ClockState {
  label: string;
  icon: string;
  tone: Tone;
}

export function clockState(clock: Clock): ClockState {
  switch (clock.status) {
    case 'paused':
      return { label: 'Paused', icon: 'pi-pause', tone: 'wait' };
    case 'advancing':
      return {
        label: `Advancing to ${clock.target ? dateTime(clock.target) : 'what is due next'}`,
        icon: 'pi-spin pi-spinner',
        tone: 'info',
      };
    case 'stalled':
      return { label: 'Stalled', icon: 'pi-exclamation-triangle', tone: 'bad' };
    case 'running':
      if (clock.speed === 1) return { label: 'Real speed', icon: 'pi-clock', tone: 'quiet' };
      return {
        label: `${speedText(clock.speed)} real speed`,
        icon: clock.speed > 1 ? 'pi-forward' : 'pi-clock',
        tone: 'info',
      };
  }
}

/** The state as a sentence, for those who hear it. */
export function clockSentence(clock: Clock): string {
  const { label } = clockState(clock);
  if (clock.status === 'stalled') return 'The mall’s clock has stalled: an order that is due does not come to rest.';
  if (clock.status === 'advancing') return `The mall’s clock: ${label.charAt(0).toLowerCase()}${label.slice(1)}.`;
  return `The mall’s clock: ${label.toLowerCase()}. It is ${dateTime(clock.now)}.`;
}
