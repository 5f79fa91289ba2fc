/** A whole number above 0 of an option. Throws, naming the text, when it is none. */
export function positive(text: string): number {
  const number = Number(text);
  if (!(Number.isSafeInteger(number) && number > 0)) throw new Error(`${text} is no number above 0.`);
  return number;
}
