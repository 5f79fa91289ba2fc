/**
 * What `aws ecr describe-image-scan-findings` prints: a scan of an image, basic or enhanced, with its own time.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImageScanFindings.html
 */
import type { EvidenceRow } from '../../core/tables.ts';
import type { RowSink } from '../format.ts';
import { answerTime } from './answer-time.ts';
import { isObject } from './classify.ts';

type Members = Readonly<Record<string, unknown>>;
type Finding = Omit<EvidenceRow<'vulnerabilities'>, 'scan_id' | 'time' | 'resource' | 'system'>;

/** Adds the rows of such an answer; a sentence says why it cannot be read; `undefined` for another answer. */
export function imageScan(value: unknown): ((sink: RowSink) => void) | string | undefined {
  if (!isObject(value) || !isObject(value['imageId']) || typeof value['repositoryName'] !== 'string') return undefined;
  if (!('imageScanFindings' in value) && !('imageScanStatus' in value)) return undefined;
  const findings = isObject(value['imageScanFindings']) ? value['imageScanFindings'] : {};
  const time = answerTime(findings['imageScanCompletedAt']);
  if (time === undefined)
    return 'The image scan does not say when it was completed (imageScanCompletedAt): nothing was scanned yet, or it failed.';
  return (sink) => addScan(sink, value, { findings, time });
}

function addScan(sink: RowSink, answer: Members, { findings, time }: { findings: Members; time: bigint }): void {
  const image = imageName(answer);
  const account = textAt(answer, 'registryId');
  const status = isObject(answer['imageScanStatus']) ? answer['imageScanStatus'] : {};
  const completed = ['COMPLETE', 'ACTIVE'].includes(textAt(status, 'status') ?? '');
  const ids = { scan_id: image, time, resource: image, system: account && `aws:${account}` };
  sink.row('scans', {
    scan_id: image,
    tool: 'ecr',
    finished: time,
    completed,
    targets: [image],
    scope: 'packages of the image',
  });
  sink.row('scan_targets', { ...ids, state: completed ? 'up' : 'unknown', reason: textAt(status, 'description') });
  for (const finding of listAt(findings, 'findings')) sink.row('vulnerabilities', { ...ids, ...basic(finding) });
  for (const finding of listAt(findings, 'enhancedFindings'))
    for (const each of enhanced(finding)) sink.row('vulnerabilities', { ...ids, ...each });
  if (typeof answer['nextToken'] === 'string')
    sink.assume('The answer is one page of several (it names the next one): findings on other pages are unknown.');
}

function imageName(answer: Members): string {
  const { imageDigest, imageTag } = answer['imageId'] as Members;
  const tag = typeof imageTag === 'string' ? `:${imageTag}` : '';
  return `${String(answer['repositoryName'])}${tag}${typeof imageDigest === 'string' ? `@${imageDigest}` : ''}`;
}

/** A finding of basic scanning; what it knows of the package is a list of names and values. */
function basic(finding: Members): Finding {
  const attribute = (name: string): string | undefined => {
    const found = listAt(finding, 'attributes').find((each) => each['key'] === name);
    return found && textAt(found, 'value');
  };
  const score = Number(attribute('CVSS3_SCORE') ?? attribute('CVSS2_SCORE'));
  return {
    vulnerability_id: textAt(finding, 'name'),
    package: attribute('package_name'),
    installed: attribute('package_version'),
    severity: textAt(finding, 'severity')?.toLowerCase(),
    cvss: Number.isFinite(score) ? score : undefined,
    cvss_vector: attribute('CVSS3_VECTOR') ?? attribute('CVSS2_VECTOR'),
    title: textAt(finding, 'description'),
  };
}

/** A finding of Amazon Inspector: one row for each package that has it. */
function enhanced(finding: Members): readonly Finding[] {
  const details = isObject(finding['packageVulnerabilityDetails']) ? finding['packageVulnerabilityDetails'] : {};
  const newest = listAt(details, 'cvss').reduce(
    (newer, score) => (String(score['version']) > String(newer['version'] ?? '') ? score : newer),
    {},
  );
  const common = {
    vulnerability_id: textAt(details, 'vulnerabilityId') ?? textAt(finding, 'title'),
    severity: textAt(finding, 'severity')?.toLowerCase(),
    cvss: typeof newest['baseScore'] === 'number' ? newest['baseScore'] : undefined,
    cvss_vector: textAt(newest, 'scoringVector'),
    status: textAt(finding, 'status')?.toLowerCase(),
    title: textAt(finding, 'title'),
  };
  const packages = listAt(details, 'vulnerablePackages');
  if (packages.length === 0) return [common];
  return packages.map((each) => ({
    ...common,
    package: textAt(each, 'name'),
    installed: textAt(each, 'version'),
    fixed: textAt(each, 'fixedInVersion'),
    location: textAt(each, 'filePath'),
  }));
}

function textAt(value: Members, name: string): string | undefined {
  const text = Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function listAt(value: Members, name: string): readonly Members[] {
  const list = Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(list) ? list.filter(isObject) : [];
}
