/** Alerts and silences of Prometheus Alertmanager: answers of its API, and what it sends to webhooks. docs/formats/alertmanager.md */
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { AlertReader } from './reader.ts';
import { recogniseAlerts } from './recognise.ts';

export const alertmanager: Format = asTextFile({
  id: 'alertmanager',
  title: 'Alertmanager alerts and silences',
  version: 2,
  framing: 'spans',
  streams: ['alertmanager'],
  recognise: recogniseAlerts,
  open: (sink, context) => new AlertReader(sink, context),
});
