/** A binder of realistic size: 181 days, 5 controls, 12 systems, made from a seed. */
import type { BinderContent, ControlContent, ControlDayContent, ItemLine } from '../../../engine/binder/content.ts';
import type { DatedResultRow, ResultSet } from '../../../engine/binder/attachments.ts';
import { standardGlossary } from '../../../engine/binder/glossary.ts';
import { sha256 } from '../../../engine/core/hash.ts';
import { hashControlDays, hashPopulation } from '../../../engine/core/result-hash.ts';
import { controlDayStates, type ControlDayState, type RowStatus } from '../../../shared/states.ts';
import { parseInstant, windowDays } from '../../../shared/time.ts';

const window = { firstDay: '2026-01-01', lastDay: '2026-06-30', zone: 'Europe/Berlin' };
const days = windowDays(window).map(({ day }) => day);
const roles = ['web', 'db', 'api', 'queue'];
const systems = Array.from({ length: 12 }, (_, place) => `${roles[place % 4]}-${Math.floor(place / 4) + 1}`).sort();

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

interface Plan {
  readonly id: string;
  readonly title: string;
  readonly criteria: readonly string[];
  readonly per: ControlContent['per'];
  readonly kind: ControlContent['kind'];
  readonly severity: ControlContent['severity'];
  readonly why: string;
  readonly population: string;
  readonly stream: string;
  readonly finding: string;
  /** Chance of each state on a day. */
  readonly odds: Partial<Record<ControlDayState, number>>;
  readonly itemsADay: number;
}

const plans: readonly Plan[] = [
  {
    id: 'CC6.1-privileged-logon-mfa',
    title: 'Each privileged log-on uses a second factor',
    criteria: ['CC6.1'],
    per: 'event',
    kind: 'operating',
    severity: 'critical',
    why: 'A stolen password alone must not open an administrator’s account.',
    population: 'one row for each console log-on of a privileged identity',
    stream: 'cloudtrail',
    finding: 'The log-on of this identity used no second factor.',
    odds: { deviation: 0.04, 'no evidence': 0.02, 'not due': 0.3, undecidable: 0.015 },
    itemsADay: 4,
  },
  {
    id: 'CC6.6-port-unauthorised',
    title: 'Every open port is in the authorised inventory',
    criteria: ['CC6.6', 'CC7.1'],
    per: 'weekly',
    kind: 'state',
    severity: 'high',
    why: 'An unknown listener is an entry point nobody decided to have.',
    population: 'one row for each open port seen by each scan',
    stream: 'nmap',
    finding: 'Port 8081/tcp is open and is not in the inventory.',
    odds: { deviation: 0.15, explained: 0.04, 'not due': 0.4, partial: 0.02 },
    itemsADay: 48,
  },
  {
    id: 'CC7.2-audit-log-unbroken',
    title: 'Each host in scope logs without a break',
    criteria: ['CC7.2'],
    per: 'cont',
    kind: 'operating',
    severity: 'high',
    why: 'What is not logged cannot be noticed, and a missing stretch hides what happened in it.',
    population: 'one row for each host and day',
    stream: 'auditd',
    finding: 'The audit daemon stopped and no record says why.',
    odds: { deviation: 0.02, partial: 0.06, 'no evidence': 0.04, 'untrusted time': 0.05, error: 0.006 },
    itemsADay: 12,
  },
  {
    id: 'CC7.5-restore-tested',
    title: 'A restore from backup is tested each month',
    criteria: ['CC7.5', 'A1.3'],
    per: 'monthly',
    kind: 'operating',
    severity: 'medium',
    why: 'A backup that was never restored is a hope.',
    population: 'one row for each month of the window',
    stream: 'tickets',
    finding: 'No restore test is recorded for the month.',
    odds: { 'not due': 0.96 },
    itemsADay: 1,
  },
  {
    id: 'CC8.1-change-approved-before-deployment',
    title: 'Each deployment follows an approval',
    criteria: ['CC8.1'],
    per: 'event',
    kind: 'operating',
    severity: 'high',
    why: 'An unapproved change is one that nobody but its author has looked at.',
    population: 'one row for each deployment to production',
    stream: 'cloudtrail',
    finding: 'The change was deployed 14 minutes before its approval.',
    odds: {},
    itemsADay: 3,
  },
];

function stateOn(plan: Plan, random: () => number): ControlDayState {
  let draw = random();
  for (const state of controlDayStates) {
    draw -= plan.odds[state] ?? 0;
    if (draw < 0) return state;
  }
  return 'effective';
}

