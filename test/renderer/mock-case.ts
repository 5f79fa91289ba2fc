import type { CaseSummary, MatrixControl, Output, ResultItem, Source } from '../../shared/contract.ts';
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import { addDays } from '../../shared/time.ts';

/** A made-up case in the shape of the contract, for looking at the page without an engine. The same every time. */

export interface MockSize {
  readonly controls: number;
  readonly days: number;
}

export const zone = 'Europe/Berlin';
const firstDay = '2026-01-01';

/** Numbers in [0, 1) that depend on `seed` alone. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function hashOf(seed: number): string {
  const random = seeded(seed + 17);
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}

export const systems = [
  'web-1', 'web-2', 'web-3', 'app-1', 'app-2', 'db-1', 'db-2', 'bastion', 'vpn-gw', 'siem', 'build-1', 'backup',
]; // prettier-ignore

const titles: readonly (readonly [id: string, title: string, criteria: string[], streams: string[]])[] = [
  ['CC6.6-port-unauthorised', 'Every open port is in the authorised inventory', ['CC6.6', 'CC7.1'], ['nmap']],
  ['CC7.2-log-continuity', 'Each host in scope logs without a break', ['CC7.2'], ['auditd', 'syslog']],
  ['CC6.1-root-login', 'No person logs in as root', ['CC6.1', 'CC6.3'], ['auditd']],
  ['CC8.1-approved-before-deploy', 'Changes are approved before they are deployed', ['CC8.1'], ['tickets', 'deploys']],
  ['A1.2-backup-restore', 'Backups complete and a restore is tried each quarter', ['A1.2'], ['backup']],
];

export function dayList(size: MockSize): readonly string[] {
  return Array.from({ length: size.days }, (_, index) => addDays(firstDay, index));
}

export function summaryOf(size: MockSize, changes: Partial<CaseSummary> = {}): CaseSummary {
  return {
    key: 'sample',
    entity: 'Northwind Clearing GmbH',
    firstDay,
    lastDay: addDays(firstDay, size.days - 1),
    zone,
    criteria: ['CC6.1', 'CC6.6', 'CC7.1', 'CC7.2', 'CC8.1', 'A1.2'],
    days: size.days,
    systems: systems.length,
    sources: 14,
    records: 1_284_417,
    rejected: 37,
    ledgerEntries: 431,
    ledgerHead: hashOf(1),
    readOnly: false,
    lastRun: {
      runId: 'run-3',
      finishedAt: '2026-07-02T09:14:33Z',
      controls: size.controls,
      packs: [{ id: 'soc2', version: '1.0.0', hash: hashOf(2), shipped: true }],
      stale: false,
    },
    ...changes,
  };
}

export function controlsOf(size: MockSize): readonly MatrixControl[] {
  return Array.from({ length: size.controls }, (_, index) => controlOf(index, size));
}

function controlOf(index: number, size: MockSize): MatrixControl {
  const [id, title, criteria] = titles[index % titles.length]!;
  const states = statesOf(index, size.days);
  const random = seeded(index + 500);
  const totals: Record<string, number> = {};
  for (const state of states) totals[state] = (totals[state] ?? 0) + 1;
  const parts = controlDayStates.filter((state) => totals[state] && state !== 'effective' && state !== 'not due');
  return {
    pack: 'soc2',
    control: index < titles.length ? id : `${id}-${Math.floor(index / titles.length) + 1}`,
    title,
    criteria: [...criteria],
    per: (['daily', 'cont', 'event', 'event', 'weekly'] as const)[index % 5]!,
    severity: (['high', 'critical', 'high', 'medium', 'low'] as const)[index % 5]!,
    states: [...states],
    deviations: states.map((state) => (state === 'deviation' ? 1 + Math.floor(random() * 4) : 0)),
    populations: states.map((state) => populationOn(state)),
    totals,
    overall: controlDayStates.find((state) => totals[state] && state !== 'not due') ?? 'not due',
    conclusion:
      parts.length === 0
        ? 'No deviation, and evidence on every day.'
        : `${parts.map((state) => `${totals[state]} ${state}`).join('; ')} of ${states.length} days.`,
  };
}

/** How many items a control has on a day in this state. */
function populationOn(state: ControlDayState): number {
  if (state === 'no evidence') return 0;
  return state === 'deviation' ? 1743 : 43;
}

function statesOf(index: number, days: number): readonly ControlDayState[] {
  const random = seeded(index + 1);
  const states: ControlDayState[] = Array.from({ length: days }, () => 'effective');
  const put = (from: number, length: number, state: ControlDayState) => states.fill(state, from, from + length);
  const at = () => Math.floor(random() * (days - 12));
  if (index % 5 === 4) states.forEach((_, day) => day % 7 !== 0 && (states[day] = 'not due'));
  if (index % 5 === 0) {
    put(at(), 1, 'deviation');
    put(at(), 1, 'deviation');
    put(at(), 3, 'deviation');
    put(at(), 2, 'explained');
  }
  if (index % 5 === 1) {
    put(at(), 3, 'no evidence');
    put(at(), 6, 'partial');
    put(at(), 1, 'partial');
    put(at(), 9, 'untrusted time');
  }
  if (index % 5 === 2) {
    put(at(), 1, 'deviation');
    put(at(), 2, 'no evidence');
  }
  if (index % 5 === 3) {
    put(at(), 1, 'undecidable');
    put(at(), 2, 'undecidable');
    put(at(), 4, 'explained');
    put(at(), 2, 'error');
  }
  return states;
}

