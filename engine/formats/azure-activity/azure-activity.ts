/** The activity log of Azure Monitor as it is exported, streamed or fetched. docs/formats/azure-activity.md */
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { azureEvents } from './events.ts';

export const azureActivity: Format = asTextFile({
  id: 'azure-activity',
  title: 'Azure activity log',
  version: 2,
  framing: 'spans',
  streams: ['azure'],
  recognise: (head) => recogniseEventFile(azureEvents, head),
  open: (sink, context) => openEventFile(azureEvents, sink, context),
});
