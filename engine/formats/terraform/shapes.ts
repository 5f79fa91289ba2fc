/** What a record of a file of Terraform is, by its members. docs/formats/terraform.md */
import type { JsonRecordOptions } from '../framing/json-records.ts';

export type Members = Readonly<Record<string, unknown>>;

export type Shape =
  | 'log line' // {"@timestamp":..., "@message":..., "type":"apply_start"}
  | 'change' // of a plan: {"address":..., "change":{"actions":[...]}}
  | 'resource' // of `show -json`: {"address":..., "values":{...}}
  | 'module' // of `show -json`: {"address":"module.x", "resources":[...]}
  | 'state resource' // of a raw state: {"mode":..., "type":..., "instances":[...]}
  | 'state module' // of a raw state before 0.12: {"path":["root"], "resources":{...}}
  | 'document'; // a plan or a state without any list of these

/**
 * Lists of a plan and of states. Those of `planned_values` and `configuration` say what the changes say already; they
 * stay with the document, which is not kept whole.
 */
export const terraformFiles: JsonRecordOptions = {
  lists: [
    'resource_changes',
    ['prior_state', 'values', 'root_module', 'resources'],
    ['prior_state', 'values', 'root_module', 'child_modules'],
    ['values', 'root_module', 'resources'],
    ['values', 'root_module', 'child_modules'],
    ...['resources', 'modules', 'value', 'Records', 'events'],
  ],
  firstKeys: ['address', 'mode', 'module', '@level', '@message', 'path', 'format_version', 'version', 'resources'],
  maxRecordBytes: 64 * 1024 * 1024,
};

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells what a record is; `undefined` where Terraform writes none like it. */
export function shapeOf(value: unknown): Shape | undefined {
  if (!isObject(value)) return undefined;
  const text = (name: string): boolean => typeof value[name] === 'string' && value[name] !== '';
  if ('@timestamp' in value && text('@message')) return 'log line';
  if (isObject(value['change']) && (text('address') || text('type'))) return 'change';
  if (text('type') && Array.isArray(value['instances'])) return 'state resource';
  if (text('address') && text('type') && ('values' in value || text('mode'))) return 'resource';
  if (Array.isArray(value['path']) && isObject(value['resources'])) return 'state module';
  if (!text('type') && (Array.isArray(value['resources']) || Array.isArray(value['child_modules']))) {
    return text('terraform_version') ? 'document' : 'module';
  }
  return isDocument(value) ? 'document' : undefined;
}

/** A plan, a state as `show -json` prints it, or a raw state. */
export function isDocument(value: unknown): value is Members {
  if (!isObject(value)) return false;
  const { format_version, terraform_version, version, lineage } = value;
  if (typeof version === 'number' && (typeof terraform_version === 'string' || typeof lineage === 'string'))
    return true;
  if (typeof format_version !== 'string' && typeof value['plan_format_version'] !== 'string') return false;
  const names = Object.keys(value);
  return names.length === 1 || names.some((name) => documentNames.has(name));
}

const documentNames: ReadonlySet<string> = new Set([
  ...['terraform_version', 'values', 'planned_values', 'prior_state', 'resource_changes', 'configuration'],
  ...['output_changes', 'resource_drift', 'relevant_attributes', 'errored', 'applyable'],
]);
