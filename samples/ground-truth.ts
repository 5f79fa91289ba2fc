/** What was planted, where its evidence stands, and which control-days it must change. */
import { addDays, type Day } from '../shared/time.ts';
import { auditedWindow, AWS_SYSTEM, ENTITY, hosts, openedByChange, type Host } from './company.ts';
import { controls, daysFrom, expectedControlDays, type Effect, type ExpectedControlDay } from './control-day-truth.ts';
import { missingFile, neverHeard } from './plan.ts';
import { planted, traps } from './plants.ts';
import type { ClockEpisode, PlantedGap, TimelinePlants } from './timeline-truth.ts';

/** Where a planted thing can be read. */
export interface Mark {
  /** Path under `evidence/`. */
  readonly file: string;
  /** File inside the zip, where `file` is one. */
  readonly member?: string;
  /**
   * Its record number as an importer counts: lines with content; rows after the header; members of `Records`; of a scan
   * its head, each host and each port.
   */
  readonly record?: number;
  /** Text that finds it: it stands in the file, decompressed, and where `record` is given, in that record. */
  readonly text: string;
}

export interface PlantedThing {
  readonly id: string;
  readonly what: string;
  readonly controls: readonly string[];
  readonly days: readonly Day[];
  readonly system: string | null;
  readonly resource: string | null;
  readonly evidence: readonly Mark[];
}

/** A day on which a system in scope owes evidence of a stream and gave none. */
export interface ExpectedGap {
  readonly system: string;
  readonly stream: string;
  readonly day: Day;
  readonly because: string;
}

export interface ExpectedReject {
  readonly plant: string;
  readonly file: string;
  readonly record: number;
  readonly text: string;
}

export interface GroundTruth {
  readonly entity: string;
  readonly window: { readonly from: Day; readonly to: Day; readonly zone: string };
  readonly seed: number;
  readonly scale: string;
  readonly deviations: readonly PlantedThing[];
  readonly traps: readonly PlantedThing[];
  readonly rejects: readonly ExpectedReject[];
  readonly expectedGaps: readonly ExpectedGap[];
  readonly expectedControlDays: readonly ExpectedControlDay[];
  /** Every gap of the window, to the record. */
  readonly gaps: readonly PlantedGap[];
  readonly clockEpisodes: readonly ClockEpisode[];
  readonly totals: Readonly<Record<string, number>>;
}

/** What the truth needs to know of how this sample was made. */
interface Circumstances extends Pick<GroundTruth, 'seed' | 'scale' | 'totals'> {
  /** What clocks that were out or unknown do to control-days. */
  readonly untrusted: readonly Effect[];
}

type Description = Omit<PlantedThing, 'evidence'>;

/** Collects marks while the files are written; gives the whole truth at the end. */
export class TruthRecorder {
  private readonly marks = new Map<string, Mark[]>();

  note(plant: string, mark: Mark): void {
    const marks = this.marks.get(plant);
    if (marks) marks.push(mark);
    else this.marks.set(plant, [mark]);
  }

  /** Fails (throws) when something was planted that nobody described. */
  truth({ seed, scale, totals, untrusted }: Circumstances): Omit<GroundTruth, keyof TimelinePlants> {
    const known = new Set([...[...deviations, ...benign].map(({ id }) => id), ...rejected]);
    for (const id of this.marks.keys()) if (!known.has(id)) throw new Error(`Nothing describes the planted ${id}`);
    const { firstDay, lastDay, zone } = auditedWindow;
    return {
      entity: ENTITY,
      window: { from: firstDay, to: lastDay, zone },
      seed,
      scale,
      deviations: deviations.map((one) => this.withEvidence(one)),
      traps: benign.map((one) => this.withEvidence(one)),
      rejects: rejected.flatMap((plant) => this.rejects(plant)),
      expectedGaps: expectedGaps(),
      expectedControlDays: expectedControlDays(untrusted),
      totals,
    };
  }

  private withEvidence(description: Description): PlantedThing {
    return { ...description, evidence: this.marks.get(description.id) ?? [] };
  }

  private rejects(plant: string): ExpectedReject[] {
    return (this.marks.get(plant) ?? []).map(({ file, record, text }) => ({ plant, file, record: record ?? 0, text }));
  }
}

const rejected: string[] = [
  planted.damagedAuditLine.id,
  planted.damagedTicket.id,
  planted.damagedPort.id,
  planted.cutScan.id,
];

const portDays = daysFrom(planted.unauthorisedPort.days[0], planted.unauthorisedPort.days[1]);
const inScopeOn = (day: Day): readonly Host[] =>
  hosts.filter(({ leavesOn }) => leavesOn === undefined || day < leavesOn);
const uncovered = inScopeOn(planted.cutScan.day)
  .slice(planted.cutScan.hostsCovered)
  .map(({ system }) => system);

