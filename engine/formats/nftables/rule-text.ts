/**
 * A rule as `nft list ruleset` prints it, turned into the expressions that `nft -j` prints of it. The grammar is that of
 * nft(8): matches (`ip saddr 10.0.0.0/8`, `tcp dport { 22, 80 }`, `ct state vmap { ... }`), then statements.
 */
import { NotUnderstood, TokenReader, tokensOf } from './tokens.ts';
import { plain, readElements, readRight, type Value } from './values.ts';

export type Expression = Readonly<Record<string, Value>>;

export interface RuleText {
  readonly expressions: readonly Expression[];
  readonly comment: string | undefined;
}

/** Reads a rule; a sentence says what was not understood. */
export function readRuleText(text: string): RuleText | string {
  const tokens = tokensOf(text);
  if (!tokens) return 'A quote in the rule is not closed.';
  try {
    return new RuleParser(new TokenReader(tokens)).rule();
  } catch (error) {
    if (error instanceof NotUnderstood) return error.message;
    throw error;
  }
}

const PROTOCOLS = new Set([
  'ip',
  'ip6',
  'tcp',
  'udp',
  'udplite',
  'sctp',
  'dccp',
  'icmp',
  'icmpv6',
  'igmp',
  'ether',
  'vlan',
  'arp',
  'ah',
  'esp',
  'comp',
  'th',
  'gre',
  'geneve',
  'gretap',
  'vxlan',
]);
const META = new Set([
  'iif',
  'iifname',
  'iiftype',
  'iifkind',
  'iifgroup',
  'oif',
  'oifname',
  'oiftype',
  'oifkind',
  'oifgroup',
  'mark',
  'skuid',
  'skgid',
  'rtclassid',
  'pkttype',
  'cpu',
  'cgroup',
  'ibrname',
  'obrname',
  'ibrport',
  'obrport',
  'l4proto',
  'nfproto',
  'protocol',
  'priority',
  'nftrace',
  'length',
  'time',
  'day',
  'hour',
  'secmark',
]);
/** Expressions of two words that are not evaluated. */
const OTHERS = new Set([
  'rt',
  'socket',
  'osf',
  'frag',
  'hbh',
  'dst',
  'mh',
  'srh',
  'rt0',
  'rt2',
  'rt4',
  'exthdr',
  'ipsec',
  'tunnel',
]);
const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;
const NAT = new Set(['masquerade', 'snat', 'dnat', 'redirect']);
/** Statements that change or note something, and let the packet go on. */
const PASSING = new Set(['notrack', 'nftrace', 'dup', 'flow', 'secmark', 'last']);
/** Statements that may end the packet, or decide outside. */
const DECIDING = new Set(['queue', 'tproxy', 'synproxy', 'fwd']);
const PLAIN_VERDICTS = new Set(['accept', 'drop', 'return', 'continue']);

class RuleParser {
  readonly #expressions: Expression[] = [];
  #comment: string | undefined;

  constructor(private readonly tokens: TokenReader) {}

  rule(): RuleText {
    while (!this.tokens.isAtEnd) if (!this.tokens.skip(';')) this.#statement();
    return { expressions: this.#expressions, comment: this.#comment };
  }

  #statement(): void {
    const { tokens } = this;
    const name = tokens.peek()?.kind === 'word' ? tokens.peek()!.value : '';
    if (name === 'comment') {
      tokens.next();
      this.#comment = tokens.word();
    } else if (PLAIN_VERDICTS.has(name) || name === 'jump' || name === 'goto') this.#add(this.#verdict());
    else if (name === 'counter') this.#counter();
    else if (name === 'log') this.#log();
    else if (name === 'limit') this.#limit();
    else if (name === 'reject') this.#reject();
    else if (NAT.has(name)) this.#nat();
    else if (name === 'notrack') this.#add({ [tokens.word()]: null });
    else if (PASSING.has(name) || DECIDING.has(name)) this.#add({ [name]: this.#rest() });
    else if (name === 'xt') this.#extension();
    else if (name === 'quota' || name === 'meter') this.#add({ [name]: this.#rest() });
    else if ((name === 'add' || name === 'update' || name === 'delete') && tokens.peek(1)?.value.startsWith('@'))
      this.#setStatement();
    else if (name === 'ct' && CT_STATEMENTS.has(tokens.peek(1)?.value ?? '')) this.#ctStatement();
    else this.#match();
  }

