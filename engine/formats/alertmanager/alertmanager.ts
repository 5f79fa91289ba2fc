/** Alerts and silences of Prometheus Alertmanager: answers of its API, and what it sends to webhooks. docs/formats/alertmanager.md */
import type { Format } from '../format.ts';
import { AlertReader } from './reader.ts';
import { recogniseAlerts } from './recognise.ts';

export const alertmanager: Format = {
  id: 'alertmanager',
  title: 'Alertmanager alerts and silences',
  version: 1,
  framing: 'spans',
  streams: ['alertmanager'],
  recognise: recogniseAlerts,
  open: (sink, context) => new AlertReader(sink, context),
};