const deviations: readonly Description[] = [
  {
    id: planted.silentDay.id,
    what: 'No audit record of the host on this day; its system log goes on. The serials skip what was lost.',
    controls: [controls.auditd],
    days: [planted.silentDay.day],
    system: planted.silentDay.system,
    resource: 'auditd',
  },
  {
    id: planted.missedScan.id,
    what: 'No port scan was made on this day.',
    controls: [controls.scans],
    days: [planted.missedScan.day],
    system: null,
    resource: 'nmap',
  },
  {
    id: planted.unauthorisedPort.id,
    what: 'A database port is open on a web host, seen by nine daily scans.',
    controls: [controls.ports],
    days: portDays,
    system: planted.unauthorisedPort.system,
    resource: `${hosts.find(({ system }) => system === planted.unauthorisedPort.system)!.address}:${planted.unauthorisedPort.port}`,
  },
  {
    id: planted.rootLogin.id,
    what: 'root logged in directly over SSH.',
    controls: [controls.root],
    days: [planted.rootLogin.day],
    system: planted.rootLogin.system,
    resource: 'root',
  },
  {
    id: planted.foreignSudo.id,
    what: 'An account outside the privileged list ran a command as root with sudo.',
    controls: [controls.root],
    days: [planted.foreignSudo.day],
    system: planted.foreignSudo.system,
    resource: planted.foreignSudo.account,
  },
  {
    id: planted.awsRoot.id,
    what: 'The root user of the AWS account signed in at the console and changed the password policy.',
    controls: [controls.awsRoot],
    days: [planted.awsRoot.day],
    system: AWS_SYSTEM,
    resource: 'root',
  },
  {
    id: planted.auditPause.id,
    what: 'The audit daemon ended and started again 20 minutes later; nothing else is missing.',
    controls: [controls.auditd],
    days: [planted.auditPause.day],
    system: planted.auditPause.system,
    resource: 'auditd',
  },
  {
    id: planted.cutScan.id,
    what: `The scan was cut off before it reached ${uncovered.join(', ')}; as it never finished, it covers no host.`,
    controls: [controls.scans],
    days: [planted.cutScan.day],
    system: null,
    resource: uncovered.join(' '),
  },
];

const benign: readonly Description[] = [
  {
    id: planted.leaver.id,
    what: 'The system leaves scope at the start of this day; nothing is expected of it from then on.',
    controls: [controls.auditd, controls.scans],
    days: [planted.leaver.day],
    system: planted.leaver.system,
    resource: null,
  },
  {
    id: traps.changedPort.id,
    what: 'A port opened by an approved change, authorised the day before it opened.',
    controls: [controls.ports],
    days: [openedByChange.firstDay],
    system: openedByChange.system,
    resource: String(openedByChange.port),
  },
  {
    id: traps.failedRootLogins.id,
    what: 'Refused log-ins as root from the internet: nobody got in.',
    controls: [controls.root],
    days: traps.failedRootLogins.days,
    system: traps.failedRootLogins.system,
    resource: 'root',
  },
  {
    id: traps.privilegedSudo.id,
    what: 'A privileged account ran a command as root with sudo, as it may. Others like it are all over the window.',
    controls: [controls.root],
    days: [traps.privilegedSudo.day],
    system: traps.privilegedSudo.system,
    resource: 'a.keller',
  },
  {
    id: traps.springForward.id,
    what: 'This day has 23 hours in the zone of the window.',
    controls: [],
    days: [traps.springForward.day],
    system: null,
    resource: null,
  },
  {
    id: traps.brokenText.id,
    what: 'A line of the system log in ISO 8859-1: it must be read, its broken byte must not end anything.',
    controls: [],
    days: [traps.brokenText.day],
    system: traps.brokenText.system,
    resource: null,
  },
  {
    id: traps.hostileText.id,
    what: 'Evidence that holds a script, SQL and a spreadsheet formula: text, to be shown as text.',
    controls: [],
    days: [traps.hostileText.day],
    system: traps.hostileText.system,
    resource: null,
  },
];

function neverGiven(): ExpectedGap[] {
  const { id, system, stream } = neverHeard;
  const days = daysFrom(auditedWindow.firstDay, auditedWindow.lastDay);
  return days.map((day) => ({ system, stream, day, because: id }));
}

/** A scan that never finished counts for no host. */
function expectedGaps(): ExpectedGap[] {
  const { silentDay, missedScan, cutScan } = planted;
  const { system, day, id } = silentDay;
  const unscanned = [missedScan, cutScan].flatMap((plant) =>
    inScopeOn(plant.day).map((host) => ({ system: host.system, stream: 'nmap', day: plant.day, because: plant.id })),
  );
  const week = daysFrom(missingFile.from, addDays(missingFile.to, -1));
  const unhanded = week.map((on) => ({
    ...{ system: missingFile.system, stream: 'syslog', day: on, because: missingFile.id },
  }));
  return [{ system, stream: 'auditd', day, because: id }, ...unhanded, ...unscanned, ...neverGiven()];
}
