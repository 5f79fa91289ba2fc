/**
 * Evidence is hostile: a log line may hold bytes that make a screen show other text than it has.
 * What cannot be seen is written out, so that people read what stands in the file.
 */

/** Bidirectional and invisible format characters: they reorder or hide the text around them. */
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
/** Control characters; tab and line feed stay as they are. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The text with control and invisible characters written as `⟨U+202E⟩`; tabs and line feeds stay. */
export function visibleText(text: string): string {
  return text.replace(CONTROL, named).replace(INVISIBLE, named);
}

/** True when `visibleText` would change something. */
export function hasInvisible(text: string): boolean {
  return visibleText(text) !== text;
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
