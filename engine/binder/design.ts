/**
 * How a binder looks: measures in points, colours, styles, table lines. Colours are chosen so that text keeps at least
 * 5.9:1 on white; no state is told apart by colour alone (day-strip.ts).
 */

/** A node of pdfmake. pdfmake changes the nodes it is given, so each is made by a function and used once. */
export type PdfNode = string | readonly PdfNode[] | { readonly [key: string]: unknown };

export const A4 = { width: 595.28, height: 841.89 } as const;

/** The left margin is wider for binding. */
export const margins = { left: 54, top: 62, right: 41, bottom: 56 } as const;

/** Width of the text column. */
export const COLUMN = 500;

export const colours = {
  ink: '#16202a',
  mute: '#55616d',
  line: '#d3d9df',
  soft: '#f3f5f7',
  link: '#1f4e79',
  deviation: '#b3261e',
} as const;

export const styles = {
  cover: { fontSize: 34, bold: true, lineHeight: 1 },
  h1: { fontSize: 17, bold: true, margin: [0, 0, 0, 8], lineHeight: 1.1 },
  h2: { fontSize: 10.5, bold: true, margin: [0, 13, 0, 4] },
  paragraph: { margin: [0, 0, 0, 6], lineHeight: 1.3 },
  th: { bold: true, fontSize: 7.5, color: colours.mute },
  small: { fontSize: 7.5, color: colours.mute },
  figure: { fontSize: 22, bold: true, lineHeight: 1 },
} as const;

export const BASE_SIZE = 8.5;
export const MONO_SIZE = 7.5;

export const defaultStyle = { font: 'Sans', fontSize: BASE_SIZE, color: colours.ink, lineHeight: 1.15 } as const;

/** Share of the font size above the baseline, the same in Plex Sans and Plex Mono. */
const ASCENT = 1.025;

interface LineContext {
  readonly table: { readonly body: readonly unknown[]; readonly headerRows?: number };
}

/** Tables have lines between rows only: strong around the body, hair-thin inside. */
export const tableLayouts = {
  ruled: {
    hLineWidth: (index: number, { table }: LineContext) =>
      index === 0 || index === (table.headerRows ?? 0) || index === table.body.length ? 0.8 : 0.35,
    hLineColor: (index: number, { table }: LineContext) =>
      index <= (table.headerRows ?? 0) || index === table.body.length ? colours.ink : colours.line,
    vLineWidth: () => 0,
    paddingTop: () => 3,
    paddingBottom: () => 3,
    paddingLeft: (index: number) => (index === 0 ? 0 : 4),
    paddingRight: (index: number, { table }: { table: { widths: readonly unknown[] } }) =>
      index === table.widths.length - 1 ? 0 : 4,
  },
  block: {
    hLineWidth: () => 0,
    vLineWidth: (index: number) => (index === 0 ? 2 : 0),
    // A heading row has no rule at its side.
    vLineColor: (_: number, { table }: LineContext, row: number) =>
      row < (table.headerRows ?? 0) ? '#ffffff' : colours.line,
    paddingTop: (index: number, { table }: LineContext) => (index === (table.headerRows ?? 0) ? 5 : 0),
    paddingBottom: (index: number, { table }: LineContext) => (index === table.body.length - 1 ? 5 : 0.4),
    paddingLeft: () => 8,
    paddingRight: () => 4,
  },
} as const;

/** Top-level heading: in the contents, in the bookmarks, on a new page unless it says otherwise. */
export function heading(text: string, id: string, options: { readonly sharePage?: boolean } = {}): PdfNode {
  return {
    text,
    style: 'h1',
    id,
    tocItem: true,
    outline: true,
    outlineExpanded: false,
    ...(options.sharePage ? { margin: [0, 26, 0, 8] } : { pageBreak: 'before' }),
  };
}

export function subheading(text: string): PdfNode {
  return { text, style: 'h2' };
}

export function paragraph(text: string | readonly PdfNode[]): PdfNode {
  return { text, style: 'paragraph' };
}

export function small(text: string): PdfNode {
  return { text, style: 'small' };
}

/** A header cell. */
export function th(text: string, alignment: 'left' | 'right' = 'left'): PdfNode {
  return { text, style: 'th', alignment };
}

/** A figure in a cell, aligned right. */
export function right(text: string): PdfNode {
  return { text, alignment: 'right' };
}

/** Monospaced text; in a cell its baseline is brought down to that of the text beside it. */
export function mono(text: string, size: number = MONO_SIZE): PdfNode {
  return { text, font: 'Mono', fontSize: size, margin: [0, (BASE_SIZE - size) * ASCENT, 0, 0] };
}

/**
 * A ruled table with fixed widths (points, without the 8 points of padding between columns): an automatic width would
 * let one long word push the table over the edge of the page.
 */
export function table(widths: readonly number[], header: readonly PdfNode[], rows: readonly PdfNode[][]): PdfNode {
  return {
    layout: 'ruled',
    table: {
      headerRows: header.length > 0 ? 1 : 0,
      keepWithHeaderRows: Math.min(3, rows.length),
      dontBreakRows: true,
      widths: [...widths],
      body: header.length > 0 ? [header, ...rows] : rows,
    },
  };
}

/** So many rows fit on a page with their heading, whatever they hold; longer tables break between rows. */
const MOST_ROWS_TOGETHER = 9;

/** A heading with what it is about. A short table stays with its heading; a long one begins below it. */
export function block(title: string, ...content: readonly PdfNode[]): PdfNode {
  const longest = Math.max(0, ...content.map(rowCount));
  return { stack: [subheading(title), ...content], unbreakable: longest <= MOST_ROWS_TOGETHER };
}

function rowCount(node: PdfNode): number {
  const body = (node as { table?: { body?: readonly unknown[] } }).table?.body;
  return body?.length ?? 0;
}

/** Big figures side by side, each with its words below. */
export function figures(entries: readonly { readonly value: string; readonly label: string }[]): PdfNode {
  return {
    columns: entries.map(({ value, label }) => ({
      stack: [
        { text: value, style: 'figure' },
        { text: label, style: 'small' },
      ],
    })),
    columnGap: 10,
    margin: [0, 4, 0, 6],
  };
}

/** Terms on the left, what they are on the right. */
export function facts(entries: readonly (readonly [string, PdfNode])[], termWidth = 112): PdfNode {
  return table(
    [termWidth, COLUMN - termWidth - 8],
    [],
    entries.map(([term, value]) => [{ text: term, color: colours.mute }, value]),
  );
}
