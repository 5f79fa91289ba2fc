/**
 * Reads the syntax tree that DuckDB's own parser gives of a statement (`json_serialize_sql`) and refuses whatever is
 * not known to be harmless. It fails closed: a kind of node, a function or a table that is not listed is refused by
 * name, so that a new version of DuckDB can only make it stricter.
 *
 * Needed because no setting of DuckDB is a sandbox: with files and settings locked, `SELECT * FROM enable_logging(...)`
 * still runs, is a SELECT by type, and breaks the instance.
 */
import { fail } from '../../../shared/problem.ts';
import {
  allowedFunctions,
  allowedTableFunctions,
  macroTables,
  orderSensitiveFunctions,
  wordsThatAreCalls,
} from './allowed-functions.ts';

/** What a statement uses, each list sorted. */
export interface Inspection {
  readonly tables: readonly string[];
  readonly functions: readonly string[];
  /** Names of the parameters, without the dollar sign. */
  readonly parameters: readonly string[];
  /** The outermost query says in which order its rows come. */
  readonly isOrdered: boolean;
  /** Calls of order-sensitive aggregates without an ORDER BY. */
  readonly unorderedCalls: readonly string[];
}

type Node = { readonly [key: string]: unknown };

const expressionClasses = new Set([
  ...['BETWEEN', 'CASE', 'CAST', 'COLLATE', 'COLUMN_REF', 'COMPARISON', 'CONJUNCTION', 'CONSTANT', 'FUNCTION'],
  ...['LAMBDA', 'OPERATOR', 'PARAMETER', 'POSITIONAL_REFERENCE', 'STAR', 'SUBQUERY', 'WINDOW'],
]);
const otherTypes = new Set([
  ...['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'],
  ...['BASE_TABLE', 'EMPTY', 'EXPRESSION_LIST', 'JOIN', 'SUBQUERY', 'TABLE_FUNCTION'],
  ...['DISTINCT_MODIFIER', 'LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER', 'ORDER_MODIFIER'],
  ...['ASCENDING', 'DESCENDING', 'ORDER_DEFAULT'],
]);
// Deeper than this no person writes; the walk below is recursive.
const DEEPEST = 600;

/**
 * Gives what the statement uses. `tree` is the text that `json_serialize_sql` gave.
 * Fails with `refused_query`, naming what is not allowed: anything but one SELECT, a function or kind of node that is
 * not listed, a table that is neither in `tables` nor a common table expression in scope.
 */
export function inspectTree(tree: string, tables: readonly string[]): Inspection {
  const parsed = JSON.parse(tree) as Node;
  if (parsed['error'] === true) refuse(parseError(parsed));
  const statements = parsed['statements'] as readonly Node[];
  if (statements.length !== 1) refuse(`The text holds ${statements.length} statements; exactly one is run.`);
  const root = (statements[0]!['node'] ?? {}) as Node;
  const walk = new TreeWalk(new Set(tables.map((table) => table.toLowerCase())));
  walk.node(root, new Set(), 0);
  const modifiers = (root['modifiers'] ?? []) as readonly Node[];
  return {
    tables: sorted(walk.tables),
    functions: sorted(walk.functions),
    parameters: sorted(walk.parameters),
    isOrdered: modifiers.some(({ type }) => type === 'ORDER_MODIFIER'),
    unorderedCalls: sorted(walk.unorderedCalls),
  };
}

class TreeWalk {
  readonly tables = new Set<string>();
  readonly functions = new Set<string>();
  readonly parameters = new Set<string>();
  readonly unorderedCalls = new Set<string>();

  constructor(private readonly allowedTables: ReadonlySet<string>) {}

  node(node: Node, scope: ReadonlySet<string>, depth: number): void {
    if (depth > DEEPEST) refuse(`The statement is nested more than ${DEEPEST} levels deep.`);
    this.check(node, scope);
    if (node['class'] === 'CONSTANT') return;
    let inner = scope;
    if (isNode(node['cte_map'])) inner = this.commonTables(node['cte_map'], scope, depth);
    // A recursive query sees itself by name.
    if (node['type'] === 'RECURSIVE_CTE_NODE') inner = new Set([...inner, nameOf(node['cte_name'])]);
    for (const [key, value] of Object.entries(node)) {
      if (key === 'cte_map' || (key === 'function' && node['type'] === 'TABLE_FUNCTION')) continue;
      const childScope =
        key === 'child' && node['type'] === 'CTE_NODE' ? new Set([...inner, nameOf(node['cte_name'])]) : inner;
      this.value(value, childScope, depth + 1);
    }
    if (node['type'] === 'TABLE_FUNCTION') this.tableFunction(node['function'], inner, depth + 1);
  }

  private value(value: unknown, scope: ReadonlySet<string>, depth: number): void {
    if (Array.isArray(value)) for (const item of value) this.value(item, scope, depth);
    else if (isNode(value)) this.node(value, scope, depth);
  }

