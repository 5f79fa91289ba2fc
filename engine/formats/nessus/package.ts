/** Which package a result is about, as far as the file says: the CPE, and versions in the output of the plugin. */
import type { Finding } from './finding.ts';

export interface Package {
  readonly package: string | undefined;
  readonly installed: string | undefined;
  readonly fixed: string | undefined;
}

//   Installed version : 10.50.6560.0
const INSTALLED = /^[ \t]*(?:Installed|Current|Detected) version[ \t]*:[ \t]*(\S[^\r\n]{0,200})$/gim;
//   Fixed version     : 10.50.6785.2
const FIXED = /^[ \t]*(?:Fixed|Fix|Patched) version[ \t]*:[ \t]*(\S[^\r\n]{0,200})$/gim;
//   Remote package installed : openssl-1.0.1e-15.el7
const REMOTE = /^[ \t]*(?:-[ \t]*)?Remote package installed[ \t]*:[ \t]*(\S{1,200})[ \t]*$/gim;
//   Should be                : openssl-1.0.1e-42.el7
const SHOULD = /^[ \t]*(?:-[ \t]*)?Should be[ \t]*:[ \t]*(\S{1,200})[ \t]*$/gim;

/** The package of a result. Where an output names several versions, which one is meant is not said: none is given. */
export function packageOf({ cpes, output = '' }: Finding): Package {
  const product = cpes.map(productOf).find((each) => each !== undefined);
  return {
    package: product?.name,
    installed: only(output, INSTALLED) ?? only(output, REMOTE) ?? product?.version,
    fixed: only(output, FIXED) ?? only(output, SHOULD),
  };
}

function only(output: string, form: RegExp): string | undefined {
  const found = new Set([...output.matchAll(form)].map(([, version]) => version!.trim()));
  // A sentence stands there where no version is a good one.
  if ([...found].some((version) => !/\d/.test(version))) return undefined;
  return found.size === 1 ? [...found][0] : undefined;
}

/** `cpe:/a:vendor:product:version` and `cpe:2.3:a:vendor:product:version:...`. */
function productOf(cpe: string): { name: string; version: string | undefined } | undefined {
  const parts = /^(?:x-|p-)?cpe:(?:2\.3:|\/)[aoh]:(.*)$/i.exec(cpe)?.[1]?.split(/(?<!\\):/);
  const name = parts?.[1];
  if (name === undefined || name === '' || name === '*') return undefined;
  const version = parts?.[2];
  return { name, version: version === '' || version === '*' || version === '-' ? undefined : version };
}
