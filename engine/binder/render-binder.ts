/** Draws the unsigned binder. The same content and attachments give the same bytes on the same build. */
// The package has no types; a project that includes this file only by import must find ours.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./pdfmake.d.ts" />
import pdfmake from 'pdfmake';
import type { JobContext } from '../core/effects.ts';
import type { BinderAttachment } from './attachment.ts';
import type { BinderContent } from './content.ts';
import { tableLayouts } from './design.ts';
import { binderDocument } from './document.ts';
import { fontDescriptors, fontsFolder } from './fonts.ts';
import { heedSignal } from './heed-signal.ts';
import { manifestAttachment } from './manifest.ts';
import { asPdfkitDocument, embedFile, escapeXmp, finishDocument } from './pdfkit-document.ts';

/**
 * Gives the bytes of a PDF/A-3b file with manifest.json and `attachments` inside.
 *
 * Layout is one synchronous stretch (about 5 ms a page): run it in a process that can be killed. A cancelled job is
 * noticed before and after it. Fails (throws) with `cancelled`.
 */
export async function renderBinder(
  content: BinderContent,
  attachments: readonly BinderAttachment[],
  job?: JobContext,
): Promise<Uint8Array> {
  job?.progress({ step: 'Laying out pages' });
  const files = [manifestAttachment(content, attachments), ...attachments];
  await heedSignal(job?.signal);
  preparePdfmake(job);
  const drawn = await pdfmake.createPdf(binderDocument(content, files)).getStream();
  await heedSignal(job?.signal);
  const document = asPdfkitDocument(drawn);
  escapeXmp(document);
  for (const file of files) embedFile(document, file, new Date(content.madeAt));
  return finishDocument(document);
}

/** pdfmake is one object for the whole process; it must reach neither the network nor any file but the fonts. */
function preparePdfmake(job: JobContext | undefined): void {
  const folder = fontsFolder();
  pdfmake.setFonts(fontDescriptors());
  pdfmake.setTableLayouts(tableLayouts as unknown as Record<string, Record<string, unknown>>);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => path.startsWith(folder));
  pdfmake.setProgressCallback(job && ((fraction) => job.progress({ step: 'Drawing pages', fraction })));
}
