/**
 * The sample engagement: half a year of evidence of a company that does not exist, with a few things planted in it, and
 * the truth about them. The same seed and scale give the same bytes. See docs/sample-engagement.md.
 */
import type { JobContext } from '../engine/core/effects.ts';
import { fail } from '../shared/problem.ts';
import { windowDays, type Day, type WindowDay } from '../shared/time.ts';
import { AuditLog } from './audit-log.ts';
import { rootUseFile, trailFile, type TrailFile } from './cloud-trail.ts';
import { auditedWindow, hosts, openedByChange, type Host } from './company.ts';
import { TruthRecorder, type GroundTruth } from './ground-truth.ts';
import { happeningsOf, type Busyness } from './host-day.ts';
import { authorizedPortsCsv, damagedPortMark, engagementYaml, systemsCsv } from './inventory.ts';
import { encodeLines, type LogLine } from './log-lines.ts';
import { planted, traps } from './plants.ts';
import { scanOf, type Scan } from './port-scan.ts';
import { clockLog } from './clock-log.ts';
import { metricFiles } from './metrics.ts';
import { frozenClock, missingFile } from './plan.ts';
import { monthly, rotatedFiles, weekly } from './rotated-log.ts';
import { TimelineTruth } from './timeline-truth.ts';
import { chanceOf } from './random.ts';
import { SystemLog } from './system-log.ts';
import { ticketsFile } from './tickets.ts';
import { utcDays } from './utc-days.ts';
import { realToolOutput, SampleWriter } from './writer.ts';

export type { GroundTruth, Mark, PlantedThing } from './ground-truth.ts';
export type { ClockEpisode, PlantedGap } from './timeline-truth.ts';

export const sampleScales = ['small', 'large'] as const;
export type SampleScale = (typeof sampleScales)[number];

/** The seed that is used where nobody names one. */
export const DEFAULT_SEED = 20260101;

const busyness: Readonly<Record<SampleScale, Busyness>> = { small: 1, large: 20 };

export interface SampleOptions {
  /** Made if it is not there; must be empty. */
  readonly folder: string;
  /** A whole number; other seeds give another company life, with the same things planted. */
  readonly seed?: number;
  /** `large` is about twenty times the log lines of `small`. */
  readonly scale?: SampleScale;
  readonly job?: JobContext;
}

export interface SampleReport {
  readonly folder: string;
  readonly seed: number;
  readonly scale: SampleScale;
  readonly files: number;
  /** As the files lie on disk, and as they are decompressed. */
  readonly diskBytes: number;
  readonly contentBytes: number;
  /** SHA-256 over the paths and hashes of all files. */
  readonly digest: string;
  readonly auditLines: number;
  readonly syslogLines: number;
  readonly cloudTrailRecords: number;
  readonly scans: number;
  readonly tickets: number;
  readonly deviations: number;
  readonly traps: number;
  readonly rejects: number;
}

/**
 * Writes the sample engagement: `engagement.yaml`, `evidence/`, `ground-truth.json` and `real-tool-output/`.
 * Fails with `bad_request` for a seed that is no whole number, `already_exists` for a folder that is not empty, and
 * `cancelled`; what was written before that stays.
 */
export async function generateSample(options: SampleOptions): Promise<SampleReport> {
  const { folder, seed = DEFAULT_SEED, scale = 'small', job } = options;
  if (!Number.isSafeInteger(seed)) failSeed(seed);
  const sample = new Sample(await SampleWriter.begin(folder), seed, scale, job);
  const { truth, account } = await sample.write();
  const { auditLines = 0, syslogLines = 0, cloudTrailRecords = 0, scans = 0, tickets = 0 } = truth.totals;
  return {
    folder,
    seed,
    scale,
    ...account,
    auditLines,
    syslogLines,
    cloudTrailRecords,
    scans,
    tickets,
    deviations: truth.deviations.length,
    traps: truth.traps.length,
    rejects: truth.rejects.length,
  };
}

interface Written {
  readonly truth: GroundTruth;
  readonly account: ReturnType<SampleWriter['account']>;
}

class Sample {
  private readonly truth = new TruthRecorder();
  private readonly timeline = new TimelineTruth();
  private readonly days = windowDays(auditedWindow);
  private readonly busy: Busyness;
  private readonly totals = { auditLines: 0, syslogLines: 0, cloudTrailRecords: 0, scans: 0, tickets: 0 };

  constructor(
    private readonly writer: SampleWriter,
    private readonly seed: number,
    private readonly scale: SampleScale,
    private readonly job: JobContext | undefined,
  ) {
    this.busy = busyness[scale];
  }

