/** Reports of AIDE, the file integrity checker, as text and as JSON. docs/formats/aide.md */
import type { Format } from '../format.ts';
import { HeadReader } from '../framing/head-reader.ts';
import { AideJsonReader } from './json-reader.ts';
import { beginsAsJson, recogniseAide } from './recognise.ts';
import { AideTextReader } from './text-reader.ts';

export const aide: Format = {
  id: 'aide',
  title: 'AIDE file integrity report (text, JSON)',
  version: 1,
  framing: 'spans',
  streams: ['aide'],
  recognise: recogniseAide,
  open: (sink, context) =>
    new HeadReader((head) =>
      beginsAsJson(head) ? new AideJsonReader(sink, context) : new AideTextReader(sink, context),
    ),
};
