/** Findings as Prowler writes them, made up for tests: the shape is that of version 5. */
export function ocsfFinding(check: string, status: string, more: Readonly<Record<string, unknown>> = {}): object {
  const message = `What ${check} found.`;
  return {
    message,
    metadata: {
      event_code: check,
      product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.0.0' },
      profiles: ['cloud', 'datetime'],
      tenant_uid: '',
      version: '1.4.0',
    },
    ...{ severity_id: 4, severity: 'High', status: 'New', status_code: status, status_detail: message, status_id: 1 },
    unmapped: {
      related_url: '',
      categories: [],
      notes: '',
      compliance: { 'CIS-2.0': ['1.20'], SOC2: ['cc_6_1', 'cc_6_3'] },
    },
    ...{ activity_name: 'Create', activity_id: 1 },
    finding_info: {
      created_time: 1735570800,
      created_time_dt: '2024-12-30T15:00:00.123456',
      desc: check,
      title: `Title of ${check}`,
      types: ['IAM'],
      uid: `prowler-aws-${check}-123456789012-us-east-1-r`,
    },
    resources: [
      {
        ...{ cloud_partition: 'aws', region: 'us-east-1', data: { details: '', metadata: {} }, group: { name: 'iam' } },
        ...{ labels: [], name: 'r', type: 'Other', uid: `arn:aws:iam::123456789012:role/${check}` },
      },
    ],
    ...{ category_name: 'Findings', category_uid: 2, class_name: 'Detection Finding', class_uid: 2004 },
    cloud: {
      account: { name: 'Test', type: 'AWS Account', type_id: 10, uid: '123456789012', labels: [] },
      ...{ org: { name: '', uid: '' }, provider: 'aws', region: 'us-east-1' },
    },
    remediation: { desc: 'Mend it.', references: [] },
    ...{ risk_details: 'Risky.', time: 1735570800, time_dt: '2024-12-30T15:00:00.123456' },
    ...{ type_uid: 200401, type_name: 'Detection Finding: Create' },
    ...more,
  };
}

/** The same as version 3 wrote it: class Security Finding. */
export function oldOcsfFinding(check: string, status: string): object {
  return {
    finding: {
      title: `Title of ${check}`,
      desc: check,
      uid: `prowler-aws-${check}-1-us-east-1-r`,
      types: [],
      related_events: [],
    },
    resources: [
      { group: { name: 'iam' }, region: 'us-east-1', name: 'r', uid: `arn:${check}`, labels: [], type: 'Other' },
    ],
    ...{
      status_detail: `What ${check} found.`,
      message: check,
      severity_id: 4,
      severity: 'High',
      time: '2024-01-16 11:27:30.713969',
    },
    compliance: {
      status: status === 'PASS' ? 'Success' : 'Failure',
      requirements: ['CIS-2.0: 1.20'],
      status_detail: 'd',
    },
    cloud: {
      account: { name: '', uid: '123456789012' },
      region: 'us-east-1',
      org: { uid: '', name: '' },
      provider: 'aws',
      project_uid: '',
    },
    metadata: {
      ...{ original_time: '2024-01-16T11:27:30.713969', profiles: ['default'], version: '1.0.0-rc.3' },
      product: {
        language: 'en',
        name: 'Prowler',
        version: '3.11.3',
        vendor_name: 'Prowler/ProwlerPro',
        feature: { name: check, uid: check, version: '3.11.3' },
      },
    },
    ...{ state_id: 0, state: 'New', status_id: 1, status: status === 'PASS' ? 'Success' : 'Failure', type_uid: 200101 },
    ...{ activity_id: 1, activity_name: 'Create', category_uid: 2, class_uid: 2001, class_name: 'Security Finding' },
  };
}
