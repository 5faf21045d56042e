import { ref } from 'vue';
import type { Advance } from '@/api/types';
import { wallNow } from '@/lib/clock';
import { randomId } from '@/lib/ids';
import { useClock } from '@/stores/clock';
import { useNotify } from './useNotify';

/**
 * What an administrator does with the mall's clock at one press of a button. A press while another is under way does
 * nothing, so that no button need be disabled under the finger that is on it.
 */
export function useClockActions() {
  const clock = useClock();
  const { attempt } = useNotify();
  const busy = ref(false);
  const once = async (work: () => Promise<unknown>) => void (busy.value || (await attempt(work, busy)));
  const setSpeed = async (speed: number) => void (clock.advancing || (await once(() => clock.setSpeed(speed))));
  /** Trying again goes by the same key: a lost answer does not advance the clock twice. */
  async function advance(until: Advance) {
    const key = randomId();
    if (!clock.advancing) await once(() => clock.advance(until, key));
  }
  return {
    setSpeed,
    advance,
    pause: () => setSpeed(0),
    goOn: () => setSpeed(clock.goOnSpeed),
    toNext: () => advance({ next: 1 }),
    /** Brings a mall that was paused or slow back to real time. */
    catchUp: () => advance({ to: new Date(wallNow()).toISOString() }),
    stop: () => once(() => clock.stop()),
  };
}