function rowsOn(plan: Plan, day: ControlDayContent, random: () => number): DatedResultRow[] {
  const rows = Array.from({ length: day.population }, (_, place) => {
    const status: RowStatus =
      place < day.deviations ? 'alarm' : day.state === 'undecidable' && place === 0 ? 'undecidable' : 'ok';
    const second = Math.floor(random() * 86_000);
    const time = new Date(Date.parse(`${day.day}T00:00:00Z`) + second * 1000).toISOString().replace('.000', '');
    const system = systems[Math.floor(random() * systems.length)]!;
    return {
      day: day.day,
      time: parseInstant(time)!,
      system,
      resource: plan.stream === 'nmap' ? `10.4.7.${place + 10}:8081` : `${plan.stream}/${system}`,
      status,
      reason: status === 'ok' ? 'As the control requires.' : plan.finding,
      sourceId: 1 + Math.floor(random() * 30),
      record: 1 + Math.floor(random() * 90_000),
      dimensions: { protocol: 'tcp' },
    };
  });
  return rows.sort((a, b) => Number(a.time - b.time));
}

function dayOf(plan: Plan, name: string, state: ControlDayState, random: () => number): ControlDayContent {
  const without = state === 'no evidence' || state === 'not due' || state === 'error';
  const population = without ? 0 : Math.max(1, Math.round(plan.itemsADay * (0.5 + random())));
  const deviations = state === 'deviation' ? Math.min(population, 1 + Math.floor(random() * 3)) : 0;
  const seen = state === 'no evidence' ? [] : state === 'partial' ? systems.slice(0, 7) : systems;
  const reasons: Partial<Record<ControlDayState, string>> = {
    deviation: `${deviations} of ${population} items deviate.`,
    partial: `No ${plan.stream} record from queue-3, web-1, web-2, web-3, queue-2.`,
    'no evidence': `No ${plan.stream} record from any system in scope.`,
    'untrusted time': 'The clock of db-2 was out by 412 ms.',
    undecidable: 'The clocks of two systems differ by more than the interval between the events.',
    error: 'The query reached its time limit of 60 s.',
    explained: 'Explained by incident INC-204.',
  };
  return {
    day: name,
    state,
    allStates: [state],
    reasons: reasons[state] ? [reasons[state]] : [],
    population,
    tested: population,
    deviations,
    systemsExpected: systems,
    systemsSeen: seen,
  };
}

const sql = (plan: Plan): string =>
  [
    '/*---',
    `id: ${plan.id}`,
    `title: ${plan.title}`,
    '---*/',
    '-- 1. What was seen, by the name the inventory gives it.',
    'with seen as (',
    '  select time, system, address, port, protocol, source_id, record',
    '  from open_ports',
    "  where state = 'open' and time >= $window_start and time < $window_end",
    '),',
    '',
    '-- 2. What was allowed at that time.',
    'allowed as (',
    '  select system_or_role, port, protocol, approved_at',
    '  from authorized_ports',
    ')',
    "select seen.time, seen.system, address || ':' || seen.port as resource,",
    "       case when approved_at <= seen.time + to_hours($grace_hours) then 'ok' else 'alarm' end as status,",
    "       'Port ' || seen.port || '/' || seen.protocol || ' is open.' as reason, seen.source_id, seen.record",
    "from seen left join allowed on allowed.port = seen.port and allowed.system_or_role in (seen.system, '*')",
    'order by time, system, resource',
  ].join('\n');

function conclude(made: readonly ControlDayContent[]): string {
  const count = (state: ControlDayState): number => made.filter((day) => day.state === state).length;
  const words = (['deviation', 'explained', 'no evidence', 'partial'] as const)
    .map((state) => [count(state), state] as const)
    .filter(([days]) => days > 0)
    .map(([days, state]) => `${days} ${state} ${days === 1 ? 'day' : 'days'}`);
  return words.length > 0 ? `${words.join('; ')}.` : 'No deviation on any day that was due.';
}