  async write(): Promise<Written> {
    await this.writePaper();
    for (const [place, host] of hosts.entries()) {
      await this.writeHost(host);
      this.step(`Logs of ${host.system}`, (place + 1) / (hosts.length + 2));
    }
    await this.writeCloudTrail();
    this.step('CloudTrail', (hosts.length + 1) / (hosts.length + 2));
    await this.writeScans();
    await this.writeMetrics();
    for (const { name, content } of await realToolOutput())
      await this.writer.plain(`real-tool-output/${name}`, content);
    const truth = this.wholeTruth();
    await this.writer.plain('engagement.yaml', engagementYaml());
    await this.writer.plain('ground-truth.json', `${JSON.stringify(truth, undefined, 2)}\n`);
    this.step('Scans', 1);
    return { truth, account: this.writer.account() };
  }

  private wholeTruth(): GroundTruth {
    const { seed, scale, totals } = this;
    const timeline = this.timeline.truth();
    return { ...this.truth.truth({ seed, scale, totals, untrusted: this.timeline.untrusted() }), ...timeline };
  }

  private step(step: string, fraction: number): void {
    if (this.job?.signal.aborted) failCancelled();
    this.job?.progress({ step, fraction });
  }

  private async evidence(path: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    if (path.endsWith('.gz')) await this.writer.gzipped(`evidence/${path}`, bytes);
    else await this.writer.plain(`evidence/${path}`, bytes);
  }

  private async writePaper(): Promise<void> {
    const ports = 'inventory/authorized-ports.csv';
    const systems = 'inventory/systems.csv';
    await this.evidence(systems, systemsCsv());
    await this.evidence(ports, authorizedPortsCsv());
    const { plant, record, text } = damagedPortMark;
    this.truth.note(plant, { file: ports, record, text });
    this.truth.note(planted.leaver.id, { file: systems, text: `${planted.leaver.system},` });
    this.truth.note(traps.changedPort.id, { file: ports, text: `${openedByChange.system},${openedByChange.port},tcp` });
    const tickets = ticketsFile(chanceOf(this.seed, 'tickets'));
    this.totals.tickets = tickets.count;
    for (const mark of tickets.marks)
      this.truth.note(mark.plant, { file: 'tickets/tickets.csv', record: mark.record, text: mark.text });
    await this.evidence('tickets/tickets.csv', tickets.text);
  }

  /** The logs of a host; what is not rotated yet is not compressed. */
  private async writeHost(host: Host): Promise<void> {
    const { system } = host;
    const chance = chanceOf(this.seed, system);
    const audit = new AuditLog(host, chance.between(20_000, 400_000));
    const syslog = new SystemLog(host);
    const days = this.daysOf(host);
    const lines = { audit: new Map<Day, readonly LogLine[]>(), syslog: new Map<Day, readonly LogLine[]>() };
    for (const day of days) {
      const happenings = happeningsOf(host, day, chance, this.busy);
      lines.audit.set(day.day, damaged(host, day.day, audit.day(happenings)));
      lines.syslog.set(day.day, syslog.day(happenings));
      this.timeline.acted(system, happenings);
    }
    this.totals.auditLines += await this.writeLog(host, 'audit/audit.log', lines.audit);
    this.totals.syslogLines += await this.writeLog(host, 'syslog/syslog', lines.syslog);
    this.timeline.lost(system, audit.losses);
    await this.writeClock(host, days);
  }

  private daysOf({ leavesOn }: Host): readonly WindowDay[] {
    return this.days.filter(({ day }) => leavesOn === undefined || day < leavesOn);
  }

  /** Writes the files of a log and gives how many lines they have; the file that is planted to be missing is not written. */
  private async writeLog(host: Host, log: string, lines: ReadonlyMap<Day, readonly LogLine[]>): Promise<number> {
    const hasMissing = host.system === missingFile.system && log.startsWith('syslog');
    let written = 0;
    for (const { suffix, days } of rotatedFiles(this.daysOf(host), hasMissing ? weekly : monthly)) {
      const own = days.flatMap(({ day }) => lines.get(day) ?? []);
      if (hasMissing && days[0]!.day === missingFile.from) continue;
      await this.writeLines(`hosts/${host.system}/${log}${suffix}`, own);
      this.timeline.heard(host.system, log.startsWith('syslog') ? 'syslog' : 'auditd', own);
      written += own.length;
    }
    return written;
  }

