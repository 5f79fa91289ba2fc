/** One control: what was tested, what was found day by day, what deviates, and the query that found it. */
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import type { BinderAttachment } from './attachment.ts';
import type { BinderContent, ControlContent, ControlDayContent, ItemLine, ParameterLine } from './content.ts';
import { dayStrip } from './day-strip.ts';
import {
  block,
  COLUMN,
  colours,
  figures,
  mono,
  paragraph,
  right,
  small,
  subheading,
  table,
  th,
  type PdfNode,
} from './design.ts';
import {
  citationText,
  countOf,
  dayRanges,
  dayRangeText,
  groupDigits,
  groupHash,
  instantInColumn,
  type DayRange,
} from './figures.ts';
import { controlAnchor, stateLegend } from './matrix-pages.ts';
import { sha256 } from '../core/hash.ts';

/** Above so many rows a table prints the first ones and refers to the attached file. */
export const MOST_ROWS = 200;

const frequencyWords = {
  cont: 'continuous',
  hourly: 'hourly',
  daily: 'daily',
  weekly: 'weekly',
  monthly: 'monthly',
  quarterly: 'quarterly',
  event: 'with each event',
} as const;

export interface ControlPlace {
  readonly content: BinderContent;
  readonly control: ControlContent;
  /** Ordinal from 0. */
  readonly place: number;
  readonly attachments: readonly BinderAttachment[];
}

/** Section 3.n, on a page of its own. `sqlLines` is the query, fit for print. */
export function controlSection(at: ControlPlace, sqlLines: readonly string[]): PdfNode[] {
  const { control, content } = at;
  return [
    title(at),
    small(metaLine(control)),
    ...errorNotice(control),
    figureRow(control),
    { text: control.conclusion, bold: true, margin: [0, 0, 0, 2] },
    strip(content.window.days, control),
    stateLegend(control.days.map(({ state }) => state)),
    daysByState(control),
    subheading('What was tested'),
    paragraph(control.why),
    paragraph([
      'Population: ',
      control.populationSentence,
      '. Evidence streams: ',
      control.streams.join(', ') || 'none',
      '.',
    ]),
    ...itemsTable(at),
    ...incompleteDays(control),
    ...explanations(control),
    block('What this test cannot see', { ul: [...control.limits], margin: [0, 0, 0, 4] }),
    ...parameters(control.parameters),
    ...query(at, sqlLines),
    block(
      'Hashes of what was found',
      table(
        [112, COLUMN - 120],
        [],
        [
          [{ text: 'Population', color: colours.mute }, mono(groupHash(control.populationHash))],
          [{ text: 'Control-days', color: colours.mute }, mono(groupHash(control.daysHash))],
        ],
      ),
    ),
  ];
}

function title({ control, place }: ControlPlace): PdfNode {
  return {
    text: `3.${place + 1}  ${control.title}`,
    style: 'h1',
    margin: [0, 0, 0, 3],
    id: controlAnchor(place),
    tocItem: true,
    tocMargin: [14, 0, 0, 0],
    outline: true,
    outlineParentId: 'matrix',
    outlineText: `3.${place + 1}  ${control.id}`,
    pageBreak: 'before',
  };
}

function metaLine(control: ControlContent): string {
  return [
    control.id,
    `criteria ${control.criteria.join(', ')}`,
    `operates ${frequencyWords[control.per]}`,
    control.kind === 'operating' ? 'tested over the window' : 'tested as it was at each look',
    `severity ${control.severity}`,
    ...(control.maturity === 'stable' ? [] : [`maturity: ${control.maturity}`]),
    `pack ${control.pack}`,
  ].join('  ·  ');
}

function errorNotice({ error }: ControlContent): PdfNode[] {
  return error ? [{ text: `The test could not be run: ${error}`, bold: true, margin: [0, 6, 0, 0] }] : [];
}

