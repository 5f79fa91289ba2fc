/** Okta's System Log (API v1) as it is exported, streamed or handed on. docs/formats/okta-system.md */
import { openEventFile, recogniseEventFile } from '../event-records/event-files.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { oktaEvents } from './events.ts';

export const oktaSystem: Format = asTextFile({
  id: 'okta-system',
  title: 'Okta System Log',
  version: 2,
  framing: 'spans',
  streams: ['okta'],
  recognise: (head) => recogniseEventFile(oktaEvents, head),
  open: (sink, context) => openEventFile(oktaEvents, sink, context),
});
