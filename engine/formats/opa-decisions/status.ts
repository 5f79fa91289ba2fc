/** Status reports of OPA: which revision of which bundle is active since when, and what went wrong. */
import type { UtcMicros } from '../../../shared/time.ts';
import type { EventTimes } from '../event-records/event-time.ts';
import { at, firstText } from '../event-records/values.ts';
import { systemOf, type OpaRow } from './decision.ts';

/** A bundle in a report. `kind` is `discovery` for the one that says which others there are. */
interface Bundle {
  readonly name: string;
  readonly kind: 'bundle' | 'discovery';
  readonly value: object;
}

/** Bundles that are remembered: more than any OPA loads, few enough for a hostile file. */
const MOST_BUNDLES = 1000;

/** Reads the status reports of one source, in their order. */
export class StatusReports {
  /** When each bundle was last activated, as reported before. OPA repeats it in every report. */
  readonly #activated = new Map<string, UtcMicros>();

  constructor(
    private readonly times: EventTimes,
    private readonly assume: (statement: string) => void,
  ) {}

  /**
   * A row for each activation that was not reported before and for each bundle with an error; where there is neither,
   * one that says that a report was made. A sentence where the report has no time at all.
   */
  rowsOf(report: unknown): readonly OpaRow[] | string {
    const bundles = bundlesOf(report);
    const time = this.#timeOf(report, bundles);
    if (typeof time === 'string') return time;
    const system = systemOf(report);
    const rows = bundles.flatMap((bundle) => [...this.#activation(bundle, report), ...failure(bundle, time)]);
    if (rows.length > 0) return rows.map((row) => ({ ...system, ...row }));
    return [{ time, ...system, activity: 'status', code: 'status', message: 'Status report without a change.' }];
  }

  #activation({ name, kind, value }: Bundle, report: unknown): readonly OpaRow[] {
    const time = this.#bundleTime(value, 'last_successful_activation');
    const instance = firstText(report, 'labels.id') ?? '';
    const key = JSON.stringify([instance, kind, name]);
    if (time === undefined || this.#activated.get(key) === time) return [];
    if (this.#activated.size >= MOST_BUNDLES) this.#activated.clear();
    this.#activated.set(key, time);
    const revision = firstText(value, 'active_revision');
    const what = kind === 'discovery' ? 'Discovery bundle' : 'Bundle';
    return [
      {
        ...{ time, class: 'configuration_change', activity: 'activate', code: `${kind}_activated`, target: name },
        outcome: 'success',
        message: `${what} ${name} was activated with ${revision === undefined ? 'no revision' : `revision ${revision}`}.`,
      },
    ];
  }

  /**
   * The console log says when. What is sent to a service does not: then the report is no older than the latest of the
   * times that it has of its bundles.
   */
  #timeOf(report: unknown, bundles: readonly Bundle[]): UtcMicros | string {
    const written = at(report, 'time');
    if (written !== undefined) return this.times.read(written, 'time');
    const latest = bundles
      .flatMap(({ value }) => bundleTimes.map((name) => this.#bundleTime(value, name)))
      .filter((time) => time !== undefined)
      .reduce<UtcMicros | undefined>((last, time) => (last === undefined || time > last ? time : last), undefined);
    if (latest === undefined) return 'The status report has no time, and neither does a bundle in it.';
    this.assume('Status reports without a time are dated by the latest time of a bundle in them.');
    return latest;
  }

  /** Year 1 stands for never; a time that cannot be read is left to the fields. */
  #bundleTime(bundle: object, name: string): UtcMicros | undefined {
    const text = firstText(bundle, name);
    if (text === undefined || text.startsWith('0001-')) return undefined;
    const time = this.times.read(text, name);
    return typeof time === 'string' ? undefined : time;
  }
}

const bundleTimes = [
  'last_request',
  'last_successful_request',
  'last_successful_download',
  'last_successful_activation',
];

/** `bundles` by name; `bundle` in reports of old versions; `discovery`. */
function bundlesOf(report: unknown): readonly Bundle[] {
  const named = objectMembers(at(report, 'bundles')).map(([name, value]): Bundle => ({
    name: firstText(value, 'name') ?? name.toWellFormed(),
    kind: 'bundle',
    value,
  }));
  const single = (['bundle', 'discovery'] as const).flatMap((kind): readonly Bundle[] => {
    const value = at(report, kind);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return [{ name: firstText(value, 'name') ?? kind, kind, value }];
  });
  return [...named, ...single].slice(0, MOST_BUNDLES);
}

function objectMembers(value: unknown): readonly (readonly [string, object])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).filter(
    (pair): pair is [string, object] => typeof pair[1] === 'object' && pair[1] !== null,
  );
}

function failure({ name, kind, value }: Bundle, time: UtcMicros): readonly OpaRow[] {
  const code = firstText(value, 'code');
  const said = firstText(value, 'message');
  if (code === undefined && said === undefined) return [];
  const why = [code, said].filter((part) => part !== undefined).join(', ');
  return [
    {
      ...{ time, class: 'configuration_change', activity: 'activate', code: `${kind}_failed`, target: name },
      outcome: 'failure',
      message: `Bundle ${name} was not activated: ${why}.`,
    },
  ];
}
