/** Audit events of the Kubernetes API server: audit.log, webhook batches, what clouds hand on. docs/formats/k8s-audit.md */
import { JsonEventReader } from '../event-records/json-event-reader.ts';
import { recogniseEvents } from '../event-records/recognise-events.ts';
import type { Format } from '../format.ts';
import { auditEvents } from './events.ts';

export const k8sAudit: Format = {
  id: 'k8s-audit',
  title: 'Kubernetes audit log',
  version: 1,
  framing: 'spans',
  streams: ['k8s'],
  recognise: (head) => recogniseEvents(auditEvents, head),
  open: (sink, context) => new JsonEventReader(auditEvents, sink, context),
};
