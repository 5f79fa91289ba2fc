/** How an XML document begins, for formats that are known by their root element. */
import { XmlTokenizer, type XmlElement } from './xml.ts';

/** Gives the root element, if there is one, and lets `open` see every element of the head, the root included. */
export function xmlRoot(
  head: Uint8Array,
  open: (element: XmlElement) => void,
  close: (depth: number) => void = () => undefined,
): XmlElement | undefined {
  let root: XmlElement | undefined;
  const tokenizer = new XmlTokenizer({
    open: (element) => {
      root ??= element;
      open(element);
    },
    close: (_name, _end, depth) => close(depth),
    text: () => undefined,
  });
  tokenizer.push(head);
  tokenizer.finish();
  return root;
}

/** A root element for a sentence: `<nmaprun>`, `no element`. */
export function rootText(name: string | undefined): string {
  return name === undefined ? 'no element' : `<${name.slice(0, 60)}>`;
}
