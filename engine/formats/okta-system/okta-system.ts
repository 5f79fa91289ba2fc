/** Okta's System Log (API v1) as it is exported, streamed or handed on. docs/formats/okta-system.md */
import { JsonEventReader } from '../event-records/json-event-reader.ts';
import { recogniseEvents } from '../event-records/recognise-events.ts';
import type { Format } from '../format.ts';
import { oktaEvents } from './events.ts';

export const oktaSystem: Format = {
  id: 'okta-system',
  title: 'Okta System Log',
  version: 1,
  framing: 'spans',
  streams: ['okta'],
  recognise: (head) => recogniseEvents(oktaEvents, head),
  open: (sink, context) => new JsonEventReader(oktaEvents, sink, context),
};
