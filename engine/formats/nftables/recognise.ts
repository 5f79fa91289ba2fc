/** Whether a file is a rule set of nft, and in which form. See docs/formats/nftables.md, "How it is recognised". */
import type { Recognition } from '../format.ts';
import { decodeText, firstLines } from '../framing/lines.ts';

const BEGINS_JSON = /^\uFEFF?\s*\{\s*"nftables"\s*:\s*\[/;
const TABLE = /^\s*table (?:(?:ip|ip6|inet|arp|bridge|netdev) )?[^\s{}]+ \{/;
const CHAIN = /^\s*chain [^\s{}]+ \{/;
const KNOWN =
  /^\s*(?:table |chain |set |map |type |policy |flags |elements |\}|ct |meta |tcp |udp |ip6? |iif|oif|counter|limit |jump |goto |accept|drop|return|log |icmp|masquerade|reject|th |fib |flowtable |timeout |typeof |#)/;

/** Whether the file is JSON; what follows a mark or white space decides. */
export function isJson(head: Uint8Array): boolean {
  return /^\uFEFF?\s*\{/.test(decodeText(head.subarray(0, 4096)));
}

export function recognise(head: Uint8Array): Recognition {
  if (isJson(head)) {
    const isOurs = BEGINS_JSON.test(decodeText(head.subarray(0, 4096)));
    return {
      confidence: isOurs ? 0.98 : 0,
      reason: isOurs ? 'It is an object with the list nftables.' : 'It is JSON without the list nftables.',
    };
  }
  const lines = firstLines(head, 200).map((line) => line.slice(0, 2000));
  const [tables, chains] = [TABLE, CHAIN].map((pattern) => lines.filter((line) => pattern.test(line)).length);
  const known = lines.filter((line) => KNOWN.test(line)).length;
  const share = known / Math.max(1, lines.length);
  const isOurs = (tables ?? 0) > 0 && share >= 0.5;
  return {
    confidence: isOurs ? Math.min(0.97, 0.6 + share * 0.37) : 0,
    reason: `${known} of the first ${lines.length} lines are as nft lists rules, ${tables} of them begin a table and ${chains} a chain.`,
  };
}