function figureRow(control: ControlContent): PdfNode {
  const daysIn = (state: ControlDayState): number => control.days.filter((day) => day.state === state).length;
  return {
    margin: [0, 8, 0, 0],
    stack: [
      figures([
        { value: groupDigits(control.population), label: 'items in the population' },
        { value: groupDigits(control.tested), label: 'items tested' },
        { value: groupDigits(control.deviations), label: 'items deviating' },
        { value: groupDigits(daysIn('deviation')), label: 'days with deviations' },
        { value: groupDigits(daysIn('no evidence')), label: 'days without evidence' },
      ]),
    ],
  };
}

function strip(days: readonly string[], control: ControlContent): PdfNode {
  const states = control.days.map(({ state }) => state);
  return { svg: dayStrip(days, states, { width: COLUMN, axis: true }), width: COLUMN, margin: [0, 2, 0, 0] };
}

/** The same as the strip, in words: for those who cannot see it, and for counting. */
function daysByState(control: ControlContent): PdfNode {
  const commonest = commonestQuietState(control);
  const rows = controlDayStates.flatMap((state) => {
    const days = control.days.filter((day) => day.state === state).map(({ day }) => day);
    if (days.length === 0) return [];
    const ranges = dayRanges(days);
    const quiet = state === 'not due' && ranges.length > 20 ? 'listed in control-days.csv' : rangesText(ranges);
    const list = state === commonest ? 'all other days' : quiet;
    return [[state, right(groupDigits(days.length)), list]];
  });
  return table([76, 32, COLUMN - 108 - 16], [th('State'), th('Days', 'right'), th('Which')], rows);
}

/** The quiet state with most days need not be listed: its days are those that no other state has. */
function commonestQuietState({ days }: ControlContent): ControlDayState {
  const notDue = days.filter(({ state }) => state === 'not due').length;
  return notDue > days.filter(({ state }) => state === 'effective').length ? 'not due' : 'effective';
}

function rangesText(ranges: readonly DayRange[]): string {
  const shown = ranges.slice(0, MOST_ROWS).map(dayRangeText).join(', ');
  return ranges.length > MOST_ROWS ? `${shown}, and more in control-days.csv` : shown;
}

function itemsTable(at: ControlPlace): PdfNode[] {
  const { items, itemCount } = at.control;
  const head = `Deviating and undecidable items (${groupDigits(itemCount)})`;
  if (itemCount === 0) return [block(head, paragraph('None among the items tested.'))];
  const header = ['Time (UTC)', 'System', 'Resource', 'Finding', 'Citation'].map((text) => th(text));
  const rows = items.slice(0, MOST_ROWS).map(itemRow);
  return [block(head, table([87, 54, 86, COLUMN - 227 - 60 - 32, 60], header, rows), ...restNotice(at))];
}

function itemRow(item: ItemLine): PdfNode[] {
  const finding = item.status === 'undecidable' ? `Undecidable: ${item.reason}` : item.reason;
  return [
    item.time ? instantInColumn(item.time) : 'no time',
    item.system ?? '',
    item.resource ?? '',
    finding,
    item.citation ? mono(citationText(item.citation)) : { text: 'no record', color: colours.mute },
  ];
}

function restNotice({ control, attachments }: ControlPlace): PdfNode[] {
  if (control.itemCount <= MOST_ROWS) return [];
  const file = attachments.find(({ of }) => of?.control === control.id && of.what === 'results');
  const first = `The first ${MOST_ROWS} of ${countOf(control.itemCount, 'item')} are printed.`;
  if (!file) return [small(first)];
  return [
    { text: `${first} All are in the attached ${file.name}, SHA-256:`, style: 'small', margin: [0, 4, 0, 0] },
    mono(groupHash(sha256(file.bytes))),
  ];
}

/** Days whose evidence was not whole, adjacent days with the same reasons as one row. */
function incompleteDays(control: ControlContent): PdfNode[] {
  const groups = incompleteGroups(control.days);
  const head = 'Days without whole evidence';
  if (groups.length === 0) return [block(head, paragraph('None: every day had the evidence that the test needs.'))];
  const rows = groups
    .slice(0, MOST_ROWS)
    .map(({ range, day }) => [
      dayRangeText(range),
      day.state,
      day.reasons.join(' '),
      right(`${day.systemsSeen.length} of ${day.systemsExpected.length}`),
    ]);
  const header = [th('Days'), th('State'), th('Why'), th('Systems seen', 'right')];
  const more = groups.length > MOST_ROWS ? [small('More are in the attached control-days.csv.')] : [];
  return [block(head, table([104, 76, COLUMN - 180 - 54 - 24, 54], header, rows), ...more)];
}

