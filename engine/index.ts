/**
 * The engine's one entrance. Stages do not call each other; what hands a value from one to the next stands in the files
 * beside this one.
 */
export { lengthInWords } from './core/duration.ts';
export type { Effects, JobContext, Progress } from './core/effects.ts';
export { formats } from './formats/registry.ts';
export { auditWindow, parseEngagement, type Engagement } from './intake/engagement.ts';
export { createCase, type EvidenceCase } from './intake/evidence-case.ts';
export { importFiles } from './intake/import-files.ts';
export type { FileReport, ImportOptions, ImportReport, PreviewTable } from './intake/import-report.ts';
export { sealCase, type SealReport } from './intake/seal.ts';
export { currentActor } from './actor.ts';
export { openCase } from './open-case.ts';
export { askCase, type Answer } from './ask-case.ts';
export { listBinders, makeBinder, readBinder, verifyBinderFile, type MadeBinder } from './binders.ts';
export { newIdentity, readIdentity, type NewIdentityFiles } from './identities.ts';
export { decideExpectation, type ExpectationChoice } from './decide-expectation.ts';
export { explainGap, type GapChoice } from './explain-gap.ts';
export {
  checkNames,
  gapJson,
  readCaseTimeline,
  readCoverageIntervals,
  readGap,
  readGaps,
  type GapFilter,
  type GapLine,
} from './read-timeline.ts';
export { readExpectations, type ExpectationLine } from './read-expectations.ts';
export { reperformCase, type Reperformance } from './reperform.ts';
export { caseWindow, readControl, readControlDay, readCoverage, readMatrix } from './result-reads.ts';
export { runCase, type RunOptions, type RunSummary } from './run-case.ts';
export { makeSampleCase } from './sample-case.ts';
export { readSamples, readSeriesList, readTargets, type SeriesSamplesFound } from './read-metrics.ts';
export { readClockReport, type ClockReport } from './read-clocks.ts';
export { readDeliveries } from './read-deliveries.ts';
export { driftSides, readDrift, type DriftLine, type DriftSide } from './read-drift.ts';
export { readTrails } from './read-trails.ts';
export type { Gap } from './timeline/gap.ts';
export {
  checkChoice,
  exportFormats,
  exportResults,
  readControlDays,
  readItems,
  type ExportFormat,
} from './export-results.ts';
export { checkPack } from './controls/check-pack.ts';
export { readPack } from './controls/read-pack.ts';
export { testPack, type PackTest } from './controls/test-pack.ts';
export { createWorkbench } from './workbench.ts';
export { generateSample } from '../samples/index.ts';
export { readLedger, readRecord, readRejects, readResults, readSources, readSummary } from './case-reads.ts';
export { installationPaths, type InstallationPaths } from './paths.ts';
export { createEngine, installedVersion, type Engine } from './engine.ts';
