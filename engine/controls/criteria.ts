/** The 61 criteria of the Trust Services Criteria by id, each with a title in our own words. */
const titles = {
  'CC1.1': 'Integrity and ethical values',
  'CC1.2': 'Independence and oversight of the board',
  'CC1.3': 'Structure, reporting lines and authority',
  'CC1.4': 'Competent people attracted and kept',
  'CC1.5': 'Accountability for control duties',
  'CC2.1': 'Information of quality for controls',
  'CC2.2': 'Communication inside',
  'CC2.3': 'Communication with the outside',
  'CC3.1': 'Clear objectives',
  'CC3.2': 'Risks found and analysed',
  'CC3.3': 'Risk of fraud considered',
  'CC3.4': 'Significant changes assessed',
  'CC4.1': 'Controls evaluated, continually or separately',
  'CC4.2': 'Deficiencies communicated in time',
  'CC5.1': 'Control activities chosen against risks',
  'CC5.2': 'General controls over technology',
  'CC5.3': 'Policies and procedures put to work',
  'CC6.1': 'Logical access protects assets',
  'CC6.2': 'Users authorised before access, removed after it',
  'CC6.3': 'Access by role, least privilege, duties kept apart',
  'CC6.4': 'Physical access restricted',
  'CC6.5': 'Protection ends only when data cannot be recovered',
  'CC6.6': 'Protection against threats from outside',
  'CC6.7': 'Information protected when it moves',
  'CC6.8': 'Unauthorised and malicious software prevented or found',
  'CC7.1': 'Changed configurations and new weaknesses detected',
  'CC7.2': 'Systems watched for anomalies',
  'CC7.3': 'Events evaluated, incidents recognised',
  'CC7.4': 'Incidents responded to',
  'CC7.5': 'Recovery from incidents',
  'CC8.1': 'Changes authorised, tested, approved and put in place',
  'CC9.1': 'Risk of business disruption lessened',
  'CC9.2': 'Risk of vendors and partners managed',
  'A1.1': 'Capacity watched and planned',
  'A1.2': 'Environment, backup and recovery infrastructure run',
  'A1.3': 'Recovery plan tested',
  'C1.1': 'Confidential information identified and kept',
  'C1.2': 'Confidential information disposed of',
  'PI1.1': 'Objectives of processing defined and communicated',
  'PI1.2': 'Inputs complete and accurate',
  'PI1.3': 'Processing as specified',
  'PI1.4': 'Outputs complete, accurate and in time',
  'PI1.5': 'Stored items complete and accurate',
  'P1.1': 'Notice given and kept up to date',
  'P2.1': 'Choices and consent',
  'P3.1': 'Collection limited to objectives',
  'P3.2': 'Explicit consent before collection',
  'P4.1': 'Use limited to the purpose',
  'P4.2': 'Retention as stated',
  'P4.3': 'Secure disposal',
  'P5.1': 'Access for the people concerned',
  'P5.2': 'Correction',
  'P6.1': 'Disclosure to third parties with consent',
  'P6.2': 'Record of authorised disclosures',
  'P6.3': 'Record of unauthorised disclosures',
  'P6.4': 'Privacy commitments of vendors, assessed',
  'P6.5': 'Duty of vendors to notify',
  'P6.6': 'Notification of breaches',
  'P6.7': 'Account of data held and disclosed, on request',
  'P7.1': 'Data accurate, current, complete and relevant',
  'P8.1': 'Complaints, disputes and compliance watched',
} as const;

export type CriterionId = keyof typeof titles;

/** Every criterion's id, in the order of the criteria. */
export const criterionIds = Object.keys(titles) as readonly CriterionId[];

/** True for the id of a criterion. */
export function isCriterion(id: string): id is CriterionId {
  return Object.hasOwn(titles, id);
}

/** Our own title of a criterion; `undefined` for an id that is none. */
export function criterionTitle(id: string): string | undefined {
  return isCriterion(id) ? titles[id] : undefined;
}