interface DayGroup {
  readonly range: DayRange;
  readonly day: ControlDayContent;
}

const incompleteStates: readonly ControlDayState[] = [
  'undecidable',
  'untrusted time',
  'no evidence',
  'partial',
  'error',
];

function incompleteGroups(days: readonly ControlDayContent[]): readonly DayGroup[] {
  const groups: { days: string[]; day: ControlDayContent }[] = [];
  days.forEach((day, place) => {
    if (!day.allStates.some((state) => incompleteStates.includes(state))) return;
    const last = groups.at(-1);
    const adjacent = last && days[place - 1]?.day === last.days.at(-1);
    if (last && adjacent && sameReasons(last.day, day)) last.days.push(day.day);
    else groups.push({ days: [day.day], day });
  });
  return groups.map(({ days: grouped, day }) => ({ range: dayRanges(grouped)[0]!, day }));
}

function sameReasons(one: ControlDayContent, other: ControlDayContent): boolean {
  const key = (day: ControlDayContent): string => JSON.stringify([day.state, day.reasons, day.systemsSeen]);
  return key(one) === key(other);
}

function explanations({ explanations: given }: ControlContent): PdfNode[] {
  if (given.length === 0) return [];
  const rows = given.map(({ days, text, by, reference }) => [rangesText(dayRanges(days)), text, by, reference ?? '']);
  const header = ['Days', 'Explanation', 'Accepted by', 'Reference'].map((text) => th(text));
  return [block('Explanations accepted', table([104, COLUMN - 104 - 80 - 70 - 24, 80, 70], header, rows))];
}

function parameters(given: readonly ParameterLine[]): PdfNode[] {
  if (given.length === 0) return [block('Parameters', paragraph('The query has none.'))];
  const rows = given.map((parameter) => {
    const changed = parameter.value !== parameter.default;
    const unit = parameter.unit ? ` ${parameter.unit}` : '';
    return [
      mono(parameter.name),
      { text: parameter.value + unit, bold: changed },
      parameter.default + unit,
      changed ? { text: 'changed', bold: true } : '',
      parameter.means,
    ];
  });
  const header = ['Parameter', 'Value', 'Default', '', 'Meaning'].map((text) => th(text));
  return [block('Parameters', table([104, 64, 64, 42, COLUMN - 274 - 32], header, rows))];
}

const FRONT_MATTER = /^\/\*---$/;
const FRONT_MATTER_END = /^---\*\/$/;

/** The query without its front matter, all of which stands in this section in words. */
function queryLines(lines: readonly string[]): readonly string[] {
  const end = lines.findIndex((line) => FRONT_MATTER_END.test(line.trim()));
  return FRONT_MATTER.test(lines[0]?.trim() ?? '') && end > 0 ? lines.slice(end + 1) : lines;
}

/** The heading is a row of the table, so that it stays with the first lines and stands above the rest on each page. */
function query({ control, attachments }: ControlPlace, lines: readonly string[]): PdfNode[] {
  const file = attachments.find(({ of }) => of?.control === control.id && of.what === 'sql');
  const note = file ? `Attached whole, with its front matter, as ${file.name}.` : '';
  const head = { stack: [{ text: 'Query', fontSize: 10.5, bold: true }, small(note)], margin: [-10, 13, 0, 3] };
  const rows = queryLines(lines).map((line) => [
    {
      text: line === '' ? ' ' : line,
      font: 'Mono',
      fontSize: 7.5,
      fillColor: colours.soft,
      preserveLeadingSpaces: true,
    },
  ]);
  const body = [[head], ...rows];
  return [
    {
      layout: 'block',
      table: { headerRows: 1, keepWithHeaderRows: Math.min(5, rows.length), widths: [COLUMN - 14], body },
    },
  ];
}
