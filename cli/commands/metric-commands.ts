/** What was scraped, and what it said. */
import type { Command } from 'commander';
import { caseWindow, readSamples, readSeriesList, readTargets, type SeriesSamplesFound } from '../../engine/index.ts';
import { fail } from '../../shared/problem.ts';
import { parseInstant, windowInterval, type UtcMicros } from '../../shared/time.ts';
import { action, withCase, type CommandContext, type ExitCode } from '../run-command.ts';
import { note, print, printJson, printTable } from '../terminal.ts';

const MOST_SAMPLES = 1000;

async function targets(context: CommandContext, path: string): Promise<ExitCode> {
  const rows = await withCase(context, path, readTargets);
  if (context.json) printJson(rows);
  else
    printTable(
      ['system', 'job', 'instance', 'every', 'asked', 'answered', 'first answer', 'last answer'],
      rows.map((t) => [t.system, t.job, t.instance, every(t.interval_ms), t.asked, t.answered, t.first, t.last]),
    );
  return 0;
}

async function series(context: CommandContext, path: string, selector: string | undefined): Promise<ExitCode> {
  const rows = await withCase(context, path, (target) => readSeriesList(target, selector));
  if (context.json) printJson(rows);
  else
    printTable(
      ['record', 'series', 'samples', 'kept', 'every', 'first', 'last'],
      rows.map((s) => [
        `S${s.source_id} #${s.record}`,
        seriesText(s.labels),
        s.samples,
        s.samples_kept ? 'yes' : 'no',
        every(s.interval_ms),
        s.first,
        s.last,
      ]),
    );
  return 0;
}

interface SamplesOptions {
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
}

async function samples(
  context: CommandContext,
  path: string,
  selector: string,
  options: SamplesOptions,
): Promise<ExitCode> {
  const most = Number(options.limit ?? MOST_SAMPLES);
  if (!Number.isInteger(most) || most < 1) failLimit(options.limit ?? '');
  const found = await withCase(context, path, async (target) => {
    const window = windowInterval(caseWindow(target));
    const from = instantOf(options.from, window.from);
    const to = instantOf(options.to, window.to);
    const list: SeriesSamplesFound[] = [];
    for await (const one of readSamples(target, { selector, from, to, most })) list.push(one);
    return list;
  });
  if (context.json) printJson(found);
  else found.forEach(printSamples);
  for (const { problems } of found) problems.forEach((problem) => note(`fieldwork: ${problem}`));
  return found.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function printSamples({ source_id, record, labels, samples: rows, cut, from }: SeriesSamplesFound): void {
  print(`S${source_id} #${record} ${seriesText(labels)}, from the ${from}`);
  for (const { time, value, stale } of rows) print(`  ${time}  ${stale ? 'stale' : String(value)}`);
  if (cut) print(`  There are more; see --limit.`);
}

/** `name{label="value"}`, as Prometheus writes it. */
function seriesText({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const inside = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return inside.length === 0 ? name : `${name}{${inside.join(',')}}`;
}

function every(intervalMs: number | null): string | null {
  return intervalMs === null ? null : `${intervalMs / 1000} s`;
}

function instantOf(text: string | undefined, otherwise: UtcMicros): UtcMicros {
  if (text === undefined) return otherwise;
  return (
    parseInstant(text) ??
    fail({
      code: 'bad_request',
      message: `${text} is no instant.`,
      remedy: 'Write it as in 2026-11-21T06:11:30Z, with Z or an offset.',
    })
  );
}

function failLimit(limit: string): never {
  return fail({ code: 'bad_request', message: `--limit ${limit} is no number of samples.`, remedy: 'Give 1 or more.' });
}

/** Adds `targets`, `series` and `samples`. */
export function addMetricCommands(program: Command): void {
  program
    .command('targets')
    .description('Lists what Prometheus scraped: how often, and how often it answered.')
    .argument('<case>', 'folder of the case')
    .option('--json', 'one JSON value on stdout')
    .action(action(targets));
  program
    .command('series')
    .description('Lists the metric series that a selector picks, or all.')
    .argument('<case>', 'folder of the case')
    .argument('[selector]', 'as in PromQL: up{job="node"}')
    .option('--json', 'one JSON value on stdout')
    .action(action(series));
  program
    .command('samples')
    .description('Prints the samples of metric series, read from the sealed blocks where they are in a snapshot.')
    .argument('<case>', 'folder of the case')
    .argument('<selector>', 'as in PromQL: up{job="node"}')
    .option('--from <time>', 'start, in RFC 3339; the window if left out')
    .option('--to <time>', 'end, not included')
    .option('--limit <n>', `samples of one series at the most (${MOST_SAMPLES})`)
    .option('--json', 'one JSON value on stdout')
    .action(action(samples));
}
