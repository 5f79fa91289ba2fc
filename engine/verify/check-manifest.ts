/** Checks the manifest, and every attachment against it. */
import { canonicalJson, type Json } from '../core/canonical-json.ts';
import { sha256 } from '../core/hash.ts';
import type { CheckList } from './check-list.ts';
import { MANIFEST_NAME, manifestSchema, type Manifest } from './manifest-format.ts';
import type { Attachment } from './pdf-attachments.ts';

/** Makes the checks of manifest and attachments; gives the manifest where it is well-formed. */
export function checkManifest(attachments: readonly Attachment[], checks: CheckList): Manifest | undefined {
  const file = attachments.find(({ name }) => name === MANIFEST_NAME);
  const manifest = file ? parseManifest(file.bytes) : `The file has no attachment ${MANIFEST_NAME}.`;
  if (typeof manifest === 'string') {
    checks.failed('manifest.present', manifest);
    return undefined;
  }
  checks.passed('manifest.present', `Version ${manifest.version}, SHA-256 ${sha256(file!.bytes)}.`);
  const others = attachments.filter(({ name }) => name !== MANIFEST_NAME);
  checks.decide('attachments.match', wrongAttachment(manifest, others), `${others.length} attachments.`);
  checks.decide('manifest.consistent', inconsistency(manifest), `${manifest.controls.length} controls.`);
  return manifest;
}

function parseManifest(bytes: Uint8Array): Manifest | string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value = JSON.parse(text) as Json;
    if (canonicalJson(value) !== text) return 'The manifest is not canonical JSON.';
    const parsed = manifestSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `The manifest is not of its format at ${issue?.path.join('.') || 'its top'}: ${issue?.message}.`;
  } catch {
    return 'The manifest is not JSON in UTF-8.';
  }
}

function wrongAttachment({ attachments: listed }: Manifest, found: readonly Attachment[]): string | undefined {
  const extra = found.find(({ name }) => !listed.some((entry) => entry.name === name));
  if (extra) return `The manifest does not list ${extra.name}.`;
  for (const entry of listed) {
    const attachment = found.find(({ name }) => name === entry.name);
    if (!attachment) return `${entry.name} is listed and not attached.`;
    if (attachment.bytes.length !== entry.bytes) {
      return `${entry.name} has ${attachment.bytes.length} bytes; the manifest says ${entry.bytes}.`;
    }
    const hash = sha256(attachment.bytes);
    if (hash !== entry.sha256) return `${entry.name} has SHA-256 ${hash}; the manifest says ${entry.sha256}.`;
  }
  return undefined;
}

/** What the format cannot say: names that must be one, references that must lead somewhere, sums. */
function inconsistency(manifest: Manifest): string | undefined {
  const { controls, attachments, engagement, evidence, ledger } = manifest;
  const names = new Set(attachments.map(({ name }) => name));
  if (names.size !== attachments.length) return 'Two attachments have one name.';
  if (new Set(controls.map(({ id }) => id)).size !== controls.length) return 'Two controls have one id.';
  const folder = evidence.find(({ files, sha256: hash }) => files !== undefined && folderHash(files) !== hash);
  if (folder) return `The hash of source ${folder.source_id} is not that of its files.`;
  if (dayCount(engagement.first_day, engagement.last_day) !== engagement.days) {
    return `The window has ${dayCount(engagement.first_day, engagement.last_day)} days; the manifest says ${engagement.days}.`;
  }
  if (ledger.entries > 0 && ledger.seq < 1) return 'The ledger has entries and no head.';
  for (const control of controls) {
    const problem = controlInconsistency(control, manifest, names);
    if (problem) return `${control.id}: ${problem}`;
  }
  return undefined;
}

function controlInconsistency(
  control: Manifest['controls'][number],
  { engagement }: Manifest,
  names: ReadonlySet<string>,
): string | undefined {
  const days = Object.values(control.states).reduce((sum, count) => sum + (count ?? 0), 0);
  if (days !== engagement.days) return `its states count ${days} days of ${engagement.days}.`;
  if (control.tested > control.population) return `${control.tested} items were tested of ${control.population}.`;
  if (control.deviations > control.tested) return `${control.deviations} items deviate of ${control.tested} tested.`;
  if (!names.has(control.sql)) return `its query ${control.sql} is not attached.`;
  if (control.results && !names.has(control.results.attachment))
    return `${control.results.attachment} is not attached.`;
  return undefined;
}

function dayCount(first: string, last: string): number {
  return (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000 + 1;
}

/** The hash of a folder: of the lines that sha256sum prints for its files, in the order of their paths. */
function folderHash(files: readonly { readonly path: string; readonly sha256: string }[]): string {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return sha256(sorted.map((file) => sumLine(file.sha256, file.path)).join(''));
}

/** A line of sha256sum; it escapes names with a backslash or a line end, and then begins with a backslash. */
function sumLine(hash: string, path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return escaped === path ? `${hash}  ${path}\n` : `\\${hash}  ${escaped}\n`;
}
