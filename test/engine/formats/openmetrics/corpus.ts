/** The fixtures of this format. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = 'test/fixtures/openmetrics';

export const fixture = (name: string): Uint8Array => readFileSync(`${folder}/${name}`);
export const fixtureText = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');

/** Names of the cases of the conformance suite, and whether a strict reader takes them. */
export const conformanceCases = Object.entries(
  JSON.parse(fixtureText('conformance.expected.json')) as Record<string, boolean>,
);

/** Every exposition among the fixtures. */
export const expositions: readonly string[] = [
  ...readdirSync(folder).filter((name) => /\.(prom|openmetrics|txt)$/.test(name)),
  ...conformanceCases.map(([name]) => `conformance/${name}.txt`),
];

/** 21 November 2026, 06:30 UTC: about when the generated files were made. */
export const takenAt = BigInt(Date.UTC(2026, 10, 21, 6, 30)) * 1000n;

/** Lines that are not blank. */
export function contentLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
