/** The rule of a result: by its index, else by its id, in the driver or an extension. */
import { list, member, text } from '../scan-reports/values.ts';

/** Rules by id, of runs that were looked at; the runs themselves are the keys. */
const known = new WeakMap<object, ReadonlyMap<string, unknown>>();

export function ruleOf(result: unknown, run: unknown): unknown {
  const index = member(result, 'ruleIndex') ?? member(result, 'rule', 'index');
  const extension = member(result, 'rule', 'toolComponent', 'index');
  const component =
    typeof extension === 'number' ? list(run, 'tool', 'extensions')[extension] : member(run, 'tool', 'driver');
  const byIndex = typeof index === 'number' ? list(component, 'rules')[index] : undefined;
  if (byIndex !== undefined) return byIndex;
  const id = idOf(result);
  return id === undefined ? undefined : (rulesById(run).get(id) ?? rulesById(run).get(id.split('/', 1)[0]!));
}

/** The id that a result names, which may be more specific than its rule's: `CA1000/1`. */
export function idOf(result: unknown): string | undefined {
  return text(result, 'ruleId') ?? text(result, 'rule', 'id');
}

function rulesById(run: unknown): ReadonlyMap<string, unknown> {
  if (typeof run !== 'object' || run === null) return new Map();
  const found = known.get(run);
  if (found) return found;
  const components = [member(run, 'tool', 'driver'), ...list(run, 'tool', 'extensions')];
  const rules = components
    .flatMap((each) => list(each, 'rules'))
    .map((rule) => [text(rule, 'id') ?? '', rule] as const);
  const byId = new Map(rules.reverse());
  known.set(run, byId);
  return byId;
}
