/** Checks of Kubernetes nodes by kube-bench, as JSON. docs/formats/kube-bench.md */
import { JsonResultsReader } from '../check-results/json-results.ts';
import { recogniseResults } from '../check-results/recognise-results.ts';
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { isControls } from './controls.ts';
import { kubeBenchFiles, KubeBenchResults } from './results.ts';

export const kubeBench: Format = asTextFile({
  id: 'kube-bench',
  title: 'kube-bench results (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['kube-bench'],
  recognise: (head) =>
    recogniseResults(head, {
      files: kubeBenchFiles,
      isResult: isControls,
      signs: 'an id, a node_type and tests',
      telling: ['node_type', 'test_number', 'test_desc'],
    }),
  open: (sink, context) => new JsonResultsReader(new KubeBenchResults(sink, context), sink, context),
});
