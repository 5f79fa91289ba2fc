/** A zone of `firewall-cmd --list-all-zones` (or a policy): its settings, and what it lets in. firewall-cmd(1). */
import { servicePorts } from './services.ts';

export interface Zone {
  readonly name: string;
  /** active, default: as they stand in parentheses. */
  readonly attributes: readonly string[];
  /** Values of each setting: words, or lines for forward-ports and rich rules. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
}

/** One thing that a zone decides, in the form of a rule's case. */
export interface ZoneRule {
  readonly text: string;
  readonly cases: readonly Readonly<Record<string, unknown>>[];
}

const OF_LINES = new Set(['rich rules', 'forward-ports']);

/** Values of a setting: those of several lines one each, others word by word. */
export function valuesOf(name: string, text: string): readonly string[] {
  if (text.trim() === '') return [];
  return OF_LINES.has(name) ? [text.trim()] : text.trim().split(/\s+/);
}

/** What becomes of a packet that nothing in the zone speaks of. */
export function finalVerdict(zone: Zone): {
  readonly verdict: 'accept' | 'drop' | 'undecidable';
  readonly reason: string;
} {
  const target = zone.settings.get('target')?.[0];
  const reason = `The target of ${zone.name} is ${target ?? 'not in the file'}.`;
  if (target === 'ACCEPT') return { verdict: 'accept', reason };
  const isDrop = target === 'default' || target === 'DROP' || target === 'REJECT' || target === '%%REJECT%%';
  return { verdict: isDrop ? 'drop' : 'undecidable', reason };
}

/** The services, ports and rich rules of a zone, in the order in which they are printed. */
export function rulesOf(zone: Zone): readonly ZoneRule[] {
  const of = (name: string): readonly string[] => zone.settings.get(name) ?? [];
  const open = openToWorld(zone);
  const base = { in_interface: of('interfaces').join(',') || undefined, source: of('sources').join(',') || undefined };
  const accepted = (port: string): Readonly<Record<string, unknown>> => ({
    ...base,
    ...portOf(port),
    verdict: 'accept',
    target: 'accept',
    open_to_world: open,
  });
  return [
    ...of('services').map((name) => ({
      text: `service ${name}`,
      cases: servicePorts(name)?.map(accepted) ?? [
        {
          ...base,
          undecided: [`the ports of the service ${name} are not in the file`],
          verdict: 'accept',
          target: 'accept',
          open_to_world: open,
        },
      ],
    })),
    ...of('ports').map((port) => ({ text: `port ${port}`, cases: [accepted(port)] })),
    ...of('protocols').map((protocol) => ({
      text: `protocol ${protocol}`,
      cases: [{ ...base, protocol, verdict: 'accept', target: 'accept', open_to_world: open }],
    })),
    ...of('source-ports').map((port) => ({
      text: `source-port ${port}`,
      cases: [
        {
          ...base,
          protocol: port.split('/')[1],
          source_ports: port.split('/')[0],
          verdict: 'accept',
          target: 'accept',
          open_to_world: open,
        },
      ],
    })),
    ...of('forward-ports').map((text) => ({
      text: `forward-port ${text}`,
      cases: [{ ...base, ...forwarded(text), verdict: 'translate', target: 'forward-port' }],
    })),
    ...of('rich rules').map((text) => ({ text, cases: [{ ...base, ...richRule(text, open) }] })),
  ];
}

/** Whether anyone may be in the zone: by its interfaces, or because it is the one for all others. */
function openToWorld(zone: Zone): boolean {
  const has = (name: string): boolean => (zone.settings.get(name) ?? []).length > 0;
  const sources = zone.settings.get('sources') ?? [];
  return (
    has('interfaces') ||
    zone.attributes.includes('default') ||
    sources.some((source) => source === '0.0.0.0/0' || source === '::/0')
  );
}

// 8080-8090/tcp
function portOf(text: string): Readonly<Record<string, unknown>> {
  const [, from, to, protocol] = /^(\d{1,5})(?:-(\d{1,5}))?\/([a-z]+)$/.exec(text) ?? [];
  if (from === undefined) return { undecided: [`port ${text}`] };
  return { protocol, ports: [{ from: Number(from), to: Number(to ?? from) }] };
}

// port=80:proto=tcp:toport=12345:toaddr=
function forwarded(text: string): Readonly<Record<string, unknown>> {
  const [, port = '', protocol = ''] = /^port=([\d-]+):proto=([a-z]+):/.exec(text) ?? [];
  return portOf(`${port}/${protocol}`);
}

/** `rule [family] [source] [destination] ELEMENT [log] [audit] ACTION`: firewalld.richlanguage(5). */
function richRule(text: string, isOpen: boolean): Readonly<Record<string, unknown>> {
  const of = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const not = (name: string): string =>
    new RegExp(`\\b${name} NOT |\\b${name} [^"]*"[^"]*" invert="(?:yes|true)"`, 'i').test(text) ? '!' : '';
  const source = of(/\bsource (?:NOT )?address="([^"]{1,100})"/);
  const destination = of(/\bdestination (?:NOT )?address="([^"]{1,100})"/);
  const port = of(/\bport port="([\d-]{1,11})"/);
  const protocol = of(/\bprotocol="([^"]{1,20})"/) ?? of(/\bprotocol value="([^"]{1,20})"/);
  const service = of(/\bservice name="([^"]{1,60})"/);
  const action =
    of(/\b(accept|reject|drop|mark)\b(?! name)[^"]*(?:type="[^"]*")?\s*(?:limit value="[^"]*")?\s*$/) ?? '';
  const limit = of(/\blimit value="([^"]{1,20})"/);
  const ports =
    port !== undefined
      ? portOf(`${port}/${protocol ?? ''}`)
      : service === undefined
        ? { protocol }
        : servicePorts(service)?.length === 1
          ? portOf(servicePorts(service)![0]!)
          : { undecided: [`service ${service}`] };
  const isAccept = action === 'accept';
  const isAnySource = source === undefined && !/\bsource\b/.test(text);
  return {
    ...(source === undefined ? {} : { source: `${not('source')}${source}` }),
    destination: destination === undefined ? undefined : `${not('destination')}${destination}`,
    ...ports,
    limit,
    verdict: action === '' ? 'translate' : action === 'mark' ? 'continue' : action,
    target: action === '' ? 'forward-port' : action,
    open_to_world: isAccept ? isOpen && (isAnySource || source === '0.0.0.0/0' || source === '::/0') : undefined,
  };
}
