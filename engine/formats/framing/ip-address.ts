/** True for an IPv4 address in dotted form, or an IPv6 address with or without a dotted tail and a `%zone`. */
export function isIpAddress(text: string): boolean {
  if (text.length < 2 || text.length > 64) return false;
  return text.includes(':') ? isIpv6(text) : isIpv4(text);
}

const DOT = 46;

function isIpv4(text: string): boolean {
  let parts = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : DOT;
    if (code === DOT) {
      if (digits === 0 || ++parts > 4) return false;
      digits = 0;
      value = 0;
    } else {
      value = value * 10 + code - 48;
      if (code < 48 || code > 57 || ++digits > 3 || value > 255) return false;
    }
  }
  return parts === 4;
}

/** True for an IPv4 address in dotted form in `bytes[from, to)`, without making a text of it. */
export function isIpv4At(bytes: Uint8Array, from: number, to: number): boolean {
  let parts = 0;
  let digits = 0;
  let value = 0;
  for (let at = from; at <= to; at++) {
    const code = at < to ? bytes[at]! : DOT;
    if (code === DOT) {
      if (digits === 0 || ++parts > 4) return false;
      digits = 0;
      value = 0;
    } else {
      value = value * 10 + code - 48;
      if (code < 48 || code > 57 || ++digits > 3 || value > 255) return false;
    }
  }
  return parts === 4;
}

function isIpv6(text: string): boolean {
  const address = text.split('%', 1)[0] ?? '';
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const dotted = last.includes('.');
  if (dotted && !isIpv4(last)) return false;
  const hexGroups = dotted ? groups.slice(0, -1) : groups;
  const count = hexGroups.length + (dotted ? 2 : 0);
  const isFull = halves.length === 2 ? count < 8 : count === 8;
  return isFull && hexGroups.every((group) => /^[0-9a-f]{1,4}$/i.test(group));
}
