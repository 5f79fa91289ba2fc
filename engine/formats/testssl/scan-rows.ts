/** The rows of one scan, finding by finding. */
import type { UtcMicros } from '../../../shared/time.ts';
import { formatInstant, MICROS_PER_SECOND } from '../../../shared/time.ts';
import { BoundedList } from '../check-results/bounded-list.ts';
import { scanId } from '../check-results/scan-id.ts';
import type { ReadContext, RowSink } from '../format.ts';
import { nameAndAddress, portNumber, type Endpoint } from '../tls-scans/endpoint.ts';
import { TestedVersions } from '../tls-scans/tested-versions.ts';
import { EndpointFindings, giveCheck } from './endpoint-findings.ts';
import { isUntested, statusOf, type Finding, type Place } from './finding.ts';

const MAX_TARGETS = 100_000;
/** Endpoints whose findings may come mixed; those begun first are ended when there are more. */
const MAX_OPEN = 1000;

/** What a file says of the scan as a whole. */
export interface ScanFacts {
  readonly started?: UtcMicros | undefined;
  readonly version?: string | undefined;
  readonly arguments?: string | undefined;
}

export class ScanRows {
  readonly #targets = new BoundedList(MAX_TARGETS);
  readonly #tested = new TestedVersions();
  readonly #time: UtcMicros;
  #id: string | undefined;
  readonly #open = new Map<string, EndpointFindings>();
  #current: EndpointFindings | undefined;
  #duration: string | undefined;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
    private readonly facts: ScanFacts & { readonly time: UtcMicros },
  ) {
    this.#time = facts.time;
    sink.sawTime(facts.time);
  }

  #endpoint(place: Place | undefined): Endpoint {
    const names = nameAndAddress(place?.names ?? [], this.context.system);
    const port = portNumber(place?.port);
    const { version, arguments: called } = this.facts;
    this.#id ??= scanId('testssl', this.#time, [version, called, names.system, names.address, place?.port]);
    return { scan_id: this.#id, time: this.#time, ...names, port };
  }

  /** Another endpoint begins with this record; `key` tells it from those that are open. */
  beginEndpoint(place: Place, record: number, { service, key }: { service?: string | undefined; key: string }): void {
    const [oldest] = this.#open.size < MAX_OPEN ? [] : this.#open;
    if (oldest) {
      oldest[1].end();
      this.#open.delete(oldest[0]);
    }
    this.#current = new EndpointFindings(this.#endpoint(place), record, { sink: this.sink, tested: this.#tested });
    this.#open.set(key, this.#current);
    this.#targets.add(this.#current.name);
    this.#current.service(service);
  }

  /** A finding of a file in which each names its endpoint. */
  addAt(finding: Finding, place: Place | undefined, record: number): void {
    // What testssl says of itself names no address: `www.example.test/`, or no endpoint at all: `/`.
    const isNowhere = place === undefined || (place.names.length > 1 && !place.names.at(-1));
    if (finding.id === 'scanTime' || (isNowhere && finding.id !== 'scanProblem'))
      return this.addElsewhere(finding, record, place);
    const key = JSON.stringify(place ?? null);
    this.#current = this.#open.get(key);
    if (this.#current === undefined) this.beginEndpoint(place ?? { names: [], port: undefined }, record, { key });
    this.add(finding, record);
  }

  /** A finding about the endpoint that was begun last. */
  add(finding: Finding, record: number): void {
    if (this.#current === undefined) this.addElsewhere(finding, record);
    else this.#current.add(finding, record);
  }

  /** A finding about the scan or the scanner. */
  addElsewhere(finding: Finding, record: number, place?: Place): void {
    if (finding.id === 'scanTime') this.#duration = finding.finding;
    const status = isUntested(finding) ? 'not checked' : statusOf(finding.severity);
    giveCheck(this.sink, this.#endpoint(place), { finding, record, status });
  }

  /** Adds the scan itself, which is told by `record`. `whole`: the file was not cut off. */
  end(record: number, whole: boolean, duration = this.#duration): void {
    for (const endpoint of this.#open.values()) endpoint.end();
    this.#open.clear();
    this.#current = undefined;
    const { started, version, arguments: called } = this.facts;
    const seconds = duration !== undefined && /^\d{1,9}$/.test(duration) ? BigInt(duration) : undefined;
    const completed = this.#completed(duration, seconds, whole);
    const lasted = started === undefined ? 0n : (seconds ?? 0n) * MICROS_PER_SECOND;
    const scope = this.#tested.text;
    this.#say(scope, duration);
    const row = {
      scan_id: this.#endpoint(undefined).scan_id,
      tool: 'testssl',
      version,
      started: this.#time,
      finished: completed === true ? this.#time + lasted : undefined,
      completed,
      scope: scope === undefined ? undefined : `versions ${scope}`,
      targets: this.#targets.texts,
      arguments: called,
    };
    this.sink.row('scans', row, record);
  }

  /** Only a time that the scan took says that it finished; with some options testssl writes none. */
  #completed(duration: string | undefined, seconds: bigint | undefined, whole: boolean): boolean | undefined {
    if (!whole || (duration !== undefined && seconds === undefined)) return false;
    return seconds === undefined ? undefined : true;
  }

  #say(scope: string | undefined, duration: string | undefined): void {
    const { started } = this.facts;
    if (started === undefined)
      this.sink.assume(
        `The scan has no time of its own; it is dated ${formatInstant(this.#time)}, as given for the file.`,
      );
    if (scope === undefined)
      this.sink.assume('No version of the protocol was tested: one that is not named may be offered all the same.');
    if (duration === undefined) this.sink.assume('The file does not say how long the scan took, nor that it finished.');
    if (this.#targets.left > 0) this.sink.assume(`The list of targets ends at ${MAX_TARGETS}; each has its own row.`);
  }
}
