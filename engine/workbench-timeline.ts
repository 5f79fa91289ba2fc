/** The timeline's calls of the workbench. */
import { decideExpectation, type ExpectationChoice, type ExpectationRequest } from './decide-expectation.ts';
import { explainGap, type GapChoice } from './explain-gap.ts';
import type { Workbench } from './serve-host.ts';
import {
  gapLine,
  listExpectations,
  readClocks,
  readCoveragePage,
  readGapPage,
  type TimelineOf,
} from './read-timeline.ts';
import type { WorkbenchSession } from './workbench-session.ts';

type TimelineHandlers = Pick<
  Workbench,
  'gaps.list' | 'coverage.intervals' | 'clock.list' | 'expectations.list' | 'gap.explain' | 'expectation.decide'
>;

/** Reads wait for what changes the case: the first read after a change writes the timeline anew. */
export function timelineHandlers(session: WorkbenchSession): TimelineHandlers {
  const { engine } = session;
  const now = (): TimelineOf => ({ target: session.target, asOf: engine.effects.now() });
  return {
    'gaps.list': async (input) => session.alone(() => readGapPage(now(), input)),
    'coverage.intervals': async (input) => session.alone(() => readCoveragePage(now(), input)),
    'clock.list': async (input) => session.alone(() => readClocks(now(), input)),
    'expectations.list': async () => session.alone(() => listExpectations(now())),
    'gap.explain': async ({ gap, choice }) =>
      session.change(async () =>
        gapLine(await explainGap(engine, session.target, { gap, choice: withoutUndefined<GapChoice>(choice) })),
      ),
    'expectation.decide': async ({ stream, system, choice }) =>
      session.change(async () => {
        const request = { stream, system, choice: withoutUndefined<ExpectationChoice>(choice) };
        const decided = await decideExpectation(engine, session.target, withoutUndefined<ExpectationRequest>(request));
        return { decided: decided.length };
      }),
  };
}

/** A field that is not given is left out, as the engine's types want it. */
function withoutUndefined<T>(given: object): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
