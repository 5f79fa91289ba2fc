/** Audit events of Teleport, as its log, its event handler and its exports write them. docs/formats/teleport-audit.md */
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { teleportEvents } from './events.ts';

export const teleportAudit: Format = asTextFile({
  id: 'teleport-audit',
  title: 'Teleport audit events',
  version: 2,
  framing: 'spans',
  streams: ['teleport'],
  recognise: (head) => recogniseEventFile(teleportEvents, head),
  open: (sink, context) => openEventFile(teleportEvents, sink, context),
});