function controlOf(plan: Plan, place: number): { control: ControlContent; results: ResultSet } {
  const random = seeded(1000 + place);
  const made = days.map((day) => dayOf(plan, day, stateOn(plan, random), random));
  const rows = made.flatMap((day) => rowsOn(plan, day, random));
  const items = rows
    .filter(({ status }) => status !== 'ok')
    .map((row): ItemLine => {
      const citation = { sourceId: row.sourceId!, record: Number(row.record) };
      const time = new Date(Number(row.time! / 1000n)).toISOString().replace('.000', '');
      return { time, system: row.system, resource: row.resource, status: row.status, reason: row.reason, citation };
    });
  const sum = (column: 'population' | 'deviations'): number => made.reduce((total, day) => total + day[column], 0);
  const control: ControlContent = {
    id: plan.id,
    title: plan.title,
    pack: 'soc2',
    criteria: plan.criteria,
    per: plan.per,
    kind: plan.kind,
    severity: plan.severity,
    maturity: 'stable',
    why: plan.why,
    populationSentence: plan.population,
    streams: [plan.stream],
    limits: ['A port that was closed at every scan is not seen.', 'Names that no inventory has are left as they are.'],
    parameters: [
      {
        name: 'grace_hours',
        value: place === 1 ? '4' : '0',
        default: '0',
        unit: 'h',
        means: 'time allowed before an opening counts',
      },
    ],
    sql: sql(plan),
    error: null,
    days: made,
    overall: controlDayStates.find((state) => made.some((day) => day.state === state))!,
    conclusion: conclude(made),
    population: sum('population'),
    tested: sum('population'),
    deviations: sum('deviations'),
    items,
    itemCount: items.length,
    explanations:
      place === 1
        ? [
            {
              days: made.filter(({ state }) => state === 'explained').map(({ day }) => day),
              text: 'A port opened for a migration, closed as planned.',
              by: 'Å. Lindqvist',
              reference: 'INC-204',
            },
          ]
        : [],
    populationHash: hashPopulation(rows),
    daysHash: hashControlDays(made),
  };
  return { control, results: { control: plan.id, pieces: () => [rows], complete: true } };
}

/** The content, and the results that go with it. */
export function sampleBinder(): { readonly content: BinderContent; readonly results: readonly ResultSet[] } {
  const made = plans.map(controlOf);
  const random = seeded(77);
  const evidence = Array.from({ length: 32 }, (_, place) => evidenceLine(place, random));
  const ledgerLines = Array.from({ length: 24 }, (_, place) => ledgerLine(place));
  const content: BinderContent = {
    binderId: 'NORTHWIND-2026-01',
    entity: 'Northwind Clearing GmbH & Co. KG',
    window: { ...window, days },
    criteria: ['CC6.1', 'CC6.6', 'CC7.1', 'CC7.2', 'CC7.5', 'CC8.1', 'A1.3'],
    criteriaWithoutControl: ['CC6.8'],
    madeAt: '2026-07-14T09:30:00Z',
    generator: { name: 'Fieldwork', version: '0.1.0' },
    signer: {
      name: 'Åsa Lindqvist, Größe Audit LLP',
      certificateSha256: sha256('leaf'),
      rootSha256: sha256('root'),
      notAfter: '2029-07-13T09:00:00Z',
    },
    systems: systems.map((system) => ({
      system,
      role: system.split('-')[0]!,
      environment: 'production',
      criticality: system.startsWith('db') ? 'critical' : 'high',
      owner: 'platform team',
      scopeFrom: system === 'web-3' ? '2026-03-15' : null,
      scopeTo: null,
      needs: ['auditd', 'syslog', 'nmap'],
    })),
    completeness: {
      sources: evidence.length,
      records: evidence.reduce((total, { records }) => total + records, 0),
      rejected: evidence.reduce((total, { rejected }) => total + rejected, 0),
      bytes: evidence.reduce((total, { bytes }) => total + bytes, 0),
      refused: [
        {
          name: 'audit-2026-04.log.gz',
          reason: 'The file ends inside a compressed block, at byte 1,204,224 of 1,204,224.',
        },
      ],
      notCovering: [
        {
          stream: 'auditd',
          system: 'web-3',
          firstExpected: '2026-03-15',
          firstSeen: '2026-03-17',
          lastExpected: '2026-06-30',
          lastSeen: '2026-06-30',
        },
      ],
      outsideWindow: [
        { sourceId: 7, name: 'web-3-old.log', firstTime: '2025-11-15T06:12:44Z', lastTime: '2025-12-30T21:59:58Z' },
      ],
      neverSeen: [{ stream: 'syslog', system: 'queue-3' }],
      outdated: [],
      unmeasuredClocks: [],
    },
    controls: made.map(({ control }) => control),
    coverage: ['auditd', 'cloudtrail', 'nmap', 'syslog'].flatMap((stream) =>
      systems.map((system) => ({ stream, system, days: coverageLetters(stream, system, random), records: 10_000 })),
    ),
    gaps: Array.from({ length: 14 }, (_, place) => ({
      id: `GAP-${String(place).padStart(10, '0')}`,
      system: systems[place % systems.length]!,
      stream: place % 3 === 0 ? 'nmap' : 'auditd',
      target: place === 3 ? 'node web-1:9100' : null,
      kind: place % 3 === 0 ? 'scan-missed' : 'silence',
      from: `${days[place * 12]}T02:14:09Z`,
      to: `${days[place * 12 + 1]}T05:40:00Z`,
      cause: place % 2 === 0 ? 'stream-alone' : 'host-down',
      lengthS: 98_751,
      missing: place === 4 ? 1200 : null,
      because: ['The host was up: its auditd spoke within the gap, at 2026-02-01T04:00:00Z.'],
      state: place % 5 === 0 ? 'explained' : place === 7 ? 'accepted' : 'open',
      ticket: place % 5 === 0 ? 'INC-204' : null,
      acceptedBy: place === 7 ? 'Jo Auditor' : null,
      acceptedReason: place === 7 ? 'Maintenance that the entity announced before it began.' : null,
      acceptedAt: place === 7 ? '2026-07-02T09:30:00Z' : null,
      acceptedUntil: place === 7 ? '2026-12-31' : null,
      usualS: place === 4 ? null : 3600,
      allowedS: place === 4 ? null : 14_400,
      likelihood: place === 4 ? null : place === 2 ? 1e-200 : 0.000_05,
      before: { sourceId: 3, record: 17 + place },
      after: place === 13 ? null : { sourceId: 3, record: 18 + place },
    })),
    clocks: systems.flatMap((system, place) => [
      {
        system,
        state: place === 1 ? 'out' : 'within',
        from: `${days[0]}T00:00:00Z`,
        to: `${days[30]}T00:00:00Z`,
        lengthS: 2_592_000,
        maxAbsOffsetS: place === 1 ? 180 : 0.004,
        because: place === 1 ? 'chronyd measured -180 s.' : 'chronyd measured it within 50 ms.',
        citation: { sourceId: 3, record: 17 + place },
      },
    ]),
    evidence,
    packs: [
      { id: 'soc2', version: '1.0.0', hash: sha256('pack'), shipped: true },
      { id: 'groesse-own', version: '0.3.1', hash: sha256('own'), shipped: false },
    ],
    ledger: {
      entries: ledgerLines.length,
      headSeq: ledgerLines.length,
      headHash: ledgerLines.at(-1)!.hash,
      lines: ledgerLines,
    },
    glossary: standardGlossary,
  };
  return { content, results: made.map(({ results }) => results) };
}

