/** Open Policy Agent: decision logs, status logs, its own log; results of opa eval, opa test and conftest. docs/formats/opa-decisions.md */
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { openOpaFile } from './opa-file.ts';
import { recogniseOpa } from './recognise.ts';

export const opaDecisions: Format = asTextFile({
  id: 'opa-decisions',
  title: 'Open Policy Agent decision logs, results of opa eval, opa test and conftest',
  version: 2,
  framing: 'spans',
  streams: ['opa'],
  recognise: recogniseOpa,
  open: openOpaFile,
});
