/** What a command line of nmap says was left out. */

const EXCLUDING = /(?:^|\s)--(exclude|excludefile|exclude-ports)(?:=|\s+)("[^"]{0,65536}"|\S{1,65536})/g;

/** Hosts, ports and files of hosts that were left out on purpose; `undefined` where there are none. */
export function excludedBy(called: string | undefined): readonly string[] | undefined {
  const found = [...(called ?? '').matchAll(EXCLUDING)].flatMap(([, option, value = '']) => {
    const plain = value.replace(/^"|"$/g, '');
    if (option === 'exclude') return plain.split(',').filter((host) => host !== '');
    return [option === 'excludefile' ? `hosts in ${plain}` : `ports ${plain}`];
  });
  return found.length === 0 ? undefined : found;
}
