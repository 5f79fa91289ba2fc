/** The type of the binder: its files, where they lie, and the characters they have. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fontCoverage } from './printable-text.ts';

const files = {
  regular: 'IBMPlexSans-Regular.woff',
  semibold: 'IBMPlexSans-SemiBold.woff',
  italic: 'IBMPlexSans-Italic.woff',
  mono: 'IBMPlexMono-Regular.woff',
} as const;

/** Folder of the font files: beside this file in the sources, two levels up from a bundle in dist/<face>/. */
export function fontsFolder(): string {
  const candidates = ['./fonts/', '../../engine/binder/fonts/', '../fonts/'];
  const folders = candidates.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = folders.find((folder) => existsSync(join(folder, files.regular)));
  if (!found) throw new Error(`Fonts of the binder are in none of ${folders.join(', ')}`);
  return found;
}

/** Font descriptors as pdfmake takes them. */
export function fontDescriptors(): Record<string, Record<string, string>> {
  const folder = fontsFolder();
  const path = (name: keyof typeof files): string => join(folder, files[name]);
  return {
    Sans: { normal: path('regular'), bold: path('semibold'), italics: path('italic') },
    Mono: { normal: path('mono') },
  };
}

let coverage: ReadonlySet<number> | undefined;

/** The characters that every face of the binder has, so that a cell may change its face. */
export function commonCoverage(): ReadonlySet<number> {
  if (!coverage) {
    const folder = fontsFolder();
    const sets = Object.values(files).map((file) => fontCoverage(readFileSync(join(folder, file))));
    coverage = new Set([...sets[0]!].filter((code) => sets.every((set) => set.has(code))));
  }
  return coverage;
}