  /** Each common table expression sees those before it. Gives the names that the query itself sees. */
  private commonTables(map: Node, scope: ReadonlySet<string>, depth: number): ReadonlySet<string> {
    const inner = new Set(scope);
    for (const entry of map['map'] as readonly { readonly key: string; readonly value: Node }[]) {
      this.value(entry.value, inner, depth + 1);
      inner.add(entry.key.toLowerCase());
    }
    return inner;
  }

  private check(node: Node, scope: ReadonlySet<string>): void {
    const { class: expression, type } = node;
    if (typeof expression === 'string') {
      if (!expressionClasses.has(expression)) refuse(`The statement holds ${expression}, which is not allowed.`);
    } else if (typeof type === 'string' && !otherTypes.has(type)) {
      refuse(`The statement holds ${type}, which is not allowed.`);
    }
    if (isNode(node['sample'])) refuse('The statement takes a sample, which differs from run to run.');
    if (isNode(node['at_clause'])) refuse('The statement asks for a version of a table, which is not allowed.');
    if (type === 'BASE_TABLE') this.table(node, scope);
    else if (expression === 'FUNCTION' || expression === 'WINDOW') this.call(node, allowedFunctions);
    else if (expression === 'PARAMETER') this.parameter(nameOf(node['identifier']));
    else if (expression === 'COLUMN_REF') checkColumn(node['column_names'] as readonly string[]);
  }

  private table(node: Node, scope: ReadonlySet<string>): void {
    const name = nameOf(node['table_name']);
    const schema = nameOf(node['schema_name']);
    const qualified = [nameOf(node['catalog_name']), schema, name].filter((part) => part !== '').join('.');
    if (qualified === name && scope.has(name)) return;
    const isMain = nameOf(node['catalog_name']) === '' && (schema === '' || schema === 'main');
    if (!isMain || !this.allowedTables.has(name)) refuse(`The table ${qualified} may not be read here.`);
    this.tables.add(name);
  }

  private call(node: Node, allowed: ReadonlySet<string>): void {
    const name = nameOf(node['function_name']);
    const schema = nameOf(node['schema']);
    const catalog = nameOf(node['catalog']);
    if ((schema !== '' && schema !== 'main') || (catalog !== '' && catalog !== 'system')) {
      refuse(`The call ${schema}.${name} is not allowed; functions are called as ${name}(...).`);
    }
    const macroTable = allowed === allowedFunctions ? macroTables.get(name) : undefined;
    if (macroTable !== undefined) this.macro(name, macroTable, node['class']);
    else if (!allowed.has(name)) refuse(`The function ${name} is not allowed.`);
    this.functions.add(name);
    const orders = isNode(node['order_bys']) ? (node['order_bys']['orders'] as readonly unknown[]) : [];
    if (node['class'] === 'FUNCTION' && orderSensitiveFunctions.has(name) && orders.length === 0) {
      this.unorderedCalls.add(name);
    }
  }

  /** A macro reads a table that the statement does not name; that table must be allowed all the same. */
  private macro(name: string, table: string, expression: unknown): void {
    if (expression !== 'FUNCTION') refuse(`The function ${name} is not allowed as a window function.`);
    if (!this.allowedTables.has(table)) refuse(`The function ${name} reads ${table}, which may not be read here.`);
    this.tables.add(table);
  }

  private tableFunction(call: unknown, scope: ReadonlySet<string>, depth: number): void {
    if (!isNode(call) || call['class'] !== 'FUNCTION')
      return refuse('The statement calls a table that is no function.');
    this.call(call, allowedTableFunctions);
    this.value(call['children'], scope, depth);
  }

  private parameter(name: string): void {
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) refuse('Parameters are named, as in $window_start.');
    this.parameters.add(name);
  }
}

function checkColumn(names: readonly string[]): void {
  const [name] = names;
  if (names.length === 1 && name !== undefined && wordsThatAreCalls.has(name.toLowerCase())) {
    refuse(`The word ${name} is not allowed: its value differs from run to run.`);
  }
}

function parseError(parsed: Node): string {
  const message = nameOfText(parsed['error_message']);
  const position = parsed['position'] === undefined ? '' : ` at character ${Number(parsed['position']) + 1}`;
  return message.startsWith('Only SELECT')
    ? 'Only one SELECT statement is run here.'
    : `The statement cannot be read${position}: ${message}.`;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  return nameOfText(value).toLowerCase();
}

function nameOfText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function sorted(names: ReadonlySet<string>): readonly string[] {
  return [...names].sort();
}

function refuse(message: string): never {
  return fail({
    code: 'refused_query',
    message,
    remedy: 'Use one SELECT over the documented tables, with functions that depend on their arguments alone.',
  });
}
