/** The activity log of Azure Monitor as it is exported, streamed or fetched. docs/formats/azure-activity.md */
import { JsonEventReader } from '../event-records/json-event-reader.ts';
import { recogniseEvents } from '../event-records/recognise-events.ts';
import type { Format } from '../format.ts';
import { azureEvents } from './events.ts';

export const azureActivity: Format = {
  id: 'azure-activity',
  title: 'Azure activity log',
  version: 1,
  framing: 'spans',
  streams: ['azure'],
  recognise: (head) => recogniseEvents(azureEvents, head),
  open: (sink, context) => new JsonEventReader(azureEvents, sink, context),
};
