/**
 * The engine's one entrance. Stages do not call each other; what hands a value from one to the next stands in the files
 * beside this one.
 */
export type { Effects, JobContext, Progress } from './core/effects.ts';
export { formats } from './formats/registry.ts';
export { auditWindow, parseEngagement, type Engagement } from './intake/engagement.ts';
export { createCase, type EvidenceCase } from './intake/evidence-case.ts';
export { importFiles, type FileReport, type ImportOptions, type ImportReport } from './intake/import-files.ts';
export { sealCase, type SealReport } from './intake/seal.ts';
export { openCase } from './open-case.ts';
export { readLedger, readRecord, readRejects, readResults, readSources, readSummary } from './case-reads.ts';
export { installationPaths, type InstallationPaths } from './paths.ts';
export { createEngine, type Engine } from './engine.ts';
