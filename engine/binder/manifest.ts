/** Makes manifest.json: what the binder rests on, by hash. */
import type { ControlDayState } from '../../shared/states.ts';
import { canonicalJson, type Json } from '../core/canonical-json.ts';
import { sha256 } from '../core/hash.ts';
import { MANIFEST_NAME, MANIFEST_SCHEMA, MANIFEST_VERSION, type Manifest } from '../verify/manifest-format.ts';
import type { BinderAttachment } from './attachment.ts';
import type { BinderContent, ControlContent } from './content.ts';

/** The manifest of a binder with these attachments. Lists keep the order of the content; attachments go by name. */
export function buildManifest(content: BinderContent, attachments: readonly BinderAttachment[]): Manifest {
  return {
    schema: MANIFEST_SCHEMA,
    version: MANIFEST_VERSION,
    generator: { name: content.generator.name, version: content.generator.version },
    binder_id: content.binderId,
    made_at: content.madeAt,
    engagement: engagementEntry(content),
    evidence: content.evidence.map((file) => ({
      source_id: file.sourceId,
      name: file.name,
      member: file.member,
      sha256: file.sha256,
      bytes: file.bytes,
      content_sha256: file.contentSha256,
      format: file.format,
      importer_version: file.importerVersion,
      records: file.records,
      rejected: file.rejected,
      ...(file.files.length === 0
        ? {}
        : { files: file.files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes })) }),
    })),
    packs: content.packs.map(({ id, version, hash, shipped }) => ({ id, version, sha256: hash, shipped })),
    controls: content.controls.map((control) => controlEntry(control, attachments)),
    ledger: { entries: content.ledger.entries, seq: content.ledger.headSeq, hash: content.ledger.headHash },
    attachments: attachmentEntries(attachments),
  };
}

/** The manifest's bytes: canonical JSON as UTF-8, without a line end. */
export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(canonicalJson(manifest as Json), 'utf8');
}

/** The manifest as the first attachment of its binder. */
export function manifestAttachment(content: BinderContent, attachments: readonly BinderAttachment[]): BinderAttachment {
  return {
    name: MANIFEST_NAME,
    type: 'application/json',
    relationship: 'Data',
    description: 'SHA-256 of every evidence file, pack, result set and attachment, and the ledger head',
    bytes: manifestBytes(buildManifest(content, attachments)),
  };
}

function engagementEntry({ entity, window, criteria }: BinderContent): Manifest['engagement'] {
  return {
    entity,
    first_day: window.firstDay,
    last_day: window.lastDay,
    days: window.days.length,
    zone: window.zone,
    criteria: [...criteria],
  };
}

function controlEntry(control: ControlContent, attachments: readonly BinderAttachment[]): Manifest['controls'][number] {
  const results = attachments.find(({ of }) => of?.control === control.id && of.what === 'results');
  const sql = attachments.find(({ of }) => of?.control === control.id && of.what === 'sql');
  if (!sql) throw new Error(`Control ${control.id} has no query among the attachments`);
  return {
    id: control.id,
    pack: control.pack,
    parameters: Object.fromEntries(control.parameters.map(({ name, value }) => [name, value])),
    population_hash: control.populationHash,
    days_hash: control.daysHash,
    population: control.population,
    tested: control.tested,
    deviations: control.deviations,
    states: countStates(control.days.map(({ state }) => state)),
    results:
      results?.of?.what === 'results'
        ? { attachment: results.name, rows: results.of.rows, complete: results.of.complete }
        : null,
    sql: sql.name,
  };
}

/** Days in each state; states without a day are left out. */
export function countStates(states: readonly ControlDayState[]): Partial<Record<ControlDayState, number>> {
  const counts: Partial<Record<ControlDayState, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

function attachmentEntries(attachments: readonly BinderAttachment[]): Manifest['attachments'] {
  return attachments
    .map(({ name, type, bytes }) => ({ name, type, bytes: bytes.length, sha256: sha256(bytes) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
