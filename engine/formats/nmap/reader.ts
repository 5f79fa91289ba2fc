import type { Problem } from '../../../shared/problem.ts';
import type { ReadContext, RowSink, SourceReader } from '../format.ts';
import { XmlTokenizer, type XmlElement, type XmlHandler, type XmlTrouble } from '../framing/xml.ts';
import { HostHints } from './hints.ts';
import { describeHost, hostAddress, hostSystem, portNumber, startHost, type Host, type Port } from './host.ts';
import { Scan } from './scan.ts';
import { scriptCheck, scriptVulnerabilities, sshServer, type Script, type ScriptPlace } from './script-rows.ts';
import { ScriptTree, scriptsRead } from './scripts.ts';
import { certificateRow, tlsRows, type Endpoint } from './tls.ts';

const headElements = new Set(['scaninfo', 'verbose', 'debugging']);

/** Reads one scan. What is a record stands in docs/formats/nmap.md. */
export class NmapReader implements SourceReader, XmlHandler {
  readonly #xml = new XmlTokenizer(this);
  readonly #hints = new HostHints();
  #notNmap: string | undefined;
  #scan: Scan | undefined;
  #scanFrom = 0;
  #headEnd = 0;
  #scanDeclared = false;
  #host: Host | undefined;
  #inHint = false;
  #port: Port | undefined;
  #script: { tree: ScriptTree; depth: number } | undefined;
  /** A script that belongs to no port: where it begins. */
  #looseScript: (Script & { readonly byte: number; readonly depth: number }) | undefined;
  #down = 0;
  #countedDown = 0;

  constructor(
    private readonly sink: RowSink,
    private readonly context: ReadContext,
  ) {}

  push(piece: Uint8Array): void {
    this.#xml.push(piece);
  }

