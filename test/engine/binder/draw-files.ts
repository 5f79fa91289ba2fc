/** A PDF of one page with any files inside: what a dishonest maker of binders could sign. */
import pdfmake from 'pdfmake';
import { fontDescriptors } from '../../../engine/binder/fonts.ts';
import { asPdfkitDocument, embedFile, finishDocument } from '../../../engine/binder/pdfkit-document.ts';

export async function drawFiles(
  files: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[],
): Promise<Uint8Array> {
  pdfmake.setFonts(fontDescriptors());
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => true);
  const definition = { version: '1.7', content: ['One page.'], defaultStyle: { font: 'Sans' } };
  const document = asPdfkitDocument(await pdfmake.createPdf(definition).getStream());
  for (const file of files) embedFile(document, { relationship: 'Data', description: 'A file', ...file }, new Date(0));
  return finishDocument(document);
}