function coverageLetters(stream: string, system: string, random: () => number): string {
  if (stream === 'cloudtrail' && system !== 'api-1') return '.'.repeat(days.length);
  if (stream === 'syslog' && system === 'queue-3') return '-'.repeat(days.length);
  return days
    .map((_, place) => (stream === 'nmap' ? (place % 7 === 0 ? '+' : '.') : random() < 0.02 ? '-' : '+'))
    .join('');
}

function evidenceLine(place: number, random: () => number): BinderContent['evidence'][number] {
  const system = systems[place % systems.length]!;
  return {
    sourceId: place + 1,
    name:
      place === 3
        ? 'scans/日本-<script>alert(1)</script>\u202e.xml'
        : `${system}-audit-2026-${String(1 + (place % 6)).padStart(2, '0')}.log`,
    member: place === 5 ? 'exports/2026/trail-part-000017.json.gz' : null,
    format: place === 3 ? 'nmap-xml' : 'auditd',
    importerVersion: 1,
    sha256: sha256(`evidence ${place}`),
    bytes: Math.floor(random() * 90_000_000),
    contentSha256: place === 5 ? sha256('inner') : null,
    files: [],
    records: Math.floor(random() * 400_000),
    rejected: place % 9 === 0 ? 3 : 0,
    firstTime: '2026-01-01T00:00:03.25Z',
    lastTime: '2026-06-30T21:59:58Z',
    zone: 'UTC',
    providedBy: place % 4 === 0 ? null : 'M. Okafor, platform team',
    obtainedHow: place % 4 === 0 ? null : 'copied from the log archive by scp',
    assumptions: place % 8 === 1 ? ['Times without a zone are UTC.'] : [],
  };
}

function ledgerLine(place: number): BinderContent['ledger']['lines'][number] {
  const kinds = ['import', 'import', 'import', 'run', 'decision'];
  const what = [
    'web-1-audit-2026-01.log, 214,004 records',
    'db-1-audit-2026-01.log, 90,112 records',
    'inventory.csv, 12 records',
    '5 controls of soc2 1.0.0',
    'gap of web-2 auditd explained by INC-204',
  ];
  return {
    seq: place + 1,
    at: `2026-07-${String(1 + (place % 14)).padStart(2, '0')}T08:${String(place).padStart(2, '0')}:11Z`,
    kind: kinds[place % 5]!,
    by: 'a.lindqvist',
    what: what[place % 5]!,
    hash: sha256(`ledger ${place}`),
  };
}