  finish(): Problem | undefined {
    const trouble = this.#xml.finish();
    if (this.#notNmap !== undefined) return this.#refusal(`The root element is <${this.#notNmap}>, not <nmaprun>.`, 0);
    if (trouble?.kind === 'refused') return this.#refusal(trouble.because, trouble.byte);
    if (!this.#scan) return this.#refusal(trouble?.because ?? 'The file holds no scan.', trouble?.byte ?? 0);
    this.#declareScan();
    if (trouble) this.#rejectTail(trouble);
    this.#giveHints();
    this.#printAssumptions(trouble, this.#scan);
    this.sink.row('scans', this.#scan.row(), 1);
    return undefined;
  }

  #refusal(message: string, byte: number): Problem {
    const where = { file: this.context.name, byte };
    return { code: 'damaged_file', message, where, remedy: 'Export the scan again with nmap -oX.' };
  }

  #printAssumptions(trouble: XmlTrouble | undefined, scan: Scan): void {
    if (trouble) this.sink.assume('The file ends before its scan does: what came after its end is unknown.');
    if (this.#xml.replacedText) this.sink.assume('Bytes that are no text are shown as U+FFFD.');
    if (this.#hints.overflowed)
      this.sink.assume('Only the first 65536 announced hosts were compared with the results.');
    if (scan.targetsFull) this.sink.assume('The list of targets ends at 100000; each of them has its own row.');
    const unnamed = this.#countedDown - this.#down;
    if (unnamed > 0) this.sink.assume(`Addresses that were counted as down without being named: ${unnamed}.`);
    if (scan.started === undefined) this.sink.assume('The scan does not say when it started.');
  }

  open(element: XmlElement): void {
    if (this.#notNmap !== undefined) return;
    if (element.depth === 1) return this.#openRoot(element);
    if (element.depth === 2) return this.#openPart(element);
    if (this.#script) return this.#script.tree.open(element);
    if (this.#port) return this.#openInPort(element, this.#port);
    if (element.name === 'script' && !this.#looseScript && !this.#inHint) return this.#openLooseScript(element);
    if (!this.#host) return this.#openOutside(element);
    if (element.name === 'port' && !this.#inHint) this.#openPort(element, this.#host);
    else if (!this.#host.declared) describeHost(this.#host, element);
  }

  #openRoot(element: XmlElement): void {
    if (element.name !== 'nmaprun') {
      this.#notNmap = element.name;
      return;
    }
    this.#scan = new Scan(element);
    this.#scanFrom = element.byte;
    this.#headEnd = element.end;
  }

  #openPart(element: XmlElement): void {
    if (headElements.has(element.name) && !this.#scanDeclared) {
      if (element.name === 'scaninfo') this.#scan!.addScope(element);
      return;
    }
    this.#declareScan();
    this.#inHint = element.name === 'hosthint';
    if (this.#inHint || element.name === 'host') {
      this.#host = startHost(element);
      this.#xml.hold(element.byte);
    } else if (element.name === 'target') this.#skippedTarget(element);
  }

  #openOutside(element: XmlElement): void {
    if (element.name === 'finished') this.#scan!.finish(element);
    const down = element.name === 'hosts' ? (element.attributes.get('down') ?? '') : '';
    if (/^\d{1,9}$/.test(down)) this.#countedDown = Number(down);
  }

  #declareScan(): void {
    if (this.#scanDeclared) return;
    this.#scanDeclared = true;
    this.sink.record(this.#scanFrom, this.#headEnd - this.#scanFrom);
    if (this.#scan?.started !== undefined) this.sink.sawTime(this.#scan.started);
  }

  // <target specification="nowhere.test" status="skipped" reason="invalid"/>: asked for, but never looked at.
  #skippedTarget({ attributes, byte, end }: XmlElement): void {
    this.sink.record(byte, end - byte);
    this.sink.row('scan_targets', {
      scan_id: this.#scan!.id,
      time: this.#scan!.started,
      system: attributes.get('specification'),
      state: 'unknown',
      reason: attributes.get('reason') ?? attributes.get('status'),
    });
  }

  #openPort(element: XmlElement, host: Host): void {
    this.#declareHost(host, element.byte);
    this.#xml.hold(element.byte);
    const { attributes, byte, depth } = element;
    this.#port = {
      byte,
      depth,
      portid: attributes.get('portid'),
      protocol: attributes.get('protocol'),
      scripts: [],
      outputs: [],
    };
  }

  #openInPort(element: XmlElement, port: Port): void {
    if (element.name === 'state') port.state ??= element.attributes.get('state');
    else if (element.name === 'service') port.service ??= element.attributes;
    else if (element.name === 'script') this.#openScript(element, port);
  }

  #openScript({ attributes, depth }: XmlElement, port: Port): void {
    const id = attributes.get('id') ?? '';
    port.outputs.push({ id, output: attributes.get('output') });
    if (scriptsRead.has(id)) this.#script = { tree: new ScriptTree(id), depth };
  }

  // Scripts about a host stand after its ports, those about the whole scan before or after the hosts.
  #openLooseScript({ attributes, byte, depth }: XmlElement): void {
    if (this.#host) this.#declareHost(this.#host, byte);
    this.#xml.hold(byte);
    this.#looseScript = { id: attributes.get('id') ?? '', output: attributes.get('output'), byte, depth };
  }

  #closeLooseScript(script: Script & { readonly byte: number }, end: number): void {
    this.#looseScript = undefined;
    this.sink.record(script.byte, end - script.byte);
    const scan = { scan_id: this.#scan!.id, time: this.#scan!.started, system: undefined, address: undefined };
    this.#giveOutput(script, this.#host ? this.#lookedAt(this.#host) : scan);
    this.#xml.hold(undefined);
  }

  #giveOutput(script: Script, place: ScriptPlace): void {
    this.sink.row('config_checks', scriptCheck(script, place));
    for (const row of scriptVulnerabilities(script, place)) this.sink.row('vulnerabilities', row);
  }

  text(text: string): void {
    this.#script?.tree.text(text);
  }

  close(name: string, end: number, depth: number): void {
    if (this.#script && depth > this.#script.depth) return this.#script.tree.close();
    if (this.#script && depth === this.#script.depth) return this.#closeScript(this.#script.tree);
    if (this.#looseScript && depth >= this.#looseScript.depth) {
      if (depth === this.#looseScript.depth) this.#closeLooseScript(this.#looseScript, end);
      return;
    }
    if (depth === 2 && headElements.has(name) && !this.#scanDeclared) this.#headEnd = end;
    else if (this.#port && this.#host && depth === this.#port.depth) this.#closePort(this.#port, this.#host, end);
    else if (depth === 2 && this.#host) this.#closeHost(this.#host, end);
  }

  #closeScript(tree: ScriptTree): void {
    if (tree.shortened)
      this.sink.assume(`The output of ${tree.root.key} was longer than is read; its end is left out.`);
    this.#port?.scripts.push(tree.root);
    this.#script = undefined;
  }

  #closeHost(host: Host, end: number): void {
    if (this.#inHint) this.#hints.add(host, end - host.byte);
    else this.#declareHost(host, end);
    this.#host = undefined;
    this.#xml.hold(undefined);
  }

  /** The record of a host reaches from its start tag to its first port, or to its end where it has none. */
  #declareHost(host: Host, end: number): void {
    if (host.declared) return;
    host.declared = true;
    this.sink.record(host.byte, end - host.byte);
    if (hostAddress(host) === undefined)
      return this.sink.reject('The host has no address.', this.#xml.tail(host.byte).bytes.slice(0, end - host.byte));
    this.#hints.reported(host);
    if (host.state === 'down') this.#down++;
    // masscan writes no status, and lists none but hosts that answered.
    this.#giveTarget(host, host.state ?? (this.#scan!.tool === 'masscan' ? 'up' : 'unknown'));
  }

  #giveTarget(host: Host, state: string): void {
    this.#scan!.addTarget(hostAddress(host));
    const { scan_id, time, system, address } = this.#lookedAt(host);
    this.sink.row('scan_targets', { scan_id, time, system, address, state, reason: host.reason });
  }

  #lookedAt(host: Host): Omit<Endpoint, 'port'> {
    const time = host.endtime ?? host.starttime ?? this.#scan!.started;
    return { scan_id: this.#scan!.id, time, system: hostSystem(host), address: hostAddress(host) };
  }

  #closePort(port: Port, host: Host, end: number): void {
    const trouble = portTrouble(port, host);
    this.sink.record(port.byte, end - port.byte);
    if (trouble !== undefined) this.sink.reject(trouble, this.#xml.tail(port.byte).bytes.slice(0, end - port.byte));
    else this.#givePort(port, { ...this.#lookedAt(host), port: Number(port.portid) });
    this.#port = undefined;
    this.#xml.hold(undefined);
  }

  #givePort(port: Port, endpoint: Endpoint): void {
    this.sink.row('open_ports', {
      ...endpoint,
      protocol: port.protocol,
      state: port.state,
      service: port.service?.get('name'),
      product: port.service?.get('product'),
      version: port.service?.get('version'),
    });
    for (const script of port.scripts) {
      if (script.key === 'ssl-enum-ciphers')
        for (const row of tlsRows(script, endpoint)) this.sink.row('tls_endpoints', row);
      const certificate = script.key === 'ssl-cert' ? certificateRow(script, endpoint) : undefined;
      if (certificate) this.sink.row('certificates', certificate);
      const server = script.key === 'ssh2-enum-algos' ? sshServer(script, endpoint) : undefined;
      if (server) this.sink.row('config_items', server);
    }
    for (const script of port.outputs) this.#giveOutput(script, { ...endpoint, protocol: port.protocol });
  }

  /** Hosts that were announced but never reported on: the file was cut short before them. */
  #giveHints(): void {
    for (const { host, length } of this.#hints.left()) {
      this.sink.record(host.byte, length);
      this.#giveTarget(host, host.state ?? 'unknown');
    }
  }

  /** What follows the last whole record, from the start of the record that was under way. */
  #rejectTail(trouble: XmlTrouble): void {
    const from =
      this.#port?.byte ?? this.#looseScript?.byte ?? (this.#host?.declared === false ? this.#host.byte : trouble.byte);
    const { bytes, length } = this.#xml.tail(from);
    if (bytes.every((byte) => byte <= 0x20)) return;
    this.sink.record(from, length);
    this.sink.reject(
      trouble.kind === 'cut-off'
        ? trouble.because
        : `From byte ${trouble.byte} on the file is no XML: ${trouble.because}`,
      bytes,
    );
  }
}

/** Why a port cannot be a row; nothing when it can. */
function portTrouble({ portid, protocol, state }: Port, host: Host): string | undefined {
  if (portNumber(portid) === undefined) return `The port number ${JSON.stringify(portid ?? '')} is not 0 to 65535.`;
  if (protocol === undefined) return 'The port has no protocol.';
  if (state === undefined) return 'The port has no state.';
  return hostAddress(host) === undefined ? 'The host of this port has no address.' : undefined;
}
