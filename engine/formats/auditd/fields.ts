/**
 * The fields of an audit record: `key=value` with spaces between, in three layers that are read alike: the record's
 * own, those inside `msg='...'`, and those that a daemon with log_format=ENRICHED adds after a byte 0x1d.
 * See docs/formats/auditd.md, "Fields".
 */
import { type Key, keyAt } from './keys.ts';

export interface Field {
  readonly key: Key;
  readonly value: string;
  /** In double quotes; a value of an encoded field without them is hexadecimal. */
  readonly isQuoted: boolean;
}

export interface Fields {
  readonly list: readonly Field[];
  /** Words that belong to no field: `avc: denied { getattr } for`. */
  readonly words: string;
}

/** No record has nearly as many fields and words; what follows them in a line made to exhaust memory is one word. */
const MOST_TOKENS = 2000;

const SPACE = 32;
const QUOTE = 34;
const APOSTROPHE = 39;
const EQUALS = 61;

/** Reads the fields of `text` from `from` to its end. Never fails: what is no field is a word. */
export function readFields(text: string, from: number): Fields {
  return new FieldReader(text, from).read();
}

class FieldReader {
  private readonly list: { key: Key; value: string; isQuoted: boolean }[] = [];
  private readonly words: string[] = [];
  /** `old` or `new` standing before a key, as LOGIN records had it: `old auid=4294967295 new auid=0`. */
  private prefix = '';

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  read(): Fields {
    const { text } = this;
    for (let tokens = 0; this.at < text.length;) {
      const code = text.charCodeAt(this.at);
      if (code <= SPACE || code === APOSTROPHE) this.at++;
      else if (++tokens <= MOST_TOKENS) this.readToken();
      else {
        this.words.push(text.slice(this.at));
        break;
      }
    }
    return { list: this.list, words: this.words.join(' ') };
  }

  private readToken(): void {
    const { text } = this;
    const start = this.at;
    let end = start;
    let code = text.charCodeAt(end);
    while (code > SPACE && code !== EQUALS) code = text.charCodeAt(++end);
    if (code === EQUALS && end > start) {
      this.at = end + 1;
      this.readValue(this.keyOf(start, end));
    } else {
      this.at = Math.max(end, start + 1);
      this.word(text.slice(start, this.at));
    }
  }

  private keyOf(from: number, to: number): Key {
    const { prefix, text } = this;
    this.prefix = '';
    if (prefix !== 'old') return keyAt(text, from, to);
    const name = `old-${text.slice(from, to)}`;
    return keyAt(name, 0, name.length);
  }

  private readValue(key: Key): void {
    const code = this.text.charCodeAt(this.at);
    if (code === APOSTROPHE && key.name === 'msg') this.at++;
    else if (code === QUOTE) this.readQuoted(key);
    else this.readBare(key);
  }

  private readQuoted(key: Key): void {
    const close = this.text.indexOf('"', this.at + 1);
    const end = close < 0 ? this.text.length : close;
    this.list.push({ key, value: this.text.slice(this.at + 1, end), isQuoted: true });
    this.at = end + 1;
  }

  private readBare(key: Key): void {
    const { text } = this;
    let end = this.at;
    while (text.charCodeAt(end) > SPACE) end++;
    let valueEnd = end;
    // The apostrophe that closes msg='...' and the comma of old daemon records are no part of the value.
    const last = text.charCodeAt(end - 1);
    if (last === APOSTROPHE || (last === 44 && text.charCodeAt(end) === SPACE)) valueEnd--;
    this.list.push({ key, value: text.slice(this.at, Math.max(valueEnd, this.at)), isQuoted: false });
    this.at = end;
  }

  /** A word after `op=` continues it (`op=adding user to group`); `old` and `new` go before the next key. */
  private word(word: string): void {
    const field = this.list[this.list.length - 1];
    if (field?.key.name === 'op' && !field.isQuoted && field.value !== '' && this.words.length === 0)
      field.value += ` ${word.replace(/'$/, '')}`;
    else if (word === 'old' || word === 'new') this.prefix = word;
    else this.words.push(word);
  }
}
