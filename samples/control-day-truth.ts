/** The control-days that the plants change: what each plant does to each control by the rules, and which state is shown. */
import { controlDayStates, type ControlDayState } from '../shared/states.ts';
import { addDays, type Day } from '../shared/time.ts';
import { hostDown, missingFile, sequenceLosses, syslogSilences } from './plan.ts';
import { planted } from './plants.ts';

/** Controls that the sample is made for. Every day that is not listed is effective, or not due, under them. */
export const controls = {
  ports: 'CC6.6-port-unauthorised',
  scans: 'CC7.1-scan-daily',
  auditd: 'CC7.2-auditd-running',
  root: 'CC6.3-least-privilege-root',
  awsRoot: 'CC6.3-root-account-use',
} as const;

/** A control-day that is neither effective nor not due. The state shown is one of `states`. */
export interface ExpectedControlDay {
  readonly control: string;
  readonly day: Day;
  readonly states: readonly string[];
  readonly because: string;
}

/** What one plant does to one control on one day. */
export interface Effect {
  readonly control: string;
  readonly day: Day;
  readonly state: ControlDayState;
  readonly because: string;
}

/**
 * The days in order, each with the state that comes first. `untrusted` are the days on which a record that a control
 * rests on was written while the clock was out or unknown; which these are depends on what happened on the hosts.
 */
export function expectedControlDays(untrusted: readonly Effect[]): readonly ExpectedControlDay[] {
  const byDay = new Map<string, Effect[]>();
  for (const effect of [...deviations(), ...missingEvidence(), ...untrusted]) {
    const key = `${effect.control}${effect.day}`;
    byDay.set(key, [...(byDay.get(key) ?? []), effect]);
  }
  const inOrder = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  return inOrder.map(([, effects]) => {
    const { control, day, state, because } = shown(effects);
    return { control, day, states: [state], because };
  });
}

/** The first by precedence. A day is only explained where nothing that was not explained lacks. */
function shown(effects: readonly Effect[]): Effect {
  const isOpen = effects.some(({ state }) => state === 'partial' || state === 'no evidence');
  const place = ({ state }: Effect): number => controlDayStates.indexOf(state);
  const counting = effects.filter(({ state }) => !isOpen || state !== 'explained');
  return [...counting].sort((a, b) => place(a) - place(b))[0]!;
}

function deviations(): readonly Effect[] {
  const { silentDay, missedScan, unauthorisedPort, rootLogin, foreignSudo, awsRoot, auditPause, cutScan } = planted;
  const deviation = (control: string, { day, id }: { day: Day; id: string }): Effect => ({
    ...{ control, day, state: 'deviation', because: id },
  });
  const { id, days } = unauthorisedPort;
  return [
    ...daysFrom(days[0], days[1]).map((day) => deviation(controls.ports, { day, id })),
    ...[missedScan, cutScan].map((plant) => deviation(controls.scans, plant)),
    // A daemon that ends with its host and is back hours later deviates as one that ends alone.
    ...[silentDay, auditPause, { day: hostDown.from[0], id: hostDown.id }].map((plant) =>
      deviation(controls.auditd, plant),
    ),
    ...[foreignSudo, rootLogin].map((plant) => deviation(controls.root, plant)),
    deviation(controls.awsRoot, awsRoot),
  ];
}

/** The control of log-ins owes both logs of a host; those of scans and of the audit daemon test the evidence itself. */
function missingEvidence(): readonly Effect[] {
  const { silentDay, missedScan, cutScan } = planted;
  const lacks = (day: Day, id: string, state: ControlDayState = 'partial'): Effect => ({
    ...{ control: controls.root, day, state, because: id },
  });
  return [
    ...[missedScan, cutScan].map(({ day, id }): Effect => ({
      ...{ control: controls.ports, day, state: 'no evidence', because: id },
    })),
    lacks(silentDay.day, silentDay.id),
    // What the records that were lost would have said nobody knows.
    ...sequenceLosses.map(({ id, after }) => lacks(after[0], id)),
    // From 06:00 of one day to 18:00 of the next: far more of each than the hour that is usual.
    ...syslogSilences.flatMap(({ id, from, to, state }) =>
      daysFrom(from[0], to[0]).map((day) => lacks(day, id, state === 'explained' ? 'explained' : 'partial')),
    ),
    ...daysFrom(missingFile.from, addDays(missingFile.to, -1)).map((day) => lacks(day, missingFile.id)),
    lacks(hostDown.from[0], hostDown.id),
  ];
}

/** Both included. */
export function daysFrom(first: Day, last: Day): readonly Day[] {
  const days: Day[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}
