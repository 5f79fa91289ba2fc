/**
 * The zones of firewalld, as `firewall-cmd --list-all-zones` and `--list-all` print them, and its policies
 * (`--list-all-policies`). See docs/formats/firewalld.md.
 */
import type { Problem } from '../../../shared/problem.ts';
import { formatInstant } from '../../../shared/time.ts';
import { Items } from '../firewall/rows.ts';
import { quoted, textLines, type TextLine, type TextLineHandler } from '../firewall/text-lines.ts';
import { NO_TIME, nothingRead, undatable } from '../firewall/undated.ts';
import type { Format, ReadContext, Recognition, RowSink, SourceReader } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { finalVerdict, rulesOf, valuesOf, type Zone } from './zone.ts';

export const firewalld: Format = {
  id: 'firewalld',
  title: 'firewalld: firewall-cmd --list-all-zones, --list-all and --list-all-policies',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise,
  open: (sink, context) => new FirewalldReader(sink, context),
};

const NOT_RUNNING = /^FirewallD is not running$/i;
const HEADING = /^([A-Za-z0-9_.@+-]{1,64})(?: \(([a-z, ]{1,40})\))?$/;
const SETTING = /^\s{2}([a-z][a-z -]{1,30}):(?: (.*))?$/;
const SETTINGS = new Set([
  'target',
  'icmp-block-inversion',
  'interfaces',
  'sources',
  'services',
  'ports',
  'protocols',
  'forward',
  'masquerade',
  'forward-ports',
  'source-ports',
  'icmp-blocks',
  'rich rules',
  'priority',
  'ingress-priority',
  'egress-priority',
  'ingress-zones',
  'egress-zones',
  'short',
  'description',
  'summary',
  'version',
  'ports',
]);
const isSetting = (line: string): boolean => SETTINGS.has(SETTING.exec(line)?.[1] ?? '');

function recognise(head: Uint8Array): Recognition {
  const lines = firstLines(head, 100).map((line) => line.slice(0, 2000).trimEnd());
  if (lines.length === 1 && NOT_RUNNING.test(lines[0]!.trim()))
    return { confidence: 0.95, reason: 'It says that FirewallD is not running.' };
  const settings = lines.filter(isSetting).length;
  const isOurs =
    settings >= 5 &&
    lines.some((line) => /^\s{2}(?:services|rich rules):/.test(line)) &&
    settings >= lines.length * 0.4;
  return {
    confidence: isOurs ? 0.97 : 0,
    reason: `${settings} of the first ${lines.length} lines are settings of a zone of firewalld.`,
  };
}

interface OpenZone {
  readonly name: string;
  readonly attributes: readonly string[];
  readonly settings: Map<string, readonly string[]>;
  readonly byte: number;
  end: number;
  readonly raw: Uint8Array[];
  last: string;
  trouble: string | undefined;
}

const MOST_LINES = 100_000;

