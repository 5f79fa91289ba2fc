/** Cover, completeness and contents: what a reader sees before any result. */
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import type { BinderContent, Completeness } from './content.ts';
import { LEGEND, legendMark } from './day-strip.ts';
import {
  A4,
  block,
  COLUMN,
  colours,
  facts,
  figures,
  heading,
  mono,
  paragraph,
  right,
  subheading,
  table,
  th,
} from './design.ts';
import type { PdfNode } from './design.ts';
import { countOf, groupDigits, groupHash, instantInColumn } from './figures.ts';

/** The cover: who, when, what was counted. It names states, never a judgment. */
export function coverPage(content: BinderContent): PdfNode[] {
  const { window, controls } = content;
  return [
    { svg: bar(), absolutePosition: { x: 0, y: 0 } },
    { text: 'Evidence binder', style: 'cover', margin: [0, 84, 0, 6] },
    { text: content.entity, fontSize: 16, color: colours.mute, margin: [0, 0, 0, 26] },
    facts([
      [
        'Audit window',
        `${window.firstDay} to ${window.lastDay} (${countOf(window.days.length, 'day')}, ${window.zone})`,
      ],
      ['Criteria touched', content.criteria.join(', ') || 'none'],
      ['In scope, without a control here', content.criteriaWithoutControl.join(', ') || 'none'],
      ['Controls tested', `${groupDigits(controls.length)}, on every day of the window`],
      ['Binder', content.binderId],
      ['Made at', `${instantInColumn(content.madeAt)} UTC, by the clock of the computer that made it`],
      ['Made with', `${content.generator.name} ${content.generator.version}`],
      ['Signed by', content.signer ? content.signer.name : 'Nobody: this is an unsigned draft'],
      ['Ledger head', mono(groupHash(content.ledger.headHash))],
    ]),
    { text: 'What was found on each control-day', style: 'h2', margin: [0, 24, 0, 4] },
    stateSummary(content),
    {
      text:
        'This binder states what tests found. It gives no opinion, and names no criterion as met. A day without ' +
        'evidence is counted as such and never as an effective day.',
      style: 'paragraph',
      margin: [0, 14, 0, 0],
    },
    {
      text:
        'The file carries a certification signature over every byte. Do not rely on it when your PDF reader does not ' +
        'show the signature as valid, or shows changes after it.',
      style: 'paragraph',
    },
  ];
}

function bar(): string {
  return `<svg width="${A4.width}" height="7" viewBox="0 0 ${A4.width} 7"><rect width="${A4.width}" height="7" fill="${colours.ink}"/></svg>`;
}

/** States that occur, and always the three that readers ask for first. */
function stateSummary({ controls }: BinderContent): PdfNode {
  const all = controls.flatMap(({ days }) => days.map(({ state }) => state));
  const always: readonly ControlDayState[] = ['deviation', 'no evidence', 'effective'];
  const shown = controlDayStates.filter((state) => always.includes(state) || all.includes(state));
  const rows = shown.map((state) => {
    const days = all.filter((other) => other === state).length;
    const touched = controls.filter((control) => control.days.some((day) => day.state === state)).length;
    return [
      { svg: legendMark(state), width: LEGEND.width, margin: [2, -2.5, 0, -2] },
      state,
      right(groupDigits(days)),
      right(share(days, all.length)),
      right(groupDigits(touched)),
    ];
  });
  const header = [th(''), th('State'), th('Control-days', 'right'), th('Share', 'right'), th('Controls', 'right')];
  return table([18, COLUMN - 18 - 3 * 72 - 32, 72, 72, 72], header, rows);
}

/** Cut, not rounded: 99.96 % must not read as 100 %, and one day in many must not read as none. */
function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const tenths = Math.floor((part * 1000) / whole);
  return tenths === 0 ? 'under 0.1 %' : `${Math.floor(tenths / 10)}.${tenths % 10} %`;
}

