import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { XmlTokenizer, type XmlTrouble } from '../../../../engine/formats/framing/xml.ts';
import { inPieces } from '../collect-rows.ts';

interface Seen {
  readonly events: readonly string[];
  readonly trouble: XmlTrouble | undefined;
  readonly opened: number;
}

/** Everything the tokenizer says, one line each; pieces of one text are joined. */
function tokenise(content: string | Uint8Array, pieceBytes = 1 << 20): Seen {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const events: string[] = [];
  let text = '';
  let opened = 0;
  const flush = (): void => {
    if (text !== '') events.push(`text ${JSON.stringify(text)}`);
    text = '';
  };
  const tokenizer = new XmlTokenizer({
    open: ({ name, attributes, byte, end, depth }) => {
      flush();
      opened++;
      events.push(`open ${name} ${JSON.stringify([...attributes])} ${byte}-${end} at ${depth}`);
    },
    close: (name, end, depth) => {
      flush();
      events.push(`close ${name} ${end} at ${depth}`);
    },
    text: (piece) => (text += piece),
  });
  for (const piece of inPieces(bytes, pieceBytes)) tokenizer.push(piece);
  const trouble = tokenizer.finish();
  flush();
  return { events, trouble, opened };
}

it('gives elements with their byte offsets, attributes and text', () => {
  const { events, trouble } = tokenise(`\ufeff<?xml version="1.0"?><a x="1" y='>"'>é<b/>t</a>\n`);
  expect(events).toEqual([
    'open a [["x","1"],["y",">\\""]] 24-40 at 1',
    'text "é"',
    'open b [] 42-46 at 2',
    'close b 46 at 2',
    'text "t"',
    'close a 51 at 1',
  ]);
  expect(trouble).toBeUndefined();
});

it('resolves the predefined and numeric references only', () => {
  expect(tokenise('<a x="&lt;&#65;&#x1F600;">&amp;&apos;&quot;&gt;&#10;</a>').events).toEqual([
    'open a [["x","<A😀"]] 0-26 at 1',
    `text ${JSON.stringify('&\'">\n')}`,
    'close a 56 at 1',
  ]);
  for (const bad of ['&nbsp;', '&', '&#0;', '&#xd800;', '&#1114112;', '&#x;', '&lt', '&constructor;'])
    for (const document of [`<a>${bad} </a>`, `<a x="${bad} "/>`]) {
      const { trouble } = tokenise(document);
      expect([document, trouble?.kind]).toEqual([document, 'damaged']);
      expect(trouble?.because).toContain('is not a reference that XML defines');
    }
});

it('takes comments, instructions and CDATA for what they are', () => {
  const { events, trouble } = tokenise('<!-- <x> --><?p <y> ?><a><![CDATA[<z>&amp;]]]]><!-- -- --><?q?></a>');
  expect(events).toEqual(['open a [] 22-25 at 1', 'text "<z>&amp;]]"', 'close a 67 at 1']);
  expect(trouble).toBeUndefined();
});

it('refuses entities, whatever they would do', () => {
  const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const bombs = [
    `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">${laughs}]><a>&l9;</a>`,
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '<!DOCTYPE a SYSTEM "http://192.0.2.1/[" [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]><a/>',
  ];
  for (const bomb of bombs) {
    const { trouble, opened } = tokenise(bomb);
    expect(opened).toBe(0);
    expect(trouble).toMatchObject({ kind: 'refused' });
    expect(trouble?.because).toContain('internal subset, where entities are declared');
  }
  // Without a subset nothing is declared; what it points to is not fetched.
  for (const type of ['<!DOCTYPE a>', '<!DOCTYPE a SYSTEM "http://192.0.2.1/>">', "<!DOCTYPE a PUBLIC '-//x' 'y'>"])
    expect(tokenise(`${type}<a/>`).trouble).toBeUndefined();
});