class FirewalldReader implements SourceReader, TextLineHandler {
  readonly #lines = textLines(this);
  readonly #items: Items;
  #zone: OpenZone | undefined;
  #undated = 0;
  #read = 0;
  #rejected = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {
    this.#items = new Items(sink, context);
  }

  push(piece: Uint8Array): void {
    this.#lines.push(piece);
  }

  textLine(line: TextLine): void {
    const heading = HEADING.exec(line.text);
    if (NOT_RUNNING.test(line.text.trim())) return this.#notRunning(line);
    if (heading) return this.#begin(line, heading);
    if (!this.#zone) return this.#reject(line, `The line ${quoted(line.text)} is nothing that firewall-cmd prints.`);
    this.#add(line);
    const setting = SETTING.exec(line.text);
    const name = setting?.[1] ?? '';
    if (SETTINGS.has(name)) {
      if (this.#zone.settings.has(name)) this.#zone.trouble ??= `The zone has the setting ${quoted(name)} twice.`;
      this.#zone.settings.set(name, valuesOf(name, setting?.[2] ?? ''));
      this.#zone.last = name;
    } else if (
      /^(?:\t|\s{3,})\S/.test(line.text) &&
      (this.#zone.last === 'rich rules' || this.#zone.last === 'forward-ports')
    )
      this.#zone.settings.set(this.#zone.last, [...(this.#zone.settings.get(this.#zone.last) ?? []), line.text.trim()]);
    else this.#zone.trouble ??= `The zone has the line ${quoted(line.text)}, which is not known.`;
  }

  badLine(line: Omit<TextLine, 'text'>, reason: string): void {
    if (!this.#zone) return this.#reject(line, reason);
    this.#add(line);
    this.#zone.trouble ??= reason;
  }

  finish(): Problem | undefined {
    this.#lines.finish();
    this.#close();
    const { takenAt, name, system } = this.context;
    if (this.#undated > 0) return undatable(name, this.#undated);
    if (this.#read === 0 || takenAt === undefined) return nothingRead(name, 'zone of firewalld');
    this.sink.assume(
      `firewall-cmd does not say when it was asked; the answer is dated ${formatInstant(takenAt)}, as given for the file.`,
    );
    this.sink.assume('The ports of services are those with which firewalld comes; a system may define them otherwise.');
    if (system === undefined)
      this.sink.assume('The answer does not name the system that it is of, and none was given: name it with --system.');
    return undefined;
  }

  #begin(line: TextLine, [, name = '', attributes = '']: RegExpExecArray): void {
    this.#close();
    const { byte } = line;
    this.#zone = {
      name,
      attributes: attributes.split(', ').filter(Boolean),
      settings: new Map(),
      byte,
      end: byte,
      raw: [],
      last: '',
      trouble: undefined,
    };
    this.#add(line);
  }

  #add({ byte, length, bytes }: Omit<TextLine, 'text'>): void {
    const zone = this.#zone!;
    zone.end = byte + length;
    if (zone.raw.length < MOST_LINES) zone.raw.push(bytes.slice(), LINE_END);
    else zone.trouble ??= `The zone has more than ${MOST_LINES / 2} lines.`;
  }

  #reject({ byte, length, bytes }: Omit<TextLine, 'text'>, reason: string): void {
    this.#rejected++;
    this.sink.record(byte, length);
    this.sink.reject(reason, bytes.slice());
  }

  #notRunning(line: TextLine): void {
    this.#close();
    const record = this.sink.record(line.byte, line.length);
    const { takenAt } = this.context;
    if (takenAt === undefined) {
      this.#undated++;
      return this.sink.reject(NO_TIME, line.bytes.slice());
    }
    this.#read++;
    this.#items.add(record, takenAt, 'firewall', 'firewalld', 'firewalld', { kind: 'service', running: false });
  }

  #close(): void {
    const zone = this.#zone;
    if (!zone) return;
    this.#zone = undefined;
    const record = this.sink.record(zone.byte, zone.end - zone.byte);
    const { takenAt } = this.context;
    const trouble =
      zone.trouble ??
      (isWhole(zone)
        ? undefined
        : `The zone ${quoted(zone.name)} has no target, services or rich rules: it is cut off.`);
    if (takenAt === undefined) this.#undated++;
    const reason = takenAt === undefined ? NO_TIME : trouble;
    if (takenAt === undefined || reason !== undefined) {
      this.#rejected++;
      return this.sink.reject(reason ?? NO_TIME, Buffer.concat(zone.raw.slice(0, -1)));
    }
    this.#read++;
    this.#rows(zone, record, takenAt);
  }

  #rows(zone: Zone, record: number, captured: bigint): void {
    const { name, attributes, settings } = zone;
    const isPolicy = settings.has('ingress-zones');
    const { verdict, reason } = finalVerdict(zone);
    const rules = rulesOf(zone);
    const place = { family: 'inet', table: 'firewalld', chain: name };
    this.#items.add(record, captured, 'firewall', `firewalld/${isPolicy ? 'policy ' : ''}${name}`, name, {
      kind: isPolicy ? 'policy' : 'zone',
      ...place,
      hook: isPolicy ? undefined : 'input',
      policy: settings.get('target')?.[0],
      final_verdict: isPolicy ? undefined : verdict,
      reason,
      active: attributes.includes('active'),
      default: attributes.includes('default'),
      settings: Object.fromEntries(settings),
    });
    rules.forEach(({ text, cases }, index) => {
      const id = `firewalld/${name}/${index + 1}`;
      this.#items.add(record, captured, 'firewall_rule', id, text.slice(0, 200), {
        kind: 'rule',
        ...place,
        position: index + 1,
        text,
        cases,
      });
    });
  }
}

const LINE_END = Uint8Array.of(10);

/** The last line of a zone is that of its rich rules, in all versions. */
function isWhole({ settings }: OpenZone): boolean {
  return settings.has('target') && settings.has('services') && settings.has('rich rules');
}