  #add(expression: Expression): void {
    this.#expressions.push(expression);
  }

  readonly #verdict = (): Expression => {
    const word = this.tokens.word();
    if (PLAIN_VERDICTS.has(word)) return { [word]: null };
    if (word !== 'jump' && word !== 'goto')
      throw new NotUnderstood(`The rule has ${JSON.stringify(word.slice(0, 60))} where a verdict belongs.`);
    return { [word]: { target: this.tokens.word() } };
  };

  /** Whatever follows up to the comment, as text. */
  #rest(): string {
    const words: string[] = [];
    while (!this.tokens.isAtEnd && !this.tokens.is('comment')) words.push(this.tokens.next().value);
    return words.slice(1).join(' ');
  }

  #counter(): void {
    const { tokens } = this;
    tokens.next();
    if (tokens.skip('name')) return this.#add({ counter: tokens.word() });
    if (!tokens.skip('packets')) return this.#add({ counter: null });
    const packets = plain(tokens.word());
    tokens.skip('bytes');
    this.#add({ counter: { packets, bytes: plain(tokens.word()) } });
  }

  #log(): void {
    const { tokens } = this;
    tokens.next();
    for (;;) {
      if (tokens.skip('flags')) this.#logFlags();
      else if (['prefix', 'level', 'group', 'snaplen', 'queue-threshold'].some((option) => tokens.skip(option)))
        tokens.word();
      else break;
    }
    this.#add({ log: null });
  }

  #logFlags(): void {
    const { tokens } = this;
    const flag = tokens.word();
    if (flag === 'tcp' || flag === 'ip')
      do tokens.word();
      while (tokens.skip(','));
    else while (tokens.skip(',')) tokens.word();
  }

  // limit rate [over] 5/minute [burst 5 packets], limit rate 10 mbytes/second burst 12000 kbytes, limit name "x"
  #limit(): void {
    const { tokens } = this;
    tokens.next();
    if (!tokens.skip('rate')) {
      tokens.skip('name');
      return this.#add({ limit: tokens.word() });
    }
    const inv = tokens.skip('over');
    const written = tokens.word();
    const [rate = '', per] = written.split('/');
    const [unit, perUnit] = per === undefined ? tokens.word().split('/') : [undefined, per];
    const burst = tokens.skip('burst') ? plain(tokens.word()) : undefined;
    if (burst !== undefined && /^(?:packets|k?bytes|mbytes)$/.test(tokens.peek()?.value ?? '')) tokens.next();
    this.#add({ limit: { rate: plain(rate), per: perUnit, burst, rate_unit: unit, inv } });
  }

  #reject(): void {
    const { tokens } = this;
    tokens.next();
    if (!tokens.skip('with')) return this.#add({ reject: null });
    const type = tokens.word();
    tokens.skip('type');
    this.#add({ reject: { type, expr: tokens.word() } });
  }

  #nat(): void {
    const kind = this.tokens.peek()!.value;
    const rest = this.#rest();
    const port = /^to :(\d{1,5})(?: |$)/.exec(rest)?.[1];
    this.#add({ [kind]: port === undefined ? rest : { port: Number(port) } });
  }

  #extension(): void {
    this.tokens.next();
    const type = this.tokens.word();
    this.#add({ xt: { type, name: this.tokens.word() } });
  }

  #setStatement(): void {
    const { tokens } = this;
    const op = tokens.word();
    const set = tokens.word();
    if (tokens.is('{')) {
      let depth = 0;
      do depth += tokens.is('{') ? 1 : tokens.is('}') ? -1 : 0;
      while ((tokens.next(), depth > 0));
    }
    this.#add({ set: { op, set } });
  }

  #ctStatement(): void {
    const { tokens } = this;
    tokens.next();
    const name = tokens.word();
    if (name !== 'count') {
      tokens.skip('set');
      tokens.word();
      return this.#add({ [`ct ${name}`]: null });
    }
    const inv = tokens.skip('over');
    this.#add({ 'ct count': { val: plain(tokens.word()), inv } });
  }

  #match(): void {
    const { tokens } = this;
    const left = this.#left();
    if (tokens.skip('set')) {
      this.#changed();
      return this.#add({ mangle: { key: left } });
    }
    if (tokens.skip('vmap')) return this.#add({ vmap: { key: left, data: this.#mapData() } });
    if (tokens.skip('!')) return this.#add({ match: { op: '!', left, right: readRight(tokens) } });
    const op = COMPARISONS.find((sign) => tokens.skip(sign));
    const right = readRight(tokens);
    // tcp flags syn / syn,rst
    if (tokens.skip('/'))
      return this.#add({ match: { op: op ?? '==', left: { '&': [left, readRight(tokens)] }, right } });
    this.#add({ match: { op: op ?? (isBits(left) ? 'in' : '=='), left, right } });
  }

  #mapData(): Value {
    return this.tokens.is('{') ? { set: readElements(this.tokens, this.#verdict) } : this.tokens.word();
  }

  /** The value that something is set to: read over, for it decides nothing. */
  #changed(): void {
    const { tokens } = this;
    do {
      tokens.skip('(');
      const name = tokens.peek()?.value ?? '';
      if (tokens.peek()?.kind === 'word' && isLeft(name)) this.#left();
      else readRight(tokens);
      tokens.skip(')');
      if (tokens.skip('map')) {
        if (tokens.is('{')) readElements(tokens);
        else tokens.word();
      }
    } while (['&', '|', '^', '<<', '>>', 'and', 'or', 'xor'].some((sign) => tokens.skip(sign)));
  }

  #left(): Value {
    const parts = [this.#single()];
    while (this.tokens.skip('.')) parts.push(this.#single());
    const whole = parts.length === 1 ? parts[0] : { concat: parts };
    if (!this.tokens.skip('&') && !this.tokens.skip('and')) return whole;
    return { '&': [whole, readRight(this.tokens)] };
  }

  #single(): Value {
    const { tokens } = this;
    const name = tokens.word();
    if (name === 'meta') return { meta: { key: tokens.word() } };
    if (META.has(name)) return { meta: { key: name } };
    if (name === 'ct') return this.#ct();
    if (name === 'fib') return this.#fib();
    if (name === 'tcp' && tokens.skip('option')) return this.#option('tcp option');
    if ((name === 'ip' || name === 'sctp') && (tokens.skip('option') || tokens.skip('chunk')))
      return this.#option(`${name} option`);
    if (PROTOCOLS.has(name)) return { payload: { protocol: name, field: tokens.word() } };
    if (name.startsWith('@')) return this.#raw(name);
    if (OTHERS.has(name)) return { [name]: tokens.word() };
    throw new NotUnderstood(`The rule has ${JSON.stringify(name.slice(0, 60))}, which is not known.`);
  }

  // ct [original|reply] [ip|ip6] key
  #ct(): Value {
    const { tokens } = this;
    const dir = tokens.skip('original') ? 'original' : tokens.skip('reply') ? 'reply' : undefined;
    const family = tokens.skip('ip') ? 'ip ' : tokens.skip('ip6') ? 'ip6 ' : '';
    return { ct: { key: `${family}${tokens.word()}`, dir } };
  }

  // fib daddr . iif type
  #fib(): Value {
    const { tokens } = this;
    const flags = [tokens.word()];
    while (tokens.skip('.')) flags.push(tokens.word());
    return { fib: { result: tokens.word(), flags } };
  }

  // tcp option maxseg size, ip option lsrr type
  #option(kind: string): Value {
    const name = this.tokens.word();
    const next = this.tokens.peek();
    const field =
      next?.kind === 'word' && !['set', 'exists', 'missing'].includes(next.value) ? this.tokens.word() : undefined;
    return { [kind]: { name, field } };
  }

  // @th,16,16
  #raw(name: string): Value {
    const parts = [name];
    while (this.tokens.skip(',')) parts.push(this.tokens.word());
    return { raw: parts.join(',') };
  }
}

const CT_STATEMENTS = new Set(['count', 'helper', 'timeout', 'expectation']);

function isLeft(name: string): boolean {
  return (
    name === 'meta' || name === 'ct' || name === 'fib' || META.has(name) || PROTOCOLS.has(name) || OTHERS.has(name)
  );
}

/** Fields of bits: a value without a sign asks whether one of its bits is set. */
function isBits(left: Value): boolean {
  const { payload, ct } = left as { payload?: { protocol: string; field: string }; ct?: { key: string } };
  return (payload?.protocol === 'tcp' && payload.field === 'flags') || ct?.key === 'state' || ct?.key === 'status';
}
