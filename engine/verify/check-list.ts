/** The checks of a binder by name, and the list in which their outcomes are kept. */
import type { Verification } from '../../shared/contract.ts';

/** In the order in which they are made and shown. Ids are for ever: scripts read them. */
export const checkTitles = {
  'pdf.structure': 'The file can be read to its last byte',
  'signature.present': 'There is exactly one signature',
  'signature.range': 'The signature covers all but its own digits',
  'signature.whole-file': 'The signature covers the last byte',
  'signature.digits': 'The signature is written in lower-case digits and zeros',
  'signature.container': 'The signature container has its one exact form',
  'signature.digest': 'The signed bytes are unchanged',
  'signature.value': 'The signature is made by the key of the certificate',
  'certificate.chain': 'Each certificate is issued by the next',
  'certificate.use': 'The certificate is for signing, and valid at the claimed time',
  'certificate.trust': 'The chain leads to a certificate that you trust',
  'certification.no-change': 'The certification allows no change, and none was made',
  'manifest.present': 'There is a well-formed manifest',
  'attachments.match': 'Each attachment is as the manifest says',
  'manifest.consistent': 'The manifest agrees with itself',
  'results.match': 'The attached results have the hashes that the manifest says',
} as const;

export type CheckId = keyof typeof checkTitles;
type Check = Verification['checks'][number];

/** Outcomes of one verification. A check that was never reached is `not done`. */
export class CheckList {
  private readonly outcomes = new Map<CheckId, Check>();

  passed(id: CheckId, detail: string): void {
    this.record(id, 'passed', detail);
  }

  failed(id: CheckId, detail: string): void {
    this.record(id, 'failed', detail);
  }

  notDone(id: CheckId, detail: string): void {
    this.record(id, 'not done', detail);
  }

  /** Passes where no problem is given, fails with it otherwise. Gives whether it passed. */
  decide(id: CheckId, problem: string | undefined, detail: string): boolean {
    if (problem === undefined) this.passed(id, detail);
    else this.failed(id, problem);
    return problem === undefined;
  }

  list(): Check[] {
    const ids = Object.keys(checkTitles) as CheckId[];
    return ids.map((id) => this.outcomes.get(id) ?? this.unreached(id));
  }

  /**
   * Valid where no check failed and each was done. Only the question of trust may stay open: without a list of trusted
   * certificates nobody can answer it.
   */
  isValid(): boolean {
    return this.list().every(
      ({ id, outcome }) => outcome === 'passed' || (outcome === 'not done' && id === 'certificate.trust'),
    );
  }

  private unreached(id: CheckId): Check {
    return { id, title: checkTitles[id], outcome: 'not done', detail: 'An earlier check failed.' };
  }

  private record(id: CheckId, outcome: Check['outcome'], detail: string): void {
    this.outcomes.set(id, { id, title: checkTitles[id], outcome, detail });
  }
}
