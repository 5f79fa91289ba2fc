/** The control matrix: one row a control, its days as a strip over the window. */
import { controlDayStates, type ControlDayState } from '../../shared/states.ts';
import type { BinderContent, ControlContent } from './content.ts';
import { dayStrip, LEGEND, legendMark, monthHeader } from './day-strip.ts';
import { COLUMN, colours, heading, paragraph, table, th, type PdfNode } from './design.ts';

const STRIP_WIDTH = 228;
const TITLE_WIDTH = 138;
/** pdfmake reserves room for a page number of five digits. */
const PAGE_WIDTH = 28;

/** Section 3. */
export function matrixPages(content: BinderContent): PdfNode[] {
  const { days } = content.window;
  const header = [
    th('Control'),
    { svg: monthHeader(days, STRIP_WIDTH), width: STRIP_WIDTH, margin: [0, -1, 0, -2] },
    th('Days'),
    th('Page', 'right'),
  ];
  const rows = content.controls.map((control, place) => matrixRow(control, place, days));
  return [
    heading('3  Control matrix', 'matrix'),
    paragraph(
      'Every control on every day of the window. The words beside a strip count its days; the page named last lists them.',
    ),
    stateLegend(content.controls.flatMap((control) => control.days.map(({ state }) => state))),
    rows.length > 0
      ? table(
          [TITLE_WIDTH, STRIP_WIDTH, COLUMN - TITLE_WIDTH - STRIP_WIDTH - PAGE_WIDTH - 24, PAGE_WIDTH],
          header,
          rows,
        )
      : paragraph('No control was run.'),
  ];
}

function matrixRow(control: ControlContent, place: number, days: readonly string[]): PdfNode[] {
  const states = control.days.map(({ state }) => state);
  return [
    {
      stack: [
        { text: control.id, bold: true, color: colours.link, linkToDestination: controlAnchor(place) },
        { text: control.title, fontSize: 7.5 },
      ],
    },
    { svg: dayStrip(days, states, { width: STRIP_WIDTH, axis: false }), width: STRIP_WIDTH, margin: [0, -4, 0, 0] },
    { text: control.conclusion, fontSize: 7.5, margin: [0, 1, 0, 0] },
    { pageReference: controlAnchor(place), alignment: 'right' },
  ];
}

/** Destination of a control's section. */
export function controlAnchor(place: number): string {
  return `control-${place + 1}`;
}

/** Marks and names of the states that occur, side by side, in the order of precedence. */
export function stateLegend(occurring: readonly ControlDayState[]): PdfNode {
  const shown = controlDayStates.filter((state) => occurring.includes(state));
  // Widths by hand: an automatic width would break `no evidence` in two. A letter is about 3.8 points at this size.
  const entries = shown.flatMap((state) => [
    { stack: [{ svg: legendMark(state), width: LEGEND.width }], width: LEGEND.width + 3 },
    { text: state, style: 'small', width: state.length * 4 + 5.5, margin: [0, 4, 0, 0] },
  ]);
  return { columns: entries, columnGap: 0, margin: [0, 0, 0, 4] };
}