/** Page 2: what was given, what could not be read, what is missing. */
export function completenessPage(content: BinderContent): PdfNode[] {
  const { completeness } = content;
  return [
    heading('Completeness', 'completeness'),
    paragraph(
      'Before any result: what was given, what of it could be read, and what would have been expected and is not here. ' +
        'Every statement in this binder is limited by this page.',
    ),
    figures([
      { value: groupDigits(completeness.sources), label: 'evidence sources' },
      { value: groupDigits(completeness.records), label: 'records read' },
      { value: groupDigits(completeness.rejected), label: 'records rejected' },
      { value: groupDigits(completeness.refused.length), label: 'files not imported' },
    ]),
    ...outdatedNotice(content),
    ...listOrNone(
      'Files not imported',
      'No refusal is recorded. An import that brought nothing at all leaves no entry in the ledger.',
      refusedTable(completeness),
    ),
    ...listOrNone(
      'Streams that begin late or end early',
      'Every stream that was seen was seen from the first day on which it was expected to the last.',
      spanTable(completeness),
    ),
    ...listOrNone(
      'Sources outside the window',
      'Every source with times has at least one record in the window.',
      outsideTable(completeness),
    ),
    ...listOrNone(
      'Expected and never seen',
      'Every stream that a system in scope should give was seen at least once.',
      neverSeenTable(completeness),
    ),
  ];
}

function outdatedNotice({ completeness: { outdated }, controls }: BinderContent): PdfNode[] {
  const title = subheading('Evidence and results');
  if (controls.length === 0) return [title, paragraph('No control was run.')];
  const current =
    'All evidence was imported, and all decisions were made, before the controls ran: the results rest on them.';
  if (outdated.length === 0) return [title, paragraph(current)];
  const notice =
    `Evidence was added, or decisions on gaps were made or ended, after ${groupDigits(outdated.length)} of ` +
    `${countOf(controls.length, 'control')} ran. The results of these controls do not take that into account:`;
  const rows = outdated.map(({ control, runId }) => [mono(control), runId]);
  return [title, { text: notice, bold: true }, table([COLUMN - 96, 80], [th('Control'), th('Last run')], rows)];
}

function listOrNone(title: string, none: string, list: PdfNode | undefined): PdfNode[] {
  return [block(title, list ?? paragraph(none))];
}

function refusedTable({ refused }: Completeness): PdfNode | undefined {
  const rows = refused.map(({ name, reason }) => [name, reason]);
  return rows.length > 0 ? table([180, COLUMN - 188], [th('File'), th('Reason')], rows) : undefined;
}

function spanTable({ notCovering }: Completeness): PdfNode | undefined {
  const rows = notCovering.map((span) => [
    span.stream,
    span.system,
    span.firstSeen === span.firstExpected ? span.firstSeen : `${span.firstSeen}, expected ${span.firstExpected}`,
    span.lastSeen === span.lastExpected ? span.lastSeen : `${span.lastSeen}, expected ${span.lastExpected}`,
  ]);
  const header = [th('Stream'), th('System'), th('First day seen'), th('Last day seen')];
  return rows.length > 0 ? table([90, COLUMN - 90 - 300 - 24, 150, 150], header, rows) : undefined;
}

function outsideTable({ outsideWindow }: Completeness): PdfNode | undefined {
  const rows = outsideWindow.map(({ sourceId, name, firstTime, lastTime }) => [
    `S${sourceId}`,
    name,
    instantInColumn(firstTime),
    instantInColumn(lastTime),
  ]);
  const header = [th('Source'), th('Name'), th('First record (UTC)'), th('Last record (UTC)')];
  return rows.length > 0 ? table([32, COLUMN - 32 - 208 - 24, 104, 104], header, rows) : undefined;
}

function neverSeenTable({ neverSeen }: Completeness): PdfNode | undefined {
  const rows = neverSeen.map(({ stream, system }) => [stream, system ?? 'any system']);
  return rows.length > 0 ? table([160, COLUMN - 168], [th('Stream'), th('System')], rows) : undefined;
}

/** Contents with page numbers. */
export function contentsPage(): PdfNode[] {
  return [
    { text: 'Contents', style: 'h1', pageBreak: 'before' },
    { toc: { numberStyle: { color: colours.mute }, textMargin: [0, 2.2, 0, 2.2] } },
  ];
}
