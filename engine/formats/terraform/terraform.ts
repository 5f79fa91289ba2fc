/** Plans, states and logs of runs of Terraform and OpenTofu. docs/formats/terraform.md */
import type { Format, Recognition } from '../format.ts';
import { JsonRecordScanner } from '../framing/json-records.ts';
import { asTextFile } from '../framing/text-file.ts';
import { TerraformReader } from './reader.ts';
import { shapeOf, terraformFiles, type Shape } from './shapes.ts';

export const terraform: Format = asTextFile({
  id: 'terraform',
  title: 'Terraform plan, state and run log (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['terraform'],
  recognise,
  open: (sink, context) => new TerraformReader(sink, context),
});

function recognise(head: Uint8Array): Recognition {
  const named = recogniseNames(head);
  if (named) return named;
  let records = 0;
  let found = 0;
  const scanner = new JsonRecordScanner(terraformFiles, {
    record: ({ value }) => {
      records++;
      if (isTelling(shapeOf(value), value)) found++;
    },
    damaged: (byte, bytes) => {
      if (byte + bytes.length < head.length) records++;
    },
  });
  scanner.push(head);
  scanner.finish();
  const reason = `${found} of the first ${records} JSON records are changes, resources or log lines of Terraform.`;
  return { confidence: found * 2 <= records || found === 0 ? 0 : (0.98 * found) / records, reason };
}

/** A plan or state by the names at its beginning; its resources may lie beyond the head. */
function recogniseNames(head: Uint8Array): Recognition | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const begins = /^(?:\xef\xbb\xbf)?\s*\{\s*"(format_version|version|plan_format_version|terraform_version)"\s*:/.exec(
    text,
  )?.[1];
  if (begins === undefined) return undefined;
  const has = (name: string): boolean => new RegExp(`"${name}"\\s*:`).test(text);
  const names = [
    'terraform_version',
    'lineage',
    'serial',
    'planned_values',
    'resource_changes',
    'values',
    'prior_state',
  ];
  const found = names.filter(has);
  const isState = has('terraform_version') && (has('lineage') || has('serial') || has('values'));
  const isPlan = has('planned_values') || has('resource_changes') || has('prior_state');
  if (!isState && !(isPlan && (has('format_version') || has('terraform_version')))) return undefined;
  return {
    confidence: 0.98,
    reason: `It begins with ${begins}, and has ${found.join(', ')} as plans and states of Terraform do.`,
  };
}

function isTelling(shape: Shape | undefined, value: unknown): boolean {
  if (shape === 'log line') {
    const { '@module': module, type } = value as Record<string, unknown>;
    return typeof module === 'string' && /^(?:terraform|tofu)\b/.test(module) && typeof type === 'string';
  }
  // An empty state is {"format_version":"1.0"}, which others could write too.
  const isNamed = shape === 'document' && Object.keys(value as object).length > 1;
  return isNamed || (shape === 'change' && Array.isArray((value as { change: { actions?: unknown } }).change.actions));
}
