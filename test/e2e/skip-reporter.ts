import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Says why tests were skipped, and how many of each kind there were; also in out/e2e-summary.json. */
export default class SkipReporter implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0 };
  private readonly reasons = new Map<string, number>();

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === 'passed') this.counts.passed += 1;
    else if (result.status !== 'skipped') this.counts.failed += 1;
    else this.addSkipped(test, result);
  }

  onEnd(): void {
    for (const [reason, count] of this.reasons) console.log(`SKIPPED ${count} × ${reason}`);
    const { passed, failed, skipped } = this.counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    mkdirSync('out', { recursive: true });
    writeFileSync('out/e2e-summary.json', JSON.stringify(this.counts));
  }

  /** Tests that build on one another are not run once one of them has failed. */
  private unsaidReason(): string {
    return this.counts.failed > 0 ? 'a test that these build on has failed' : 'no reason was given';
  }

  private addSkipped(test: TestCase, result: TestResult): void {
    this.counts.skipped += 1;
    const why = [...result.annotations, ...test.annotations].find(({ type }) => type === 'skip')?.description;
    const reason = `${test.parent.project()?.name}: ${why ?? this.unsaidReason()}`;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }
}
