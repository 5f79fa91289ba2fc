/** Timeline: from a year of events to gaps, by ASOF joins, by lag() and from the hourly roll-ups of the import. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { median, saveResults, say, sayTable } from './bench-table.ts';
import { runMeasured } from './child-usage.ts';
import { sayGoals, type Goal } from './ingest-figures.ts';
import { positive } from './positive.ts';
import { withScratchFolder } from './scratch-folder.ts';
import { allowedSeconds, checkSize, type Size } from './timeline-evidence.ts';
import { runStep, steps, type Step, type StepResult } from './timeline-steps.ts';

const USAGE = `npm run bench timeline [-- --events N] [--streams N] [--days N] [--rounds N]
  --events   events in all, 100000000 if left out
  --streams  streams that they are of, 500 if left out
  --days     days that they are spread over, 365 if left out
  --rounds   how often everything is measured, 1 if left out; the median counts`;

const MUCH_MB = 4096;
const LITTLE_MB = 512;

interface Row {
  readonly name: string;
  readonly title: string;
  readonly step: Step;
  readonly memoryMb: number;
}

const rows: readonly Row[] = [
  { name: 'roll-up', title: 'hourly roll-ups, as an import makes them', step: 'roll-up', memoryMb: MUCH_MB },
  { name: 'asof', title: 'gaps by ASOF join', step: 'asof', memoryMb: MUCH_MB },
  { name: 'lag', title: 'gaps by lag()', step: 'lag', memoryMb: MUCH_MB },
  { name: 'lag-512', title: 'gaps by lag(), 512 MB', step: 'lag', memoryMb: LITTLE_MB },
  { name: 'hours', title: 'gaps from the roll-ups', step: 'hours', memoryMb: MUCH_MB },
  { name: 'hours-512', title: 'gaps from the roll-ups, 512 MB', step: 'hours', memoryMb: LITTLE_MB },
  { name: 'timeline', title: 'whole timeline: learned, gaps, coverage', step: 'timeline', memoryMb: MUCH_MB },
  { name: 'timeline-512', title: 'whole timeline, 512 MB', step: 'timeline', memoryMb: LITTLE_MB },
  { name: 'refresh', title: 'one more day: roll-ups and timeline', step: 'refresh', memoryMb: MUCH_MB },
];

interface Options extends Size {
  readonly rounds: number;
  /** Set in the process of a step. */
  readonly step?: Step;
  readonly folder: string;
  readonly memoryMb: number;
}

// Gives nothing where there is nothing to run: after `--help`, and after what cannot be understood.
function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: {
        events: { type: 'string', default: '100000000' },
        streams: { type: 'string', default: '500' },
        days: { type: 'string', default: '365' },
        rounds: { type: 'string', default: '1' },
        step: { type: 'string' },
        folder: { type: 'string', default: '' },
        memory: { type: 'string', default: String(MUCH_MB) },
        help: { type: 'boolean', default: false },
      },
    });
    const step = steps.find((each) => each === values.step);
    const size = { events: positive(values.events), streams: positive(values.streams), days: positive(values.days) };
    checkSize(size);
    const { folder } = values;
    const own = { rounds: positive(values.rounds), folder, memoryMb: positive(values.memory) };
    if (!values.help) return { ...size, ...own, ...(step && { step }) };
  } catch (error) {
    say(`${String(error)}\n`);
    process.exitCode = 2;
  }
  say(USAGE);
  return undefined;
}

/** Runs a step with this same file, in a process of its own: what one leaves in memory is none of the next. */
async function measure(
  step: Step,
  folder: string,
  { size, memoryMb }: { size: Size; memoryMb: number },
): Promise<StepResult> {
  const { events, streams, days } = size;
  const numbers = { events, streams, days, memory: memoryMb };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const bundle = process.argv[1]!;
  const usage = await runMeasured(
    process.execPath,
    ['--enable-source-maps', bundle, '--step', step, '--folder', folder, ...args],
    { keepOutput: true },
  );
  if (usage.exitCode !== 0) throw new Error(`${step} (${memoryMb} MB) ended with ${usage.exitCode}: ${usage.stderr}`);
  return JSON.parse(usage.stdout) as StepResult;
}

