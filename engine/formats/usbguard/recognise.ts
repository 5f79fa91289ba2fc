import type { Recognition } from '../format.ts';
import { firstLines } from '../framing/lines.ts';
import { readAuditLine } from './audit-line.ts';
import { readFileLine } from './file-line.ts';

const LOOKED_AT = 100;
const LEAST_SHARE = 0.2;
const AS_FILE = 0.97;
/** Lines of Linux Audit are an audit log first; it is another stream, unless somebody says otherwise. */
const AS_LINUX_AUDIT = 0.6;

/** How many of the first lines are entries of one of the backends. */
export function recogniseUsbguard(head: Uint8Array): Recognition {
  const lines = firstLines(head, LOOKED_AT);
  const ofFile = lines.filter((line) => line.startsWith('[') && readFileLine(line).kind === 'entry').length;
  const ofAudit = ofFile > 0 ? 0 : lines.filter((line) => readAuditLine(line).kind === 'entry').length;
  const found = ofFile + ofAudit;
  const confidence = ((ofFile > 0 ? AS_FILE : AS_LINUX_AUDIT) * found) / Math.max(lines.length, 1);
  return {
    confidence: found === 0 || found < lines.length * LEAST_SHARE ? 0 : confidence,
    reason: `${found} of the first ${lines.length} lines are entries of USBGuard${ofAudit > 0 ? ' in an audit log of Linux' : ''}.`,
  };
}
