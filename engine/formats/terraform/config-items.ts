/** Resources of a state, as they were configured when it was written. */
import type { EvidenceRow } from '../../core/tables.ts';
import { firstText } from '../event-records/values.ts';
import { masked, marksOfPaths, type Masked } from './masking.ts';
import { isObject, type Members } from './shapes.ts';

/** A row without its time, and whether anything in it was masked or rounded. */
export interface Item {
  readonly row: Omit<EvidenceRow<'config_items'>, 'captured'>;
  readonly masked: Pick<Masked, 'count' | 'rounded'>;
}

const MOST_MODULE_DEPTH = 100;

/** A resource of `show -json`. */
export function itemOfResource(resource: Members): Item {
  const values = masked(resource['values'] ?? {}, resource['sensitive_values']);
  return item(resource, { address: firstText(resource, 'address') ?? '', values });
}

/** The resources of a module of `show -json`, and of those in it. */
export function itemsOfModule(module: Members, depth = 0): readonly Item[] {
  const own = list(module['resources']).filter(isObject).map(itemOfResource);
  if (depth >= MOST_MODULE_DEPTH) return own;
  const below = list(module['child_modules']).filter(isObject);
  return [...own, ...below.flatMap((child) => itemsOfModule(child, depth + 1))];
}

/** The instances of a resource in a raw state. */
export function itemsOfStateResource(resource: Members): readonly Item[] {
  const name = [firstText(resource, 'type'), firstText(resource, 'name')]
    .filter((part) => part !== undefined)
    .join('.');
  const typed = resource['mode'] === 'data' ? `data.${name}` : name;
  const module = firstText(resource, 'module');
  return list(resource['instances'])
    .filter(isObject)
    .map((instance) => {
      const key = instance['index_key'];
      const index = typeof key === 'number' ? `[${key}]` : typeof key === 'string' ? `[${JSON.stringify(key)}]` : '';
      const address = `${module === undefined ? '' : `${module}.`}${typed}${index}`;
      const attributes = instance['attributes'] ?? instance['attributes_flat'] ?? {};
      const values = masked(attributes, marksOfPaths(instance['sensitive_attributes']));
      return item(resource, { address, values });
    });
}

/** The resources of a module in a raw state before 0.12, whose attributes are flat. */
export function itemsOfStateModule(module: Members): readonly Item[] {
  const path = list(module['path']).filter((part) => typeof part === 'string' && part !== 'root');
  const prefix = path.map((part) => `module.${String(part)}.`).join('');
  return Object.entries((module['resources'] ?? {}) as Members).flatMap(([name, resource]) => {
    if (!isObject(resource)) return [];
    const primary = resource['primary'];
    const values = masked(isObject(primary) ? (primary['attributes'] ?? {}) : {}, undefined);
    return [item(resource, { address: `${prefix}${name}`, values })];
  });
}

function item(resource: Members, { address, values }: { address: string; values: Masked }): Item {
  const arn = arnOf(values.value);
  const row = {
    provider: providerName(firstText(resource, 'provider_name', 'provider')),
    account: arn?.account,
    region: firstText(values.value, 'region', 'location') ?? arn?.region,
    resource_type: firstText(resource, 'type'),
    resource_id: firstText(values.value, 'id') ?? address,
    resource_name: address,
    configuration: JSON.stringify(values.value),
  };
  return { row, masked: values };
}

// arn:aws:rds:eu-west-1:123456789012:db:main
function arnOf(
  values: unknown,
): { readonly region: string | undefined; readonly account: string | undefined } | undefined {
  const parts = firstText(values, 'arn')?.split(':') ?? [];
  if (parts[0] !== 'arn' || parts.length < 6) return undefined;
  return { region: parts[3] || undefined, account: parts[4] || undefined };
}

/** `registry.terraform.io/hashicorp/aws` and `provider["registry.terraform.io/hashicorp/aws"].west` are `aws`. */
export function providerName(written: string | undefined): string | undefined {
  const named = /\["([^"]+)"\]/.exec(written ?? '')?.[1] ?? written?.replace(/^(?:module\.[^.]+\.)*provider\./, '');
  return named?.split('/').at(-1) || undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
