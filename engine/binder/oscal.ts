/**
 * What was found as OSCAL assessment results (NIST, version 1.2.1): one observation a control, with its days by state.
 *
 * There are no findings: a finding in OSCAL says that an objective is satisfied or is not, and a binder gives no opinion.
 * Identifiers are derived from the content, so that the same binder gives the same file.
 */
import { formatInstant, windowInterval } from '../../shared/time.ts';
import { canonicalJson, type Json } from '../core/canonical-json.ts';
import { sha256 } from '../core/hash.ts';
import type { BinderAttachment } from './attachment.ts';
import type { BinderContent, ControlContent } from './content.ts';
import { countStates } from './manifest.ts';

const NAMESPACE = 'https://fieldwork.invalid/oscal';
const OSCAL_VERSION = '1.2.1';

/** The assessment results as an attachment; `attachments` are those that it refers to by hash. */
export function oscalAttachment(content: BinderContent, attachments: readonly BinderAttachment[]): BinderAttachment {
  const text = canonicalJson({ 'assessment-results': assessmentResults(content, attachments) });
  return {
    name: 'oscal-assessment-results.json',
    type: 'application/json',
    relationship: 'Data',
    description: 'Observations of every control as OSCAL assessment results',
    bytes: Buffer.from(text, 'utf8'),
  };
}

function assessmentResults(content: BinderContent, attachments: readonly BinderAttachment[]): Json {
  const plan = uuid(content, 'plan');
  return {
    uuid: uuid(content, 'assessment-results'),
    metadata: {
      title: `Evidence binder ${content.binderId}`,
      'last-modified': content.madeAt,
      version: content.generator.version,
      'oscal-version': OSCAL_VERSION,
    },
    'import-ap': { href: `#${plan}` },
    results: [result(content, attachments)],
    'back-matter': {
      resources: [planResource(content, plan), ...attachments.map((file) => fileResource(content, file))],
    },
  };
}

function result(content: BinderContent, attachments: readonly BinderAttachment[]): Json {
  const { window, controls, madeAt } = content;
  const { from, to } = windowInterval(window);
  const ids = [...new Set(controls.flatMap(({ criteria }) => criteria))].filter(isToken).sort();
  const selection = ids.length > 0 ? { 'include-controls': ids.map((id) => ({ 'control-id': id.toLowerCase() })) } : {};
  return {
    uuid: uuid(content, 'result'),
    title: `Control tests from ${window.firstDay} to ${window.lastDay}`,
    description: 'Each control was tested on each day of the window. No opinion is given and no objective is judged.',
    start: formatInstant(from),
    end: formatInstant(to),
    props: [property('time-zone', window.zone)],
    'reviewed-controls': { 'control-selections': [ids.length > 0 ? selection : { 'include-all': {} }] },
    ...(controls.length > 0
      ? { observations: controls.map((control) => observation(content, control, attachments)) }
      : {}),
    remarks: `Made at ${madeAt}.`,
  };
}

function observation(content: BinderContent, control: ControlContent, attachments: readonly BinderAttachment[]): Json {
  const states = Object.entries(countStates(control.days.map(({ state }) => state)));
  const files = attachments.filter(({ of }) => of?.control === control.id);
  return {
    uuid: uuid(content, `observation ${control.id}`),
    title: control.title,
    description: control.conclusion,
    props: [
      property('control-test', control.id),
      property('population', String(control.population)),
      property('tested', String(control.tested)),
      property('deviations', String(control.deviations)),
      property('population-hash', control.populationHash),
      property('days-hash', control.daysHash),
      ...states.map(([state, days]) => property(`days-${state.replaceAll(' ', '-')}`, String(days))),
    ],
    methods: ['TEST'],
    collected: content.madeAt,
    ...(files.length > 0
      ? {
          'relevant-evidence': files.map((file) => ({
            href: `#${fileId(content, file)}`,
            description: file.description,
          })),
        }
      : {}),
  };
}

function planResource({ window, controls, criteria }: BinderContent, id: string): Json {
  return {
    uuid: id,
    title: 'Plan of the tests',
    description:
      `Every control on every day from ${window.firstDay} to ${window.lastDay}, ${window.zone}; whole populations, ` +
      `no samples. Controls: ${controls.map((control) => control.id).join(', ') || 'none'}. ` +
      `Criteria: ${criteria.join(', ') || 'none'}.`,
  };
}

function fileResource(content: BinderContent, file: BinderAttachment): Json {
  return {
    uuid: fileId(content, file),
    title: file.name,
    description: file.description,
    rlinks: [
      { href: file.name, 'media-type': file.type, hashes: [{ algorithm: 'SHA-256', value: sha256(file.bytes) }] },
    ],
  };
}

function fileId(content: BinderContent, { name }: BinderAttachment): string {
  return uuid(content, `attachment ${name}`);
}

/** OSCAL allows no value that begins or ends with white space, or is empty. */
function property(name: string, value: string): Json {
  return { name, ns: NAMESPACE, value: value.trim() || 'none' };
}

function isToken(id: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9._-]*$/.test(id);
}

/** A UUID of version 5's shape, from a hash: the ledger head makes it another one for every state of the case. */
function uuid({ binderId, ledger }: BinderContent, what: string): string {
  const hex = sha256(`${binderId}\n${ledger.headHash}\n${what}`);
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
