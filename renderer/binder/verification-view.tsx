import type { Verification } from '../../shared/contract.ts';
import { Facts } from '../common/facts.tsx';
import { FullHash } from '../common/hash-text.tsx';
import { visibleText } from '../common/hostile-text.ts';
import { utcText } from '../time/ruler.ts';
import { bytesText, counted } from '../common/number-text.ts';

type Check = Verification['checks'][number];

const marks: Readonly<Record<Check['outcome'], string>> = { passed: '✓', failed: '✕', 'not done': '–' };

/** The outcome of a verification: the verdict in a sentence, then every check that was made. */
export function VerificationView(props: { verification: Verification }) {
  const { verification } = props;
  const count = (outcome: Check['outcome']) => verification.checks.filter((check) => check.outcome === outcome).length;
  return (
    <div className="verification" data-testid="verification">
      <p className="verdict" data-testid="verification-verdict" data-verdict={verification.verdict}>
        <strong>{verification.verdict === 'valid' ? 'Valid' : 'Invalid'}</strong>
        <span>
          {counted(count('passed'), 'check')} passed, {count('failed')} failed, {count('not done')} not done.
        </span>
      </p>
      <Facts
        pairs={[
          ['File', visibleText(verification.file)],
          ['Size', bytesText(verification.bytes)],
          ['SHA-256', <FullHash key="hash" hash={verification.sha256} of={verification.file} />],
        ]}
      />
      <table className="checks">
        <caption>Checks, in the order they were made</caption>
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Check</th>
          </tr>
        </thead>
        <tbody>
          {verification.checks.map((check) => (
            <tr key={check.id} data-testid="check" data-check={check.id} data-outcome={check.outcome}>
              <td className="outcome">
                <span aria-hidden="true">{marks[check.outcome]}</span> {check.outcome}
              </td>
              <td>
                {visibleText(check.title)}
                <span className="check-detail faint">{visibleText(check.detail)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{counted(verification.signatures.length, 'signature')}</h3>
      {verification.signatures.map((signature) => (
        <SignatureFacts key={signature.certificateSha256 + signature.serial} signature={signature} />
      ))}
    </div>
  );
}

function SignatureFacts(props: { signature: Verification['signatures'][number] }) {
  const { signature } = props;
  return (
    <Facts
      pairs={[
        ['Signer', visibleText(signature.signer)],
        ['Issuer', visibleText(signature.issuer)],
        ['Trust', signature.trusted],
        ['Covers', signature.coversWholeFile ? 'the whole file' : 'not the whole file'],
        ['Level', signature.level],
        [
          'Claimed time',
          signature.claimedTime === null ? 'none' : `${utcText(signature.claimedTime)}, by the signer’s own clock`,
        ],
        ['Serial', <code key="serial">{signature.serial}</code>],
        ['Certificate SHA-256', <FullHash key="hash" hash={signature.certificateSha256} of="the certificate" />],
      ]}
    />
  );
}