  private async writeClock(host: Host, days: readonly WindowDay[]): Promise<void> {
    const { text, measured } = clockLog(host, endsOf(days), chanceOf(this.seed, `clock of ${host.system}`));
    this.timeline.measured(host.system, measured);
    this.timeline.heard(host.system, 'clock', measured);
    await this.evidence(`hosts/${host.system}/chrony/tracking.log.gz`, Buffer.from(text));
  }

  private async writeLines(file: string, lines: readonly LogLine[]): Promise<void> {
    lines.forEach(({ plant, text }, place) => {
      if (plant !== undefined) this.truth.note(plant, { file, record: place + 1, text });
    });
    await this.evidence(file, encodeLines(lines));
  }

  private async writeCloudTrail(): Promise<void> {
    const chance = chanceOf(this.seed, 'cloudtrail');
    const { from, to } = { from: this.days[0]!.from, to: this.days.at(-1)!.to };
    for (const day of utcDays(Number(from / 1000n), Number(to / 1000n))) {
      await this.writeTrail(trailFile(day.day, day, chance, this.busy));
    }
    await this.writeTrail(rootUseFile(chanceOf(this.seed, 'root use')));
  }

  private async writeTrail({ path, text, marks, records }: TrailFile): Promise<void> {
    for (const mark of marks) this.truth.note(mark.plant, { file: path, record: mark.record, text: mark.text });
    this.totals.cloudTrailRecords += records;
    await this.evidence(path, text);
  }

  private async writeMetrics(): Promise<void> {
    const systems: readonly { readonly system: string; readonly host: Host | undefined }[] = [
      ...hosts.map((host) => ({ system: host.system, host })),
      { system: frozenClock.system, host: undefined },
    ];
    const scraped = systems.map(({ system, host }) => {
      const days = host ? this.daysOf(host) : this.days;
      return { system, host, ...endsOf(days), days: days.map(({ day }) => day) };
    });
    const { files, answered } = metricFiles(scraped);
    for (const { path, text } of files) await this.evidence(path, Buffer.from(text));
    for (const [system, times] of answered)
      this.timeline.heard(
        system,
        'prometheus',
        times.map((at) => ({ at })),
      );
  }

  /** One file a day; February lies in a zip, as somebody tidied it away. */
  private async writeScans(): Promise<void> {
    const chance = chanceOf(this.seed, 'scans');
    const scans = this.days.map(({ day }) => scanOf(day, chance)).filter((scan) => scan !== undefined);
    this.totals.scans = scans.length;
    const archived = scans.filter(({ day }) => day.startsWith('2026-02'));
    for (const scan of scans) {
      const isArchived = archived.includes(scan);
      const file = isArchived ? 'scans/nmap/2026-02.zip' : `scans/nmap/${scan.day}.xml`;
      const where = isArchived ? { file, member: nameOf(scan) } : { file };
      for (const { plant, ...mark } of scan.marks) this.truth.note(plant, { ...where, ...mark });
      if (!isArchived) await this.evidence(file, scan.text);
    }
    const entries = archived.map((scan) => ({ name: nameOf(scan), content: Buffer.from(scan.text) }));
    await this.writer.zipped('evidence/scans/nmap/2026-02.zip', entries);
  }
}

const endsOf = (days: readonly WindowDay[]): { readonly from: number; readonly to: number } => ({
  from: Number(days[0]!.from / 1000n),
  to: Number(days.at(-1)!.to / 1000n),
});

const nameOf = ({ day }: Scan): string => `${day}.xml`;

/** Cuts one line of the day short, as a disk does that is full for a moment. */
function damaged(host: Host, day: Day, lines: readonly LogLine[]): readonly LogLine[] {
  const { id, ...where } = planted.damagedAuditLine;
  if (host.system !== where.system || day !== where.day) return lines;
  // A line in the middle of an event, so that no serial is missing.
  const victim = lines.findIndex(({ text }) => text.includes(' type=CWD '));
  return lines.map((line, place) =>
    place === victim ? { at: line.at, text: line.text.slice(0, line.text.indexOf('audit(') + 11), plant: id } : line,
  );
}

function failSeed(seed: number): never {
  return fail({
    code: 'bad_request',
    message: `The seed ${seed} is not a whole number.`,
    remedy: 'Give a whole number.',
  });
}

function failCancelled(): never {
  return fail({
    code: 'cancelled',
    message: 'Writing the sample was cancelled; the folder is not complete.',
    remedy: 'Remove the folder and start again when you wish.',
  });
}
