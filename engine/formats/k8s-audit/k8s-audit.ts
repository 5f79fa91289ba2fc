/** Audit events of the Kubernetes API server: audit.log, webhook batches, what clouds hand on. docs/formats/k8s-audit.md */
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { auditEvents } from './events.ts';

export const k8sAudit: Format = asTextFile({
  id: 'k8s-audit',
  title: 'Kubernetes audit log',
  version: 2,
  framing: 'spans',
  streams: ['k8s'],
  recognise: (head) => recogniseEventFile(auditEvents, head),
  open: (sink, context) => openEventFile(auditEvents, sink, context),
});
