/** A member whose name may be in other letters (`eventtype`, `event_type`); one that is written as documented first. */
export function spelled(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  const wanted = plain(name);
  return Object.entries(value).find(([other]) => plain(other) === wanted)?.[1];
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
