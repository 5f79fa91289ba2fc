/** Sign-in and audit logs of Microsoft Entra, as JSON or as the portal's CSV. docs/formats/entra-signin.md */
import { JsonEventReader } from '../event-records/json-event-reader.ts';
import { recogniseEvents } from '../event-records/recognise-events.ts';
import type { Format } from '../format.ts';
import { DownloadReader } from './download-reader.ts';
import { recogniseDownload } from './download.ts';
import { entraEvents } from './events.ts';
import { EntraReader, isTable } from './reader.ts';

export const entraSignin: Format = {
  id: 'entra-signin',
  title: 'Microsoft Entra sign-in and audit logs',
  version: 1,
  framing: 'spans',
  streams: ['entra'],
  recognise: (head) => (isTable(head) ? recogniseDownload(head) : recogniseEvents(entraEvents, head)),
  open: (sink, context) =>
    new EntraReader({
      json: () => new JsonEventReader(entraEvents, sink, context),
      csv: () => new DownloadReader(sink, context),
    }),
};
