/** Sign-in and audit logs of Microsoft Entra, as JSON or as the portal's CSV. docs/formats/entra-signin.md */
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { DownloadReader } from './download-reader.ts';
import { recogniseDownload } from './download.ts';
import { entraEvents } from './events.ts';
import { EntraReader, isDownload } from './reader.ts';

export const entraSignin: Format = asTextFile({
  id: 'entra-signin',
  title: 'Microsoft Entra sign-in and audit logs',
  version: 2,
  framing: 'spans',
  streams: ['entra'],
  recognise: (head) => (isDownload(head) ? recogniseDownload(head) : recogniseEventFile(entraEvents, head)),
  open: (sink, context) =>
    new EntraReader({
      events: () => openEventFile(entraEvents, sink, context),
      download: () => new DownloadReader(sink, context),
    }),
});
