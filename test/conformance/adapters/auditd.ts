import type { Adapter } from '../adapter.ts';
import { compareAusearchCsv } from './auditd/ausearch-csv.ts';
import { compareInterpreted } from './auditd/ausearch-interpret.ts';
import { compareGolden } from './auditd/go-libaudit.ts';
import {
  compareCrowdsecLines,
  compareInsightsLines,
  comparePlasoLines,
  compareScenarios,
} from './auditd/other-parsers.ts';

/** Audit logs: ausearch, go-libaudit, CrowdSec, plaso and Insights. */
export const auditd: Adapter = {
  folders: ['auditd'],
  compare: (folder) =>
    Promise.resolve([
      ...compareAusearchCsv(folder),
      ...compareInterpreted(folder),
      ...compareGolden(folder),
      ...compareCrowdsecLines(folder),
      ...compareScenarios(folder),
      ...comparePlasoLines(folder),
      ...compareInsightsLines(folder),
    ]),
};
