/** The hosts that the lines of a file name: to tell hosts from tags, and to see that one took over from another. */

/** Host names that are remembered: more than any real file has, few enough for a hostile one. */
const MOST_HOSTS = 1000;
/** A file in which more hosts than this take turns is the file of a collector. */
const MOST_RENAMES = 4;
const LONGEST_NAME = 255;

interface Run {
  readonly host: string;
  readonly from: number;
}

export class HostNotes {
  private readonly hosts = new Set<string>();
  /** Each host once, in the order of their first lines, as long as none came back after another. */
  private runs: Run[] | undefined = [];

  /** The hosts of the lines so far. */
  get known(): ReadonlySet<string> {
    return this.hosts;
  }

  /** Takes the host of a line. */
  add(host: string | undefined, record: number): void {
    if (host === undefined || host === this.runs?.at(-1)?.host) return;
    if (this.runs && (this.hosts.has(host) || this.runs.length > MOST_RENAMES)) this.runs = undefined;
    this.runs?.push({ host: host.slice(0, LONGEST_NAME), from: record });
    if (this.hosts.size < MOST_HOSTS && host.length <= LONGEST_NAME) this.hosts.add(host);
  }

  /** A sentence where one host took over from another for good: a rename looks like this. */
  assumptions(): readonly string[] {
    if (!this.runs || this.runs.length < 2) return [];
    const [first, ...others] = this.runs.map(({ host, from }) => `${host} from record ${from}`);
    return [
      `Hosts take over from each other and none comes back (${[first, ...others].join(', ')}); they were taken as different systems. If a host was renamed, the inventory must give both names.`,
    ];
  }
}
