/** The whole binder as a pdfmake definition: pages in order, running lines, metadata. */
import { sha256 } from '../core/hash.ts';
import type { BinderAttachment } from './attachment.ts';
import type { BinderContent } from './content.ts';
import { controlSection } from './control-section.ts';
import { A4, colours, defaultStyle, margins, styles, type PdfNode } from './design.ts';
import { contentsPage, completenessPage, coverPage } from './front-pages.ts';
import { commonCoverage } from './fonts.ts';
import { matrixPages } from './matrix-pages.ts';
import { printableLines, printableText } from './printable-text.ts';
import { attachmentPages, coveragePages, custodyPages, evidencePages, glossaryPages } from './register-pages.ts';
import { scopePages, verifyPages } from './scope-pages.ts';

/** Definition of the document. `attachments` begins with the manifest. */
export function binderDocument(
  content: BinderContent,
  attachments: readonly BinderAttachment[],
): Record<string, unknown> {
  const print = printableContent(content);
  return {
    pageSize: { width: A4.width, height: A4.height },
    pageMargins: [margins.left, margins.top, margins.right, margins.bottom],
    version: '1.7',
    subset: 'PDF/A-3b',
    language: 'en-GB',
    displayTitle: true,
    compress: true,
    info: metadata(print),
    defaultStyle: { ...defaultStyle },
    styles: structuredClone(styles),
    header: (page: number) => (page === 1 ? null : runningHeader(print)),
    footer: (page: number, pages: number) => (page === 1 ? null : runningFooter(print, page, pages)),
    content: allPages(print, content, attachments),
  };
}

function allPages(
  print: BinderContent,
  { controls }: BinderContent,
  attachments: readonly BinderAttachment[],
): readonly PdfNode[] {
  const sections = print.controls.flatMap((control, place) => {
    const at = { content: print, control, place, attachments };
    return controlSection(
      at,
      printableLines(controls[place]!.sql, commonCoverage()).map((line) => shortened(line, LONGEST_TEXT)),
    );
  });
  return [
    ...coverPage(print),
    ...completenessPage(print),
    ...contentsPage(),
    ...scopePages(print),
    ...verifyPages(print, sha256(attachments[0]!.bytes)),
    ...matrixPages(print),
    ...sections,
    ...coveragePages(print),
    ...evidencePages(print),
    ...custodyPages(print),
    ...attachmentPages(attachments),
    ...glossaryPages(print),
  ];
}

/** The content with every text made fit for print: no hidden marks, no character the fonts lack. */
export function printableContent(content: BinderContent): BinderContent {
  return printableValue(content) as BinderContent;
}

function printableValue(value: unknown): unknown {
  if (typeof value === 'string') return printableText(shortened(value, LONGEST_TEXT), commonCoverage());
  if (Array.isArray(value)) return value.map(printableValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, printableValue(member)]));
}

function metadata(content: BinderContent): Record<string, unknown> {
  return {
    title: `Evidence binder ${content.binderId}: ${content.entity}`,
    subject: `Control tests from ${content.window.firstDay} to ${content.window.lastDay}`,
    ...(content.signer ? { author: content.signer.name } : {}),
    creator: `${content.generator.name} ${content.generator.version}`,
    producer: `${content.generator.name} ${content.generator.version} (pdfmake 0.3.11)`,
    // The only clock in the file is the caller's.
    creationDate: new Date(content.madeAt),
  };
}

function runningHeader({ entity, window, binderId }: BinderContent): PdfNode {
  return {
    columns: [
      {
        text: `${entity.length > RUNNING_NAME ? `${entity.slice(0, RUNNING_NAME - 1)}…` : entity}, ${window.firstDay} to ${window.lastDay}`,
        style: 'small',
      },
      { text: binderId, style: 'small', alignment: 'right', width: 160 },
    ],
    margin: [margins.left, 28, margins.right, 0],
  };
}

/** More than this in one cell is not for reading; a row must fit on a page. The attached files have all of it. */
const LONGEST_TEXT = 1000;

/** Cut text says so, and how much is missing. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Not between the halves of a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text[longest - 1]!) ? longest - 1 : longest;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

/** One line has room for about so many characters; the cover has the whole name. */
const RUNNING_NAME = 48;

function runningFooter({ ledger }: BinderContent, page: number, pages: number): PdfNode {
  return {
    columns: [
      { text: `Ledger head begins ${ledger.headHash.slice(0, 8)}`, font: 'Mono', fontSize: 7.5, color: colours.mute },
      { text: `Page ${page} of ${pages}`, style: 'small', alignment: 'right' },
    ],
    margin: [margins.left, 18, margins.right, 0],
  };
}
