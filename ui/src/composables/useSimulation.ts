import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { fetchText, followSimulation, plaza } from '@/api/plaza';
import { isUnreachable } from '@/api/problem';
import type { RunReport, Simulation, SimulationPicture, SimulationPoint } from '@/api/types';

const RETRY_MS = 1_000;
/** As many as the server keeps: of ten minutes. */
const KEPT = 600;

/** A simulation as it goes: what is known of it, its points and its newest picture; `ended` is called once it is over. */
export function useSimulation(id: Ref<string | undefined>, ended: () => void) {
  const simulation = shallowRef<Simulation>();
  const points = shallowRef<SimulationPoint[]>([]);
  const picture = shallowRef<SimulationPicture>();
  const error = shallowRef<unknown>();
  /** What was found, once it is over. */
  const report = shallowRef<RunReport>();
  const lost = ref(false);
  let abort = new AbortController();

  async function follow(of: string, { signal }: AbortController) {
    let after = 0;
    while (!signal.aborted) {
      try {
        const known = await plaza.simulation(of);
        // Another one was chosen meanwhile.
        if (signal.aborted) return;
        simulation.value = known;
        lost.value = false;
        for await (const { id: number, event, data } of followSimulation(of, after, signal)) {
          if (event === 'end') {
            const wasRunning = !simulation.value.ended_at;
            simulation.value = JSON.parse(data) as Simulation;
            if (wasRunning) ended();
            if (simulation.value.has_report) await read(of, signal);
            return;
          }
          if (event === 'change') {
            simulation.value = JSON.parse(data) as Simulation;
            continue;
          }
          if (event === 'picture') {
            picture.value = JSON.parse(data) as SimulationPicture;
            continue;
          }
          after = number;
          const point = { ...(JSON.parse(data) as Omit<SimulationPoint, 'number'>), number };
          points.value = [...points.value.slice(1 - KEPT), point];
          const now: Simulation = simulation.value;
          simulation.value = { ...now, progress: point.progress, totals: point.so_far };
        }
      } catch (e) {
        if (signal.aborted) return;
        if (!isUnreachable(e) && !(e instanceof TypeError)) {
          error.value = e;
          return;
        }
        lost.value = true;
      }
      await new Promise((next) => setTimeout(next, RETRY_MS));
    }
  }

  /** Without it the rest is still to be seen. */
  async function read(of: string, signal: AbortSignal) {
    const text = await fetchText(`/api/v1/simulations/${of}/report.json`).catch(() => undefined);
    if (text !== undefined && !signal.aborted) report.value = JSON.parse(text) as RunReport;
  }

  watch(
    id,
    (of) => {
      abort.abort();
      abort = new AbortController();
      simulation.value = undefined;
      points.value = [];
      picture.value = undefined;
      report.value = undefined;
      error.value = undefined;
      if (of) void follow(of, abort);
    },
    { immediate: true },
  );
  onScopeDispose(() => abort.abort());
  /** Takes on an answer about it, unless it has ended meanwhile: the answer is older. */
  function take(answer: Simulation) {
    if (simulation.value?.id === answer.id && !simulation.value.ended_at) simulation.value = answer;
  }
  return { simulation, points, picture, report, error, lost, take };
}