it('stops a million nested elements at the depth limit, and endless tags, names and attributes at theirs', () => {
  const { trouble, opened } = tokenise('<a>'.repeat(1e6), 65536);
  expect(opened).toBe(1000);
  expect(trouble).toMatchObject({ kind: 'refused', byte: 3000 });
  const endless = tokenise(`<a x="${'y'.repeat(5e6)}`, 65536);
  expect(endless.trouble?.because).toBe('A tag is longer than 4194304 bytes.');
  expect(tokenise(`<${'n'.repeat(2000)}/>`).trouble?.kind).toBe('damaged');
  expect(tokenise(`<a ${Array.from({ length: 1001 }, (_, i) => `a${i}=""`).join(' ')}/>`).trouble?.kind).toBe(
    'damaged',
  );
});

it('says what is wrong, and where', () => {
  const cases: [string, number, RegExp][] = [
    ['<a><b></a>', 6, /end tag does not match <b>/],
    ['<a></a><b/>', 7, /second root/],
    ['<a/>text', 4, /outside the root/],
    ['text<a/>', 0, /outside the root/],
    ['<a x="1" x="2"/>', 0, /not well formed/],
    ['<a x=1/>', 0, /not well formed/],
    ['<1/>', 0, /not well formed/],
    ['</a>', 0, /no start tag/],
    ['<a><!ELEMENT b></a>', 3, /no such declaration/],
    ['<a/><!DOCTYPE a>', 4, /no such declaration/],
  ];
  for (const [document, byte, because] of cases) {
    const { trouble } = tokenise(document);
    expect([document, trouble?.kind, trouble?.byte]).toEqual([document, 'damaged', byte]);
    expect(trouble?.because).toMatch(because);
  }
});

it('reads UTF-8, US-ASCII and ISO-8859-1, shows other bytes as U+FFFD, and refuses other encodings', () => {
  const latin1 = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a x="\xe9">\xfc</a>', 'latin1');
  expect(tokenise(latin1).events.slice(0, 2)).toEqual(['open a [["x","é"]] 43-52 at 1', 'text "ü"']);
  const broken = Buffer.from('<a>\xff</a>', 'latin1');
  expect(tokenise(broken).events).toContain('text "\ufffd"');
  expect(tokenise('<?xml version="1.0" encoding="EBCDIC"?><a/>').trouble?.kind).toBe('refused');
  expect(tokenise(Buffer.from('\ufeff<a/>', 'utf16le')).trouble?.because).toContain('UTF-16');
});

it('knows every cut from a whole document', () => {
  const document = '<?xml version="1.0"?><!DOCTYPE a><!-- c --><a x="1">&amp;<b>é</b><![CDATA[x]]></a>';
  const bytes = Buffer.from(document);
  for (let length = 0; length < bytes.length; length++)
    expect([length, tokenise(bytes.subarray(0, length)).trouble?.kind]).toEqual([length, 'cut-off']);
  expect(tokenise(bytes).trouble).toBeUndefined();
});

it('gives the same for pieces of any size, damaged or not', () => {
  const folder = join(import.meta.dirname, '../../../fixtures/nmap');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.xml'))) {
    const clean = readFileSync(join(folder, name));
    for (const size of [1, 7, 65536]) expect(tokenise(clean, size)).toEqual(tokenise(clean));
    fc.assert(
      fc.property(fc.nat(clean.length - 1), fc.nat(255), fc.integer({ min: 1, max: 999 }), (at, byte, size) => {
        const bytes = Uint8Array.from(clean);
        bytes[at] = byte;
        expect(tokenise(bytes, size)).toEqual(tokenise(bytes));
      }),
      { seed: 3, numRuns: 60 },
    );
  }
});

it('gives long text in pieces that never split a character or a reference', () => {
  const text = 'é&amp;\r\n😀'.repeat(40_000);
  const { events } = tokenise(`<a>${text}</a>`, 997);
  expect(events[1]).toBe(`text ${JSON.stringify('é&\n😀'.repeat(40_000))}`);
});
