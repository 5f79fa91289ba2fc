/** Results of configuration scans: XCCDF 1.1 and 1.2, and ARF around it. docs/formats/xccdf.md */
import type { Format } from '../format.ts';
import { XccdfReader } from './reader.ts';
import { recogniseXccdf } from './root.ts';

export const xccdf: Format = {
  id: 'xccdf',
  title: 'XCCDF and ARF results (OpenSCAP and others)',
  version: 1,
  framing: 'spans',
  streams: ['openscap', 'xccdf'],
  recognise: recogniseXccdf,
  open: (sink, context) => new XccdfReader(sink, context),
};
