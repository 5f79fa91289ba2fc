/** Results in the Heimdall Data Format of MITRE, and InSpec's JSON. docs/formats/hdf.md */
import { JsonResultsReader } from '../check-results/json-results.ts';
import { recogniseResults } from '../check-results/recognise-results.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { isProfile } from './profile.ts';
import { hdfFiles, HdfResults } from './results.ts';

export const hdf: Format = asTextFile({
  id: 'hdf',
  title: 'Heimdall Data Format and InSpec results (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['hdf'],
  recognise: (head) =>
    recogniseResults(head, {
      files: hdfFiles,
      isResult: isProfile,
      signs: 'a name and controls with id and impact',
      telling: ['profiles', 'controls', 'impact', 'tags'],
    }),
  open: (sink, context) => new JsonResultsReader(new HdfResults(sink, context), sink, context),
});