/** Measures everything in turn, so that what else the machine does is spread over all of it. */
async function measureAll(
  size: Size,
  rounds: number,
  folder: string,
): Promise<ReadonlyMap<string, readonly StepResult[]>> {
  const made = await measure('make', folder, { size, memoryMb: MUCH_MB });
  say(
    `${made.count} events of ${size.streams} streams over ${size.days} days, made in ${made.wallSeconds.toFixed(0)} s;`,
  );
  say(`a silence of more than ${allowedSeconds(size)} s is a gap\n`);
  const taken = new Map<string, StepResult[]>();
  for (let round = 0; round < rounds; round++)
    for (const { name, step, memoryMb } of rows)
      taken.set(name, [...(taken.get(name) ?? []), await measure(step, folder, { size, memoryMb })]);
  checkSame(taken);
  return taken;
}

/** All tests of the same events must give the same gaps, else their times say nothing. */
function checkSame(taken: ReadonlyMap<string, readonly StepResult[]>): void {
  const tests = rows.filter(({ step }) => step !== 'roll-up' && step !== 'refresh');
  const hashes = new Set(tests.flatMap(({ name }) => taken.get(name)!.map(({ gaps }) => gaps)));
  if (hashes.size !== 1) throw new Error('The tests found different gaps.');
}

function sayFigures(taken: ReadonlyMap<string, readonly StepResult[]>): void {
  sayTable(
    ['', 'wall s', 'cpu s', 'peak MB', 'rows'],
    rows.map(({ name, title }) => {
      const of = (pick: (one: StepResult) => number): number => median(taken.get(name)!.map(pick));
      const seconds = [of((one) => one.wallSeconds), of((one) => one.cpuSeconds)].map((each) => each.toFixed(3));
      return [title, ...seconds, (of((one) => one.peakBytes) / 1e6).toFixed(0), String(of((one) => one.count))];
    }),
  );
}

function goals(taken: ReadonlyMap<string, readonly StepResult[]>): readonly Goal[] {
  const wall = (name: string): number => median(taken.get(name)!.map((one) => one.wallSeconds));
  const goal = (what: string, value: number, most: number): Goal => ({ what, value, most, unit: 'x' });
  return [
    goal('time by lag() to that by ASOF join', wall('lag') / wall('asof'), 0.25),
    {
      ...goal('time from the roll-ups to that by ASOF join', (1000 * wall('hours')) / wall('asof'), 10),
      unit: '/1000',
    },
    goal('time by lag() with 512 MB to that with 4 GB', wall('lag-512') / wall('lag'), 2),
    goal('time from the roll-ups with 512 MB to that with 4 GB', wall('hours-512') / wall('hours'), 2),
    goal('time of the whole timeline with 512 MB to that with 4 GB', wall('timeline-512') / wall('timeline'), 2),
  ];
}

async function benchmark({ events, streams, days, rounds }: Options): Promise<void> {
  const machine = { processor: cpus()[0]?.model, processors: cpus().length, node: process.version };
  say(`${machine.processors} × ${machine.processor}, Node ${machine.node}`);
  const size = { events, streams, days };
  const taken = await withScratchFolder((folder) => measureAll(size, rounds, folder));
  sayFigures(taken);
  say('');
  sayGoals(goals(taken));
  say(`\nAlso in ${saveResults('timeline', { machine, size, rounds, taken: Object.fromEntries(taken) })}`);
}

const options = readOptions();
if (options?.step) {
  const { step, folder, memoryMb, events, streams, days } = options;
  say(JSON.stringify(await runStep({ step, folder, memoryMb, size: { events, streams, days } })));
} else if (options) await benchmark(options);