export function coverageOf(size: MockSize): Output<'coverage.get'> {
  const streams = ['auditd', 'syslog', 'nmap', 'osquery', 'node_exporter', 'backup', 'tickets', 'deploys'];
  const rows = streams.flatMap((stream, index) =>
    systems.slice(0, stream === 'tickets' || stream === 'deploys' ? 1 : systems.length).map((system, at) => {
      const random = seeded(index * 100 + at);
      const quiet = Math.floor(random() * size.days);
      const days = Array.from({ length: size.days }, (_, day) => {
        if (stream === 'nmap' && day % 7 !== 0) return '.';
        if (at === 6 && day < 30) return '.';
        if (index < 3 && random() > 0.995) return '-';
        return at % 5 === 1 && day >= quiet && day < quiet + 4 ? '-' : '+';
      }).join('');
      return { stream, system, days, records: Math.floor(random() * 90_000) };
    }),
  );
  return { days: [...dayList(size)], rows };
}

export function sourcesOf(): readonly Source[] {
  const formats = ['auditd', 'syslog', 'nmap-xml', 'prometheus-block', 'osquery-json', 'csv', 'cloudtrail'];
  return Array.from({ length: 14 }, (_, index) => {
    const format = formats[index % formats.length]!;
    const from = addDays(firstDay, index * 9 - 6);
    return {
      sourceId: index + 1,
      name:
        index === 4
          ? 'inventory \u202Egnp.exe.csv'
          : `${systems[index % 12]}-${format}-${String(index).padStart(2, '0')}.log`,
      originalPath: `/media/evidence/2026/${systems[index % 12]}/${format}/part-${index}.tar.gz`,
      member: index % 3 === 0 ? `var/log/${format}/part-${index}.log` : null,
      format,
      importerVersion: 1,
      sha256: hashOf(index + 100),
      bytes: 1_203_400 * (index + 1),
      records: 9_120 * (index + 1),
      rejected: index % 4 === 1 ? 9 : 0,
      firstTime: index === 5 ? null : `${from}T03:12:09.250Z`,
      lastTime: index === 5 ? null : `${addDays(from, 34 + index * 4)}T22:41:00Z`,
      importedAt: '2026-07-01T08:00:00Z',
      providedBy: index % 2 === 0 ? 'M. Okafor, platform team' : null,
      obtainedHow: index % 2 === 0 ? 'Exported with journalctl on the host, copied over SSH' : null,
      system: index % 3 === 1 ? systems[index % 12]! : null,
      zone: index % 2 === 0 ? 'UTC' : zone,
      assumptions: index % 3 === 1 ? ['The year of its times is 2026, from the audit window.'] : [],
    };
  });
}

/** The items of one control-day: as many as `count`, the deviations first. */
export function itemsOf(day: string, count: number, deviations: number): readonly ResultItem[] {
  return Array.from({ length: count }, (_, index) => {
    const system = systems[index % 12]!;
    const isAlarm = index < deviations;
    const port = 1024 + ((index * 131) % 60_000);
    return {
      time: `${day}T${String(2 + (index % 20)).padStart(2, '0')}:17:${String(index % 60).padStart(2, '0')}.250Z`,
      system,
      resource: `10.20.0.${10 + (index % 12)}:${port}`,
      status: isAlarm ? 'alarm' : index % 17 === 5 ? 'info' : 'ok',
      reason: isAlarm
        ? `Port ${port}/tcp answers on ${system} and is not in the authorised inventory.`
        : `Port ${port}/tcp is authorised for ${system}.`,
      citation: index % 23 === 7 ? null : { sourceId: 3 + (index % 4), record: 345 + index },
      dimensions: isAlarm ? { service: 'http', product: '<img src=x onerror=alert(1)>', change: null } : {},
    };
  });
}

export function descriptionOf(control: MatrixControl): Output<'control.get'> {
  const streams = titles.find(([id]) => control.control.startsWith(id))?.[3] ?? [];
  return {
    pack: control.pack,
    control: control.control,
    title: control.title,
    why: 'An unknown listener is an entry point that nobody decided to have.',
    criteria: control.criteria,
    per: control.per,
    kind: 'operating',
    severity: control.severity,
    maturity: 'stable',
    population: 'one row for each open port seen by each scan',
    streams: [...streams],
    limits: [
      'A port that was closed at every scan is not seen.',
      'UDP ports are seen only where the scan asked for them.',
    ],
    parameters: [
      { name: 'grace_hours', value: '24', default: '0', unit: 'h', means: 'time allowed before an opening counts' },
      { name: 'min_port', value: '1', default: '1', unit: null, means: 'ports below are left out' },
    ],
    sql: SQL,
  };
}

const SQL = `-- 1. Every port that a scan found open.
with seen as (
  select scan_id, time, system, address, port, protocol, source_id, record
  from open_ports
  where state = 'open' and port >= $min_port
),
-- 2. The inventory as it was approved, with its grace.
allowed as (
  select system_or_role, port, protocol, approved_at - to_hours($grace_hours) as valid_from
  from authorized_ports
)
select seen.time, seen.system, seen.address || ':' || seen.port as resource,
       case when allowed.port is null then 'alarm' else 'ok' end as status,
       'Port ' || seen.port || '/' || seen.protocol || ' is authorised.' as reason,
       seen.source_id, seen.record
from seen
left join allowed on allowed.system_or_role = seen.system and allowed.port = seen.port
     and allowed.protocol = seen.protocol and allowed.valid_from <= seen.time
order by seen.time, seen.system, resource;
`;
