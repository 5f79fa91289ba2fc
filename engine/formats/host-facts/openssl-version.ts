import type { ReportKind } from './kind.ts';

/** `openssl version [-a]`: the version first, then labels. `built on` is when the library was built. */
const VERSION =
  /^(OpenSSL|LibreSSL|BoringSSL) (\d[\w.]*(?:-[\w.+]+)*)(?: (?:\+\S+ )?(\d{1,2} \w{3} \d{4}))?(?: \(Library: (.*)\))?\s*$/;
const LABEL = /^(built on|platform|options|compiler|OPENSSLDIR|ENGINESDIR|MODULESDIR|Seeding source|CPUINFO):\s*(.*)$/;

export const opensslVersion: ReportKind = {
  id: 'openssl',
  as: 'as openssl version prints them',
  framing: 'report',
  signOf: (line) => (VERSION.test(line) ? 'sure' : LABEL.test(line) ? 'fits' : 'other'),
  begins: (line) => VERSION.test(line),
  read: (lines) => {
    const [, product, version, released, library] = VERSION.exec(lines[0] ?? '') ?? [];
    if (product === undefined) return 'The report does not begin with a version of OpenSSL.';
    const labels = new Map<string, string>();
    const other: string[] = [];
    for (const line of lines.slice(1)) {
      const [, label, value = ''] = LABEL.exec(line) ?? [];
      if (label === undefined) other.push(line);
      else labels.set(label, value.replace(/^"(.*)"$/, '$1'));
    }
    const fields = { product, version, released, library, ...Object.fromEntries(labels) };
    const rest = other.length === 0 ? {} : { other_lines: other };
    return [
      {
        type: 'host',
        id: 'openssl',
        name: `${product} ${version}`,
        fields: { ...fields, ...rest, text: lines.join('\n') },
      },
    ];
  },
};
