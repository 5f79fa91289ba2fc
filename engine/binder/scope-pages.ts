/** Scope and window, how to read the strips, and how a stranger checks the file. */
import { controlDayStates } from '../../shared/states.ts';
import type { BinderContent, SignerNotice, SystemLine } from './content.ts';
import { LEGEND, legendMark } from './day-strip.ts';
import { COLUMN, colours, facts, heading, mono, paragraph, subheading, table, th, type PdfNode } from './design.ts';
import { countOf, fingerprint, groupHash, instantInColumn } from './figures.ts';
import { stateLooks, stateMeanings } from './glossary.ts';

/** Section 1. */
export function scopePages(content: BinderContent): PdfNode[] {
  const { window } = content;
  return [
    heading('1  Scope and window', 'scope'),
    paragraph(
      `Each control was tested on each of the ${countOf(window.days.length, 'day')} from ${window.firstDay} to ` +
        `${window.lastDay}, both included. A day begins and ends at midnight in ${window.zone}. Times in this binder ` +
        'are in UTC unless a column says otherwise.',
    ),
    paragraph(
      'A control test is a query over imported evidence. It gives one row for each item of its population, and each ' +
        'row cites the record it rests on. Queries, parameters and results are printed here and attached as files.',
    ),
    subheading(`Systems in scope (${content.systems.length})`),
    systemsTable(content.systems),
    {
      unbreakable: true,
      stack: [
        subheading('How to read a day strip'),
        paragraph(
          'One mark a day. Where several states apply to a day, the first in this list is shown; all are kept in ' +
            'control-days.csv. States differ in height, hatching and markers, so that they survive a grey print.',
        ),
        stateKey(),
      ],
    },
  ];
}

function systemsTable(systems: readonly SystemLine[]): PdfNode {
  if (systems.length === 0)
    return paragraph('No inventory of systems was given. Expectations were not derived from one.');
  const header = ['System', 'Role', 'Environment', 'Criticality', 'Owner', 'In scope', 'Evidence needed'].map((text) =>
    th(text),
  );
  const rows = systems.map((line) => [
    { text: line.system, bold: true },
    line.role ?? '',
    line.environment ?? '',
    line.criticality ?? '',
    line.owner ?? '',
    scopeText(line),
    line.needs.join(', ') || 'none named',
  ]);
  return table([74, 58, 58, 46, 62, 64, COLUMN - 362 - 48], header, rows);
}

function scopeText({ scopeFrom, scopeTo }: SystemLine): string {
  if (!scopeFrom && !scopeTo) return 'whole window';
  return [scopeFrom ? `from ${scopeFrom}` : '', scopeTo ? `until ${scopeTo}` : ''].join(' ').trim();
}

function stateKey(): PdfNode {
  const rows = controlDayStates.map((state) => [
    { svg: legendMark(state), width: LEGEND.width, margin: [2, -2.5, 0, -2] },
    { text: state, bold: true },
    { text: stateLooks[state], color: colours.mute },
    stateMeanings[state],
  ]);
  return table([18, 66, 112, COLUMN - 196 - 24], [th(''), th('State'), th('Drawn as'), th('Meaning')], rows);
}

/** Section 2. */
export function verifyPages(content: BinderContent, manifestSha256: string): PdfNode[] {
  return [
    heading('2  How to verify this file', 'verify'),
    paragraph(
      'A valid signature says: the holder of the key below signed exactly these bytes, and no byte was changed since.',
    ),
    paragraph(
      'It does not say that the evidence is true, that the signer is who the name claims (compare the fingerprint with ' +
        'one received by another way), or when it was signed: the time in the file is the claim of one computer. ' +
        'It says nothing about any criterion.',
    ),
    subheading('Fingerprints (SHA-256)'),
    fingerprints(content.signer, manifestSha256),
    subheading('With Fieldwork, and nothing else'),
    command('fieldwork verify BINDER.pdf'),
    command('fieldwork verify BINDER.pdf --trust ROOT.cer'),
    paragraph(
      'Checks the structure, the signature, that it covers the last byte, and each attachment against the manifest.',
    ),
    command('fieldwork reperform CASE --binder BINDER.pdf'),
    paragraph('With the case at hand: imports the evidence again, runs the controls again, and compares the hashes.'),
    subheading('With common tools'),
    command('pdfsig BINDER.pdf'),
    paragraph(
      'Must print "Signature is Valid" and "Total document signed". A file to which something was appended still reads ' +
        '"Signature is Valid" there, without the second line.',
    ),
    command('pdfdetach -saveall BINDER.pdf; sha256sum *.json *.csv *.sql'),
    paragraph('Compare with the list of attached files at the end, and with manifest.json.'),
  ];
}

function fingerprints(signer: SignerNotice | null, manifestSha256: string): PdfNode {
  const manifest = ['manifest.json', mono(groupHash(manifestSha256))] as const;
  if (!signer) return facts([['Signer', 'None: this is an unsigned draft.'], manifest]);
  return facts([
    ['Signer', signer.name],
    ['Signing certificate', mono(fingerprint(signer.certificateSha256))],
    [
      'Root certificate',
      signer.rootSha256 ? mono(fingerprint(signer.rootSha256)) : 'The chain has no root in this file.',
    ],
    ['Valid until', `${instantInColumn(signer.notAfter)} UTC`],
    manifest,
  ]);
}

function command(text: string): PdfNode {
  return {
    layout: 'block',
    margin: [0, 2, 0, 3],
    table: { widths: [COLUMN - 14], body: [[{ text, font: 'Mono', fontSize: 8, fillColor: colours.soft }]] },
  };
}
