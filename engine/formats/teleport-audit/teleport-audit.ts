/** Audit events of Teleport, as its log, its event handler and its exports write them. docs/formats/teleport-audit.md */
import { JsonEventReader } from '../event-records/json-event-reader.ts';
import { recogniseEvents } from '../event-records/recognise-events.ts';
import type { Format } from '../format.ts';
import { teleportEvents } from './events.ts';

export const teleportAudit: Format = {
  id: 'teleport-audit',
  title: 'Teleport audit events',
  version: 1,
  framing: 'spans',
  streams: ['teleport'],
  recognise: (head) => recogniseEvents(teleportEvents, head),
  open: (sink, context) => new JsonEventReader(teleportEvents, sink, context),
};
